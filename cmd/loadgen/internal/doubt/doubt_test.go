package doubt

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

func exponential(n int, seed uint64) (values []float64) {
	r := random(seed)
	for range n {
		values = append(values, r.ExpFloat64())
	}
	return values
}

// The true percentile is within the bounds 19 times of 20, or a little oftener as ranks are whole.
func TestBoundsHoldTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("draws many samples")
	}
	for _, c := range []struct {
		n int
		p float64
	}{{20, 50}, {1000, 50}, {1000, 99}, {5000, 99.9}} {
		const runs = 200
		truth := -math.Log(1-c.p/100) * 1e6
		inside, outside := 0, 0
		for run := range uint64(runs) {
			h := hdrhistogram.New(1, 1e9, 3)
			for _, x := range exponential(c.n, run) {
				if err := h.RecordValue(int64(x * 1e6)); err != nil {
					t.Fatal(err)
				}
			}
			b := Bounds(h, c.p)
			if b.Low > b.High || !b.Open && float64(b.High) < truth*0.2 {
				t.Fatalf("%+v", b)
			}
			if float64(b.Low)*0.999 <= truth && (b.Open || truth <= float64(b.High)*1.001) {
				inside++
			} else {
				outside++
			}
		}
		if share := float64(inside) / runs; share < 0.91 || c.n > 100 && outside == 0 {
			t.Errorf("p%g of %d: within the bounds in %.3f of the runs", c.p, c.n, share)
		}
	}
}

func TestBoundsOfFew(t *testing.T) {
	h := hdrhistogram.New(1, 1e9, 3)
	for i := range 100 {
		_ = h.RecordValue(int64(i+1) * 1000)
	}
	if b := Bounds(h, 99.9); !b.Open || b.Beyond != 0 || b.High < 99_900 {
		t.Errorf("%+v", b)
	}
	// By the tables, the median of 100 lies between the 40th and the 61st.
	if b := Bounds(h, 50); b.Open || b.Beyond != 50 || b.Low/1000 != 40 || b.High/1000 < 60 || b.High/1000 > 61 {
		t.Errorf("%+v", b)
	}
}

func TestTrend(t *testing.T) {
	rising, level := make([]float64, 30), exponential(30, 1)
	for i := range rising {
		rising[i] = 100 + float64(i) + 3*level[i]
	}
	if r := Trend(rising); r.P > 1e-6 || r.Drift < 0.2 || r.Drift > 0.3 {
		t.Errorf("of rising values: %+v", r)
	}
	if r := Trend(level); r.P < 0.05 {
		t.Errorf("of level ones: %+v", r)
	}
	if r := Trend(make([]float64, 30)); r.P != 1 || r.Drift != 0 {
		t.Errorf("of zeros: %+v", r)
	}
	if r := Trend(rising[:fewest-1]); r != nil {
		t.Errorf("of few: %+v", r)
	}
	long := make([]float64, 5000)
	for i := range long {
		long[i] = 1000 - 0.1*float64(i)
	}
	if r := Trend(long); r.P > 1e-6 || math.Abs(r.Drift+2./3) > 0.01 {
		t.Errorf("of many: %+v", r)
	}
}

func TestRelation(t *testing.T) {
	walk := exponential(200, 2)
	for i := 1; i < len(walk); i++ {
		walk[i] += 0.95 * walk[i-1]
	}
	if r := Relation(walk); r.Lag1 < 0.8 {
		t.Errorf("of a walk: %+v", r)
	}
	if r := Relation(exponential(200, 3)); math.Abs(r.Lag1) > r.Bound {
		t.Errorf("of independent values: %+v", r)
	}
	if r := Relation(make([]float64, 10)); r.Lag1 != 0 {
		t.Errorf("of zeros: %+v", r)
	}
}

