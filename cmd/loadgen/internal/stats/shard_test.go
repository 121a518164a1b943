package stats

import (
	"errors"
	"io"
	"math"
	"net"
	"sync"
	"testing"
	"time"
)

func TestMergeIsTheSumOfItsShards(t *testing.T) {
	var shards []*Shard
	var workers sync.WaitGroup
	for worker := range 4 {
		s := NewShard(false)
		shards = append(shards, s)
		workers.Go(func() {
			s.Connected()
			for i := range 1000 {
				// 1 µs to 4 ms, each once.
				s.Record(Exchange{Latency: time.Duration(worker*1000+i+1) * time.Microsecond, Sent: 2, Received: 3})
			}
		})
	}
	workers.Wait()

	var r Report
	r.Fill(Merge(shards...), 2*time.Second, Usage{User: time.Second, System: 2 * time.Second})
	if r.Requests != 4000 || r.Succeeded != 4000 || r.Failed != 0 || r.Connects != 4 || r.BytesSent != 8000 || r.BytesReceived != 12000 {
		t.Errorf("counted %+v", r)
	}
	if r.RequestRate != 2000 || r.SendRate != 4000 || r.ReceiveRate != 6000 || r.CPU.Cores != 1.5 {
		t.Errorf("rates %+v", r)
	}
	for _, c := range []struct {
		name string
		got  int64
		want time.Duration
	}{
		{"min", r.Latency.Min, time.Microsecond},
		{"mean", r.Latency.Mean, 2000500 * time.Nanosecond},
		{"p50", r.Latency.P50, 2000 * time.Microsecond},
		{"p75", r.Latency.P75, 3000 * time.Microsecond},
		{"p90", r.Latency.P90, 3600 * time.Microsecond},
		{"p99", r.Latency.P99, 3960 * time.Microsecond},
		{"p99.9", r.Latency.P999, 3996 * time.Microsecond},
		{"p99.99", r.Latency.P9999, 4000 * time.Microsecond},
		{"max", r.Latency.Max, 4000 * time.Microsecond},
	} {
		if off := math.Abs(float64(c.got)/float64(c.want) - 1); off > 0.001 {
			t.Errorf("%s is %v, want %v within three digits", c.name, time.Duration(c.got), c.want)
		}
	}
}

func TestLatenciesBeyondTheRangeAreCounted(t *testing.T) {
	s := NewShard(false)
	s.Record(Exchange{Latency: time.Hour})
	s.Record(Exchange{Latency: -time.Second})
	var r Report
	r.Fill(Merge(s), time.Second, Usage{})
	if r.Requests != 2 || r.Latency.Min != 0 || time.Duration(r.Latency.P9999).Round(time.Second) != time.Minute {
		t.Errorf("%d requests from %d to %v, want 2 from 0 to 1m", r.Requests, r.Latency.Min, time.Duration(r.Latency.P9999))
	}
	if r.Latency.OverLimit != 1 || r.Latency.Max != int64(time.Hour) {
		t.Errorf("%d over the limit, the longest %v, want 1 and 1h", r.Latency.OverLimit, time.Duration(r.Latency.Max))
	}
}

func TestStatusesOf400AndAboveAreFailures(t *testing.T) {
	s := NewShard(false)
	for _, status := range []int{200, 204, 301, 404, 404, 503, 999} {
		s.Record(Exchange{Latency: time.Millisecond, Status: status})
	}
	var r Report
	r.Fill(Merge(s), time.Second, Usage{})
	if r.Requests != 7 || r.Succeeded != 3 || r.Failed != 4 {
		t.Errorf("%d requests, %d succeeded, %d failed", r.Requests, r.Succeeded, r.Failed)
	}
	if r.Errors["http_4xx"] != 2 || r.Errors["http_5xx"] != 2 || r.StatusCodes["404"] != 2 || r.StatusCodes["999"] != 1 {
		t.Errorf("errors %v, status codes %v", r.Errors, r.StatusCodes)
	}
}

func TestTheFirstErrorOfAKindIsTheExample(t *testing.T) {
	s := NewShard(false)
	s.Fail(&net.OpError{Op: "read", Net: "tcp", Err: io.EOF})
	s.Fail(io.EOF)
	s.Fail(errors.New("odd"))
	var r Report
	r.Fill(Merge(NewShard(false), s), time.Second, Usage{})
	if r.Errors["eof"] != 2 || r.ErrorExamples["eof"] != "read tcp: EOF" || r.Errors["other"] != 1 || r.Failed != 3 {
		t.Errorf("errors %v, examples %v", r.Errors, r.ErrorExamples)
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	s := NewShard(false)
	latency := time.Microsecond
	allocs := testing.AllocsPerRun(1000, func() {
		latency += latency / 50
		s.Record(Exchange{Latency: latency, Status: 200})
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkRecord(b *testing.B) {
	s := NewShard(false)
	b.ReportAllocs()
	for b.Loop() {
		s.Record(Exchange{Latency: 123 * time.Microsecond, Status: 200, Sent: 64, Received: 64})
	}
}
