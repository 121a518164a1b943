package engine

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// times takes n arrivals of a load, or all it has.
func times(l Load, n int) (all []time.Duration) {
	for a := newArrivals(&Config{Load: l}, 0); len(all) < n; {
		at, _, ok := a.next()
		if !ok {
			break
		}
		all = append(all, at)
	}
	return all
}

// However many have come, an arrival is at its place: nothing adds up.
func TestConstantRateNeverDrifts(t *testing.T) {
	for _, rate := range []float64{3, 999, 1e5, 7e6} {
		for i, at := range times(Load{Stages: Constant(rate)}, 300_000) {
			if want := float64(i) / rate * 1e9; math.Abs(float64(at)-want) > 1 {
				t.Fatalf("%g a second: arrival %d at %v, want %g ns", rate, i, at, want)
			}
		}
	}
}

// Stages come one after the other, each with as many arrivals as its rate has in its time.
func TestStages(t *testing.T) {
	stages, err := ParseStages("0-1k/2s, 500/4s,0/1s,1k-0/2s, 100~300@2s/10s")
	if err != nil {
		t.Fatal(err)
	}
	l := Load{Stages: stages}
	all := times(l, 1e6)
	from := time.Duration(0)
	for i, want := range []int{1000, 2000, 0, 1000, 2000} {
		to := from + stages[i].For
		n := 0
		for _, at := range all {
			if at >= from && at < to {
				n++
			}
		}
		if asked := l.Asked(from, to); n < want-1 || n > want+1 || math.Abs(asked-float64(want)) > 0.01 {
			t.Errorf("stage %d has %d arrivals and asks for %g, want %d", i, n, asked, want)
		}
		from = to
	}
	if !slices.IsSorted(all) || l.Length() != from {
		t.Errorf("arrivals are not in order, or the length is %v", l.Length())
	}
	// In the first quarter of a ramp from 0 there is a sixteenth of it.
	if n, _ := slices.BinarySearch(all, time.Second/2); n < 61 || n > 64 {
		t.Errorf("%d arrivals in the first quarter of a ramp, want 62 or 63", n)
	}
	// A sine begins at its lowest: there are fewer in its first quarter than in its second.
	sine := func(from, to time.Duration) float64 { return l.Asked(9*time.Second+from, 9*time.Second+to) }
	if low, high := sine(0, time.Second/2), sine(time.Second/2, time.Second); low >= high {
		t.Errorf("a sine begins with %g, and goes on with %g", low, high)
	}
}

// The gaps of a Poisson process are exponential (Anderson–Darling, 5 % would be 2.492 with the mean known; the seeds are
// fixed), and the same seed has the same times.
func TestPoissonArrivals(t *testing.T) {
	const n, rate = 20_000, 1000.0
	for seed := range uint64(5) {
		l := Load{Stages: Constant(rate), Poisson: true, Seed: seed}
		all := times(l, n)
		if !slices.Equal(all, times(l, n)) {
			t.Fatalf("seed %d has other times the second time", seed)
		}
		u := make([]float64, n)
		before := time.Duration(0)
		for i, at := range all {
			u[i] = 1 - math.Exp(-(at-before).Seconds()*rate)
			before = at
		}
		slices.Sort(u)
		sum := 0.0
		for i := range u {
			clamp := func(x float64) float64 { return min(max(x, 1e-12), 1-1e-12) }
			sum += float64(2*i+1) * (math.Log(clamp(u[i])) + math.Log(1-clamp(u[n-1-i])))
		}
		if a2 := -n - sum/n; a2 > 2.492 {
			t.Errorf("seed %d: Anderson–Darling is %.3f", seed, a2)
		}
	}
}

func TestBurstsComeTogether(t *testing.T) {
	all := times(Load{Stages: Constant(1000), Burst: 10}, 100)
	for i, at := range all {
		if want := time.Duration(i/10) * 10 * time.Millisecond; at != want {
			t.Fatalf("arrival %d at %v, want %v", i, at, want)
		}
	}
}

func TestReadTimes(t *testing.T) {
	got, err := ReadTimes(strings.NewReader("# a trace\n0.5\n\n 1.25 \n1.25\n"))
	want := []time.Duration{500 * time.Millisecond, 1250 * time.Millisecond, 1250 * time.Millisecond}
	if err != nil || !slices.Equal(got, want) || !slices.Equal(times(Load{Replay: got}, 10), want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "# nothing\n", "1\n0.5\n", "x\n", "-1\n", "NaN\n", "1e300\n"} {
		if got, err := ReadTimes(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestLoadsThatAreNone(t *testing.T) {
	for _, text := range []string{"", "1k", "1k/0s", "1k/x", "-5/1s", "1~2/1s", "1~2@0s/1s", "1e99/1s", "1k/10s,", "NaN/1s"} {
		if s, err := ParseStages(text); err == nil {
			t.Errorf("%q was read as %v", text, s)
		}
	}
	for _, text := range []string{"", "k", "1g", "-1", "NaN", "Inf", "1e9"} {
		if f, err := ParseRate(text); err == nil {
			t.Errorf("rate %q was read as %g", text, f)
		}
	}
	for what, l := range map[string]Load{
		"poisson without a rate": {Poisson: true},
		"a rate of 0":            {Stages: Constant(0)},
		"a negative burst":       {Stages: Constant(1), Burst: -1},
		"both":                   {Stages: Constant(1), Replay: []time.Duration{1}},
	} {
		if l.check() == nil {
			t.Errorf("%s was taken", what)
		}
	}
}
