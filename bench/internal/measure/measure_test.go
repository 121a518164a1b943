package measure_test

import (
	"math"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

func TestParseLines(t *testing.T) {
	const text = "spawn_many,tokio,time,246.749,ns/op\n\nnull_syscall,linux,time,167,ns/op\n"
	got, err := measure.ParseLines(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []measure.Line{
		{Bench: "spawn_many", Peer: "tokio", Metric: "time", Value: 246.749, Unit: "ns/op"},
		{Bench: "null_syscall", Peer: "linux", Metric: "time", Value: 167, Unit: "ns/op"},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("got %v", got)
	}
}

func TestParseLineRefuses(t *testing.T) {
	for _, s := range []string{
		"", "a,b,c,1", "a,b,c,1,ns,more", "a,b,c,one,ns", "a,b,c,NaN,ns", "a,b,c,+Inf,ns",
		",b,c,1,ns", "a,,c,1,ns", "a,b,,1,ns", "thread panicked",
	} {
		if l, err := measure.ParseLine(s); err == nil {
			t.Errorf("%q was taken for %v", s, l)
		}
	}
}

func TestLineGoesRound(t *testing.T) {
	want := measure.Line{Bench: "b", Peer: "p", Metric: "m", Value: 0.125, Unit: "ns/op"}
	if got, err := measure.ParseLine(want.String()); err != nil || got != want {
		t.Fatalf("got %v, %v", got, err)
	}
}

// figures collects what a run emits.
func figures(t *testing.T, r *measure.Run) map[string]float64 {
	t.Helper()
	got := map[string]float64{}
	r.Emit = func(metric string, v float64, _ string) { got[metric] = v }
	return got
}

func TestLoopCountsOperations(t *testing.T) {
	r := &measure.Run{Ops: 10}
	got := figures(t, r)
	n := 0
	r.Loop(3, func() { n++ })
	if n != 4 {
		t.Errorf("10 operations took %d rounds of 3", n)
	}
	if got["time"] <= 0 {
		t.Errorf("emitted %v", got)
	}
}

func TestLoopMeasuresAtLeastItsTime(t *testing.T) {
	r := &measure.Run{Time: time.Millisecond}
	figures(t, r)
	start, n := time.Now(), 0
	r.Loop(1, func() { n++ })
	if n == 0 || time.Since(start) < r.Time {
		t.Errorf("%d rounds in %v", n, time.Since(start))
	}
}

func TestMeterCountsOnlyItsPart(t *testing.T) {
	r := &measure.Run{Ops: 10}
	figures(t, r)
	m := r.Meter(4)
	rounds := 0
	for m.Next() {
		if rounds++; rounds%2 == 0 {
			continue // nothing was measured
		}
		m.Start()
		m.Stop()
	}
	if rounds != 5 {
		t.Errorf("%d rounds; want 3 measured ones of 4 operations, and 2 between", rounds)
	}
}

func TestPercentiles(t *testing.T) {
	r := &measure.Run{}
	got := figures(t, r)
	var all []int64
	for i := range int64(100) {
		all = append(all, 99-i)
	}
	r.Percentiles(all)
	if got["p50"] != 50 || got["p99"] != 99 {
		t.Errorf("got %v", got)
	}
}

func TestQuantile(t *testing.T) {
	h := &metrics.Float64Histogram{
		Counts:  []uint64{0, 3, 0, 1},
		Buckets: []float64{0, 1, 2, 3, math.Inf(1)},
	}
	for _, c := range []struct{ q, want float64 }{{.5, 2}, {.75, 2}, {1, 3}} {
		if got := measure.Quantile(h, c.q); got != c.want {
			t.Errorf("quantile %v is %v, want %v", c.q, got, c.want)
		}
	}
	if got := measure.Quantile(&metrics.Float64Histogram{Counts: []uint64{0}, Buckets: []float64{0, 1}}, 1); got != 0 {
		t.Errorf("quantile of nothing is %v", got)
	}
}
