package stats

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// What is counted while parts are cut is in one of them, and in one only.
func TestCutsLoseNothing(t *testing.T) {
	const workers, each = 4, 2000
	var shards []*Shard
	for range workers {
		shards = append(shards, NewShard(true))
	}
	var running sync.WaitGroup
	var left atomic.Int32
	left.Store(workers)
	for _, s := range shards {
		running.Go(func() {
			defer left.Add(-1)
			for i := range each {
				s.Began(Arrival{N: uint64(i), Lag: time.Microsecond, Waited: i%2 == 0})
				s.Record(Exchange{Latency: time.Millisecond, Service: time.Microsecond, Status: 200 + 300*(i%2), Sent: 1, Received: 2})
			}
		})
	}
	g := NewGatherer(true)
	var series Series
	var ticks time.Duration
	for last := false; !last; ticks++ {
		runtime.Gosched()
		last = left.Load() == 0
		series.Add(g.Cut(shards...).Interval(ticks, 1, 1))
	}
	running.Wait()
	const all = workers * each
	var sum Interval
	for _, i := range series {
		sum.Sent += i.Sent
		sum.Completed += i.Completed
		sum.Failed += i.Failed
		sum.Received += i.Received
	}
	if sum.Sent != all || sum.Completed != all || sum.Failed != all/2 || sum.Received != 2*all {
		t.Errorf("the parts have %+v", sum)
	}
	var r Report
	r.Open(g.Sum(), all, time.Second)
	r.Fill(g.Sum(), time.Second, Usage{})
	if r.Requests != all || r.Succeeded != all/2 || r.StatusCodes["500"] != all/2 || r.Rate.Begun != all || r.Rate.Waited != all/2 || r.Service.P50 > 1100 {
		t.Errorf("the sum is %+v", r)
	}
}

func TestSentIsCountedInAClosedLoad(t *testing.T) {
	s := NewShard(false)
	s.Sent(3)
	g := NewGatherer(false)
	if i := g.Cut(s).Interval(0, time.Second, 0); i.Sent != 3 {
		t.Errorf("%d were sent", i.Sent)
	}
	s.Fail(errors.New("odd"))
	if i := g.Cut(s).Interval(0, time.Second, 0); i.Sent != 0 || i.Errors["other"] != 1 {
		t.Errorf("%d were sent, errors %v", i.Sent, i.Errors)
	}
}

// A series of any length has few intervals, and loses none of what is in them.
func TestSeriesStaysShort(t *testing.T) {
	var series Series
	const n = 3*most + 10
	for i := range n {
		h := Packed{hdrhistogram.NewPacked(unit, limit, packedDigits)}
		if err := h.RecordValue(int64(i%10+1) * int64(time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		series.Add(&Interval{
			Start: int64(i) * int64(time.Second), Length: int64(time.Second), Sent: 2, Completed: 1, Failed: 1, CPU: int64(time.Millisecond),
			Errors: map[string]uint64{"other": 1}, Latency: h.times(),
		})
	}
	if len(series) > most {
		t.Errorf("%d intervals", len(series))
	}
	var end, cpu int64
	var sent, failed uint64
	var latencies int64
	for _, i := range series {
		if i.Start != end {
			t.Fatalf("one begins at %d, and the one before ends at %d", i.Start, end)
		}
		end = i.Start + i.Length
		sent, failed, cpu = sent+i.Sent, failed+i.Errors["other"], cpu+i.CPU
		latencies += i.Latency.Hist.TotalCount()
	}
	if end != n*int64(time.Second) || sent != 2*n || failed != n || latencies != n || cpu != n*int64(time.Millisecond) {
		t.Errorf("to %d, %d sent, %d failed, %d latencies, %d ns", end, sent, failed, latencies, cpu)
	}
	if first := series[0]; first.Latency.P50 != first.Latency.Hist.ValueAtPercentile(50) || first.Latency.Max < first.Latency.P99 {
		t.Errorf("%+v", first.Latency)
	}
}

func BenchmarkSent(b *testing.B) {
	s := NewShard(false)
	b.ReportAllocs()
	for b.Loop() {
		s.Sent(1)
	}
}
