package engine

import (
	"context"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// The intervals follow one another, are told as they end, and what they have together is what the report has.
func TestSeriesAddsUp(t *testing.T) {
	for _, isOpen := range []bool{false, true} {
		c := config(t, "tcp://"+serve(t, copyBack), 0)
		c.Connections, c.Interval, c.Duration, c.Warmup = 4, 20*time.Millisecond, 130*time.Millisecond, 10*time.Millisecond
		if isOpen {
			c.Load.Stages = Constant(2000)
		}
		var told []*stats.Interval
		var seen uint64
		c.Each = func(i *stats.Interval, r *stats.Report) {
			told = append(told, i)
			seen = r.Requests
		}
		r := mustRun(t, t.Context(), newRuntime(t), c)
		if len(r.Series) != len(told) || len(told) < 2 || seen != r.Requests {
			t.Fatalf("%d intervals, %d told, %d of %d requests", len(r.Series), len(told), seen, r.Requests)
		}
		var end int64
		var sent, completed, received uint64
		var latencies, lags int64
		var asked float64
		for n, i := range r.Series {
			if i != told[n] || i.Start != end {
				t.Errorf("interval %d begins at %d, and the one before ends at %d", n, i.Start, end)
			}
			end = i.Start + i.Length
			sent, completed, received = sent+i.Sent, completed+i.Completed, received+i.Received
			latencies += i.Latency.Hist.TotalCount()
			if isOpen {
				asked += i.Asked
				lags += i.Lag.Hist.TotalCount()
			}
		}
		if completed != r.Requests || uint64(latencies) != r.Requests || received != r.BytesReceived {
			t.Errorf("%d completed with %d latencies and %d bytes, and the report has %d and %d", completed, latencies, received, r.Requests, r.BytesReceived)
		}
		if sent != r.Requests+r.AtEnd.Requests {
			t.Errorf("%d sent, %d completed, %d under way", sent, completed, r.AtEnd.Requests)
		}
		if isOpen && (uint64(lags) != r.Rate.Begun || asked < 0.9*2000*0.13 || asked > float64(end)*2000/1e9+1) {
			t.Errorf("%d lags, %g asked in %v, and the report has %+v", lags, asked, time.Duration(end), r.Rate)
		}
	}
}

// A run whose intervals take longer to add up than they are long ends when it is told to.
func TestInterruptBetweenIntervals(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 0)
	c.Connections, c.Interval, c.Duration = 1, MinInterval, time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	c.Each = func(*stats.Interval, *stats.Report) {
		for begun := time.Now(); time.Since(begun) < 2*MinInterval; { // it takes that long
		}
		if n++; n == 3 {
			cancel()
		}
	}
	if r := mustRun(t, ctx, newRuntime(t), c); !r.Interrupted || n > 5 {
		t.Errorf("interrupted %v, after %d intervals", r.Interrupted, n)
	}
}
