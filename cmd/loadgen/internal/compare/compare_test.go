package compare

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// made is a run of n intervals, whose latencies are exponential with a mean that wanders by a tenth.
func made(n int, mean time.Duration, failed uint64, seed uint64) *stats.Report {
	random := rand.New(rand.NewPCG(seed, 7))
	r := &stats.Report{Load: "closed loop", Connections: 10}
	g, s := stats.NewGatherer(false), stats.NewShard(false)
	for k := range n {
		now := float64(mean) * (0.95 + 0.1*random.Float64())
		for range 2000 {
			s.Record(stats.Exchange{Latency: time.Duration(now * random.ExpFloat64())})
		}
		i := g.Cut(s).Interval(time.Duration(k)*time.Second, time.Second, 0)
		i.Failed = failed
		r.Series.Add(i)
	}
	return r
}

func mustCompare(t *testing.T, a, b *stats.Report) map[string]Figure {
	t.Helper()
	r, err := Compare(a, b, 0.01, 1)
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]Figure{"": {Verdict: r.Verdict}}
	for _, f := range r.Figures {
		figures[f.Name] = f
		if f.Low > f.High || f.Verdict != Few && (f.Change < f.Low || f.Change > f.High) {
			t.Errorf("%+v", f)
		}
	}
	return figures
}

func TestSlowerIsWorse(t *testing.T) {
	f := mustCompare(t, made(20, time.Millisecond, 0, 1), made(30, 1200*time.Microsecond, 0, 2))
	for _, name := range []string{"mean", "p50", "p90", "p99", ""} {
		if f[name].Verdict != Worse {
			t.Errorf("%s: %+v", name, f[name])
		}
	}
	if p := f["p50"]; p.Change < 0.15 || p.Change > 0.25 || p.Low > 0.2 || p.High < 0.2 {
		t.Errorf("%+v", p)
	}
	if f["rate"].Verdict != Same || f["errors"].Verdict != Same {
		t.Errorf("rate %+v, errors %+v", f["rate"], f["errors"])
	}
	if f := mustCompare(t, made(20, 1200*time.Microsecond, 0, 1), made(20, time.Millisecond, 0, 2)); f[""].Verdict != Better {
		t.Errorf("the other way round: %+v", f)
	}
}

func TestErrorsAndRate(t *testing.T) {
	a, b := made(20, time.Millisecond, 0, 1), made(20, time.Millisecond, 20, 2)
	for _, i := range b.Series {
		i.Length /= 2
	}
	f := mustCompare(t, a, b)
	if f["errors"].Verdict != Worse || f["rate"].Verdict != Better || f[""].Verdict != "mixed" {
		t.Errorf("%+v", f)
	}
	if e := f["errors"]; e.Change < 0.9 || e.Change > 1.1 {
		t.Errorf("%+v", e)
	}
}

// All that a reply may say is wrong is of a complete exchange: each of those is one, and not two, of which one has failed.
func TestErrorsOfCompleteExchanges(t *testing.T) {
	for _, kind := range []string{"http_4xx", "http_5xx", "error_reply", "check_failed", "extract_failed"} {
		a, b := made(10, time.Millisecond, 0, 1), made(10, time.Millisecond, 1000, 2)
		for _, i := range b.Series {
			i.Errors = map[string]uint64{kind: i.Failed}
		}
		if e := mustCompare(t, a, b)["errors"]; e.After != 50 || e.Verdict != Worse {
			t.Errorf("%s in half of them: %+v", kind, e)
		}
	}
}

// A server that does not answer has no times: it is not quicker than one that does.
func TestNoReplyHasNoTime(t *testing.T) {
	dead := &stats.Report{Load: "closed loop", Connections: 10}
	for i := range int64(20) {
		dead.Series.Add(&stats.Interval{Start: i * 1e9, Length: 1e9, Failed: 10})
	}
	lives := made(20, time.Millisecond, 0, 1)
	for want, runs := range map[string][2]*stats.Report{Worse: {lives, dead}, Better: {dead, lives}} {
		f := mustCompare(t, runs[0], runs[1])
		if f["mean"].Verdict != Few || f["rate"].Verdict != want || f["errors"].Verdict != want || f[""].Verdict != want {
			t.Errorf("it is to be %s: %+v", want, f)
		}
	}
}

// Of runs that are alike, about 1 in 20 figures seems to differ, and no more.
func TestTheSameIsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("draws many samples")
	}
	wrong, all := 0, 0
	for seed := range uint64(6) {
		for name, f := range mustCompare(t, made(20, time.Millisecond, 0, 2*seed+10), made(20, time.Millisecond, 0, 2*seed+11)) {
			if name == "" {
				continue
			}
			all++
			if f.Verdict == Better || f.Verdict == Worse {
				wrong++
			}
		}
	}
	if wrong > all/5 {
		t.Errorf("%d of %d figures differ", wrong, all)
	}
}

func TestTooLittleToCompare(t *testing.T) {
	long, short := made(20, time.Millisecond, 0, 1), made(fewest-1, time.Millisecond, 0, 2)
	if _, err := Compare(long, short, 0, 1); err == nil || !strings.Contains(err.Error(), "the second run has 9 intervals") {
		t.Error(err)
	}
	if _, err := Compare(&stats.Report{}, long, 0, 1); err == nil || !strings.Contains(err.Error(), "the first run has 0 intervals") {
		t.Error(err)
	}
	nothing := &stats.Report{}
	for i := range int64(20) {
		nothing.Series.Add(&stats.Interval{Start: i, Length: 1})
	}
	for name, f := range mustCompare(t, nothing, nothing) {
		if name[:min(1, len(name))] == "p" && f.Verdict != Few || f.Verdict == Better || f.Verdict == Worse {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestText(t *testing.T) {
	a, b := made(20, time.Millisecond, 0, 1), made(20, 2*time.Millisecond, 0, 2)
	b.Connections, b.Workers = 20, 3
	r, err := Compare(a, b, 0.01, 1)
	if err != nil {
		t.Fatal(err)
	}
	r.Before, r.After = "a.json", "b.json"
	var w bytes.Buffer
	if err := r.WriteText(&w); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"before   a.json", "unlike   connections: 10 and 20\n         workers: 0 and 3\n", "rate         2000.0/s     2000.0/s     +0.0 %", "verdict  worse"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, w.String())
		}
	}
}
