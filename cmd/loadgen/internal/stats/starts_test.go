package stats

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Whatever shards the requests are counted in, the sample is windows of neighbours from all over the run.
func TestStartsAreWholeWindows(t *testing.T) {
	const n = 1_000_000
	var shards [3]starts
	for i := range shards {
		shards[i] = newStarts()
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		shards[random.IntN(3)].add(start{uint64(i), time.Duration(i) * time.Microsecond})
	}
	sum := newStarts()
	for i := range shards {
		sum.merge(&shards[i])
	}
	if len(sum.list) > maxStarts || len(sum.list) < maxStarts/4 {
		t.Errorf("%d starts", len(sum.list))
	}
	gaps := sum.gaps(func(d time.Duration) float64 { return d.Seconds() * 1e6 })
	if want := len(sum.list) / window * (window - 1); len(gaps) != want {
		t.Errorf("%d gaps of %d starts, want %d", len(gaps), len(sum.list), want)
	}
	for _, g := range gaps {
		if g < 0.999 || g > 1.001 {
			t.Fatalf("a gap of %g µs", g)
		}
	}
	late := uint64(0)
	for _, x := range sum.list {
		late = max(late, x.n)
	}
	if late < n*9/10 {
		t.Errorf("the last one of the sample is %d of %d", late, n)
	}
}

// A window of which some are missing has gaps that nobody asked for.
func TestStartsPassOverBrokenWindows(t *testing.T) {
	s := newStarts()
	for i := range uint64(4 * window) {
		if i != window+3 {
			s.add(start{i, time.Duration(i)})
		}
	}
	if got := len(s.gaps(func(d time.Duration) float64 { return float64(d) })); got != 3*(window-1) {
		t.Errorf("%d gaps", got)
	}
}
