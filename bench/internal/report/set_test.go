package report_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/report"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

func line(bench, peer, metric string, v float64) measure.Line {
	return measure.Line{Bench: bench, Peer: peer, Metric: metric, Value: v, Unit: "ns/op"}
}

func TestStatOf(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   report.Stat
	}{
		{[]float64{7}, report.Stat{Median: 7, Min: 7, Max: 7, N: 1}},
		{[]float64{3, 1, 2}, report.Stat{Median: 2, Min: 1, Max: 3, N: 3}},
		{[]float64{4, 1, 3, 2}, report.Stat{Median: 2.5, Min: 1, Max: 4, N: 4}},
	} {
		if got := report.StatOf(c.values); got != c.want {
			t.Errorf("%v: got %+v, want %+v", c.values, got, c.want)
		}
	}
}

// The machine became ten times slower after the first repetition: pairs do not notice.
func TestRatioIsTakenPairByPair(t *testing.T) {
	s := report.NewSet([][]measure.Line{
		{line("b", "magpie", "time", 1), line("b", "tokio", "time", 2)},
		{line("b", "magpie", "time", 10), line("b", "tokio", "time", 20)},
		{line("b", "magpie", "time", 10)}, // tokio failed
	})
	got, ok := s.Ratio(report.Key{Bench: "b", Peer: "magpie", Metric: "time"}, report.Key{Bench: "b", Peer: "tokio", Metric: "time"})
	if !ok || got != (report.Stat{Median: .5, Min: .5, Max: .5, N: 2}) {
		t.Errorf("got %+v", got)
	}
	if _, ok := s.Ratio(report.Key{Bench: "b", Peer: "magpie", Metric: "time"}, report.Key{Bench: "b", Peer: "go", Metric: "time"}); ok {
		t.Error("a ratio to nobody")
	}
}

func TestRatioToNothing(t *testing.T) {
	s := report.NewSet([][]measure.Line{{line("b", "magpie", "time", 1), line("b", "tokio", "time", 0)}})
	if r, ok := s.Ratio(report.Key{Bench: "b", Peer: "magpie", Metric: "time"}, report.Key{Bench: "b", Peer: "tokio", Metric: "time"}); ok {
		t.Errorf("the ratio to 0 is %+v", r)
	}
}

func TestSetKeepsBenchmarksTogether(t *testing.T) {
	s := report.NewSet([][]measure.Line{{
		line("a", "magpie", "time", 1), line("a", "magpie", "cpu", 1),
		line("b", "magpie", "time", 1),
		line("a", "tokio", "time", 1), line("a", "tokio", "cpu", 1),
	}})
	var got []string
	for _, e := range s.Series {
		got = append(got, e.Bench+"/"+e.Metric+"/"+e.Peer)
	}
	want := []string{"a/time/magpie", "a/time/tokio", "a/cpu/magpie", "a/cpu/tokio", "b/time/magpie"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestVerdicts(t *testing.T) {
	set := report.NewSet([][]measure.Line{{
		line("b", "magpie", "time", 50), line("b", "tokio", "time", 100), line("b", "go", "time", 40),
		line("b", "magpie", "rate", 110), line("b", "tokio", "rate", 100), line("b", "go", "rate", 120),
		line("big", "magpie", "time", 80),
	}})
	for _, c := range []struct {
		target suites.Target
		value  float64
		want   report.Verdict
	}{
		{suites.Target{Bench: "b", Metric: "time", Against: "tokio", Bound: .5}, .5, report.Reached},
		{suites.Target{Bench: "b", Metric: "time", Against: "tokio", Bound: .45}, .5, report.Narrowly},
		{suites.Target{Bench: "b", Metric: "time", Against: "tokio", Bound: .4}, .5, report.Missed},
		{suites.Target{Bench: "b", Metric: "time", Bound: 60}, 50, report.Reached},
		{suites.Target{Bench: "b", Metric: "time", Against: suites.BestPeer, Bound: 1}, 1.25, report.Missed},
		{suites.Target{Bench: "b", Metric: "rate", Against: "tokio", Bound: 1, AtLeast: true}, 1.1, report.Reached},
		{suites.Target{Bench: "b", Metric: "rate", Against: suites.BestPeer, Bound: 1, AtLeast: true}, 110. / 120, report.Narrowly},
		{suites.Target{Bench: "big", Metric: "time", Base: "b", Bound: 1.5}, 1.6, report.Narrowly},
		{suites.Target{Bench: "big", Metric: "time", Base: "b", Against: "tokio", Bound: 1}, .8, report.Reached},
		{suites.Target{Bench: "big", Metric: "time", Against: "tokio", Bound: 1}, 0, report.Unmeasured},
	} {
		got := report.Judge(set, []suites.Suite{{Targets: []suites.Target{c.target}}})[0]
		if got.Verdict != c.want || got.Value.Median != c.value {
			t.Errorf("%s, %s: %v is %s; want %v, %s", got.What(), got.Limit(), got.Value.Median, got.Verdict, c.value, c.want)
		}
	}
}

// Where magpie has a number of workers, a target against the best peer means the best of
// those that have as many.
func TestBestPeerHasAsManyThreads(t *testing.T) {
	set := report.NewSet([][]measure.Line{{
		line("b", "magpie-1w", "time", 30), line("b", "magpie-2w", "time", 20),
		line("b", "rayon-1t", "time", 40), line("b", "rayon-2t", "time", 25), line("b", "go-seq", "time", 10),
	}})
	for peer, want := range map[string]float64{"magpie-1w": .75, "magpie-2w": .8} {
		target := suites.Target{Bench: "b", Metric: "time", Peer: peer, Against: suites.BestPeer, Bound: 1}
		got := report.Judge(set, []suites.Suite{{Targets: []suites.Target{target}}})[0]
		if got.Value.Median != want || got.What() != "b time of "+peer+" / best peer" {
			t.Errorf("%s is %v, want %v", got.What(), got.Value.Median, want)
		}
	}
}

func TestScatter(t *testing.T) {
	s := report.NewSet([][]measure.Line{
		{line("calm", "magpie", "time", 100), line("wild", "magpie", "time", 100), line("calm", "magpie", "p99", 1)},
		{line("calm", "magpie", "time", 110), line("wild", "magpie", "time", 130), line("calm", "magpie", "p99", 9)},
	})
	w := report.Scatter(s)
	if len(w) != 1 || w[0] != "1 of 2 figures differ by more than 15 % between repetitions: wild time of magpie (26 %)" {
		t.Errorf("got %q", w)
	}
}

func TestParseProcStat(t *testing.T) {
	got, ok := report.ParseProcStat("cpu  10 20 30 1000 5 6 7 80 0 0\ncpu0 1 2 3\n")
	if !ok || got != (report.ProcStat{Busy: 60, Steal: 80}) {
		t.Errorf("got %+v, %v", got, ok)
	}
	for _, bad := range []string{"", "cpu 1 2 3", "cpu a b c d e f g h i", "intr 1 2 3 4 5 6 7 8 9"} {
		if _, ok := report.ParseProcStat(bad); ok {
			t.Errorf("%q was taken", bad)
		}
	}
}