func TestArrivals(t *testing.T) {
	if a := Arrivals(exponential(4000, 4), true); a.P < 0.01 || a.Distance > 0.03 || a.Gaps != 4000 {
		t.Errorf("of a Poisson process: %+v", a)
	}
	even := make([]float64, 1000)
	for i := range even {
		even[i] = 1
	}
	if a := Arrivals(even, true); a.P > 1e-6 || a.Distance < 0.3 {
		t.Errorf("of even gaps: %+v", a)
	}
	if a := Arrivals(make([]float64, 1000), true); a.P > 1e-6 || math.IsNaN(a.AD) || math.IsInf(a.AD, 0) {
		t.Errorf("of no gaps at all: %+v", a)
	}
	if a := Arrivals(even, false); a.Off != 0 {
		t.Errorf("of even gaps that were to be even: %+v", a)
	}
	if a := Arrivals(nil, true); a != nil {
		t.Errorf("of nothing: %+v", a)
	}
	// The critical values of the tables.
	for z, p := range map[float64]float64{1.933: 0.10, 2.492: 0.05, 3.857: 0.01} {
		if got := 1 - limitOfAD(z); math.Abs(got-p) > 0.0005 {
			t.Errorf("A² of %g has p %g, want %g", z, got, p)
		}
	}
	// A test that is right about chance says 0.05 or less in 1 of 20 runs.
	refused := 0
	for seed := range uint64(200) {
		if Arrivals(exponential(300, seed), true).P < 0.05 {
			refused++
		}
	}
	if refused < 2 || refused > 22 {
		t.Errorf("%d of 200 Poisson processes have p < 0.05", refused)
	}
}

// sound is a report without a reason to doubt it: an open load of 20 s.
func sound() *stats.Report {
	r := &stats.Report{Workers: 2, Machine: stats.Machine{Cores: 8}, Poisson: true, Gaps: exponential(2000, 5)}
	g, s := stats.NewGatherer(true), stats.NewShard(true)
	values := random(6)
	for n := range 20 {
		for i := range 10_000 {
			s.Began(stats.Arrival{N: uint64(n*10_000 + i), Lag: 20 * time.Microsecond, Waited: true})
			s.Record(stats.Exchange{Latency: time.Millisecond + time.Duration(values.ExpFloat64()*1e6)})
		}
		r.Series.Add(g.Cut(s).Interval(time.Duration(n)*time.Second, time.Second, 0))
	}
	r.Open(g.Sum(), 200_000, 20*time.Second)
	r.Fill(g.Sum(), 20*time.Second, stats.Usage{User: 5 * time.Second})
	return r
}

// Each warning is provoked by what it warns of, and by nothing else.
func TestWarnings(t *testing.T) {
	slower := func(by func(n int) float64) func(*stats.Report) {
		return func(r *stats.Report) {
			for n, i := range r.Series {
				i.Latency.P50 = int64(float64(i.Latency.P50) * by(n))
				i.Latency.Mean = int64(float64(i.Latency.Mean) * by(n))
			}
		}
	}
	for _, c := range []struct {
		name, kind, says string
		spoil            func(r *stats.Report)
	}{
		{"nothing is wrong", "", "", func(*stats.Report) {}},
		{"its CPU", "generator_busy", "1.85 of 2 cores", func(r *stats.Report) { r.CPU.Cores = 1.85 }},
		{"fewer cores than workers", "generator_busy", "0.95 of 1 cores", func(r *stats.Report) { r.CPU.Cores, r.Machine.Cores = 0.95, 1 }},
		{"late by a millisecond", "generator_late", "began 1.500 ms or more", func(r *stats.Report) { r.OwnLag.P99 = 1_500_000 }},
		{"late by a tenth of the latency", "generator_late", "began 300.0 µs", func(r *stats.Report) { r.OwnLag.P99, r.Latency.P99 = 300_000, 2_000_000 }},
		{"late by what clocks are", "", "", func(r *stats.Report) { r.OwnLag.P99, r.Latency.P99 = 90_000, 100_000 }},
		{"the server is here", "same_machine", "the same 8 cores, of which 5.5 were busy", func(r *stats.Report) { r.Noise.SameMachine, r.Noise.Busy = true, 5.5 }},
		{"stolen time", "machine_noisy", "gave 3.0 %", func(r *stats.Report) { r.Noise.Steal = 0.03 }},
		{"preempted", "machine_noisy", "1000 times a second from each worker", func(r *stats.Report) { r.Noise.Preemptions = 40_000 }},
		{"preempted by its own server", "same_machine", "same", func(r *stats.Report) { r.Noise.Preemptions, r.Noise.SameMachine = 40_000, true }},
		{"requests left over", "rate_not_kept", "could not be kept", func(r *stats.Report) { r.Rate.Unsent = 5000 }},
		{"even instead of Poisson", "arrivals_off", "Anderson–Darling", func(r *stats.Report) {
			for i := range r.Gaps {
				r.Gaps[i] = 1
			}
		}},
		{"Poisson instead of even", "arrivals_off", "in the mean", func(r *stats.Report) { r.Poisson = false }},
		{"a tenth of the samples", "too_few_samples", "p99.99 and above stand on too little: 2 of", func(r *stats.Report) {
			h := hdrhistogram.New(1, 1e9, 3)
			for i := range int64(20_000) {
				_ = h.RecordValue(1_000_000 + i*100)
			}
			r.Latency.Histogram.Histogram = h
		}},
		{"growing slower", "not_stationary", "rose by", slower(func(n int) float64 { return 1 + float64(n)/30 })},
		{"in waves", "dependent", "autocorrelation", slower(func(n int) float64 { return 2 + math.Sin(float64(n)*math.Pi/5) })},
		{"over the limit", "over_limit", "3 requests took longer", func(r *stats.Report) { r.Latency.OverLimit = 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sound()
			c.spoil(r)
			d := Examine(r)
			var kinds []string
			told := false
			for _, w := range d.Warnings {
				kinds = append(kinds, w.Kind)
				told = told || w.Kind == c.kind && strings.Contains(w.Text, c.says)
			}
			want := 1
			switch c.kind {
			case "":
				want = 0
			case "not_stationary":
				want = 2 // what rises is dependent too
			}
			if len(kinds) != want || want > 0 && !told {
				t.Errorf("warnings %v: %+v, want %s with %q", kinds, d.Warnings, c.kind, c.says)
			}
		})
	}
}

// A run that had no reply, or has no histogram, is examined too.
func TestNothingToExamine(t *testing.T) {
	r := &stats.Report{}
	r.Fill(stats.NewTotal(false), 0, stats.Usage{})
	if d := Examine(r); len(d.Confidence) != 0 || d.Trend != nil || d.Arrivals != nil {
		t.Errorf("%+v", d)
	}
}

func TestWhole(t *testing.T) {
	s := stats.Series{{Length: 10}, {Length: 10}, {Length: 4}}
	if n := len(Whole(s)); n != 2 {
		t.Errorf("%d intervals", n)
	}
	if n := len(Whole(s[:2])); n != 2 {
		t.Errorf("%d intervals", n)
	}
}

// Each of several machines is looked at, and named.
func TestAgentsAreDoubtedOneByOne(t *testing.T) {
	r := &stats.Report{Workers: 8, CPU: stats.CPU{Cores: 3}, Agents: []stats.Agent{
		{Name: "idle", State: "finished", Workers: 4, Machine: stats.Machine{Cores: 4}, CPU: stats.CPU{Cores: 1}, Duration: 1e9},
		{Name: "busy", State: "finished", Workers: 4, Machine: stats.Machine{Cores: 2}, CPU: stats.CPU{Cores: 2}, Duration: 1e9, OffBy: 2e6,
			Noise: stats.Noise{Steal: 0.02}},
		{Name: "dead", State: "lost", Why: "it was silent for 5s", LostAt: 2e9},
	}}
	var texts []string
	for _, w := range Examine(r).Warnings {
		texts = append(texts, w.Kind+" "+w.Text)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{
		"generator_busy agent busy: the load generator was busy all the time (2.00 of 2 cores)", "machine_noisy agent busy: the machine was",
		"agent_lost agents were lost: dead after 2s (it was silent for 5s)", "clocks_unsure the agents' clocks could be compared to within 2.000 ms only (busy)",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("there is no %q in\n%s", want, all)
		}
	}
	r.Agents = r.Agents[:1]
	for _, w := range Examine(r).Warnings {
		t.Errorf("one idle agent: %s %s", w.Kind, w.Text)
	}
}
