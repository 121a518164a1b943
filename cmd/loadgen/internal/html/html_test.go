package html

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

func made(isOpen bool) *stats.Report {
	r := &stats.Report{Started: "2026-01-02T03:04:05.5Z", Method: "GET", Target: "http://host/</script><b>", Connections: 3, Load: "a load"}
	g, s := stats.NewGatherer(isOpen), stats.NewShard(isOpen)
	for n := range 4 {
		for i := range 1000 {
			if n == 2 {
				break // a server that stands still
			}
			if isOpen {
				s.Began(stats.Arrival{N: uint64(i), Lag: time.Microsecond})
			}
			s.Record(stats.Exchange{Latency: time.Duration((n+1)*(i+1)) * time.Microsecond, Status: 200})
		}
		r.Series.Add(g.Cut(s).Interval(time.Duration(n)*time.Second, time.Second, time.Millisecond))
	}
	if isOpen {
		r.Open(g.Sum(), 3000, 3*time.Second)
	}
	r.Fill(g.Sum(), 4*time.Second, stats.Usage{})
	r.Doubts = &stats.Doubts{Warnings: []stats.Warning{{Kind: "some_kind", Text: "a <warning>"}}, Confidence: []stats.Bounds{{Percentile: 99, Low: 1e6, High: 2e6}}}
	return r
}

func written(t *testing.T, r *stats.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The page asks nobody for anything, and what a server or a user named cannot become a part of it.
func TestPageNeedsNothingElse(t *testing.T) {
	text := written(t, made(true))
	for _, found := range regexp.MustCompile(`(?i)<(link|img|iframe)[^>]*>|<script[^>]*\ssrc=|@import|url\(`).FindAllString(text, -1) {
		t.Errorf("the page asks for something: %s", found)
	}
	if strings.Contains(text, "</script><b>") || strings.Contains(text, "a <warning>") {
		t.Error("a text of the report became a part of the page")
	}
	for _, want := range []string{"The MIT License (MIT)", "Leon Sorokin", "some_kind", "1.000 ms to 2.000 ms", "2026-01-02 03:04:05 UTC"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
}

func data(t *testing.T, text string) (c charts) {
	t.Helper()
	m := regexp.MustCompile(`(?s)id="data">(.*?)</script>`).FindStringSubmatch(text)
	if m == nil {
		t.Fatal("there is no data")
	}
	if err := json.Unmarshal([]byte(m[1]), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChartsHaveAllThatWasMeasured(t *testing.T) {
	for _, isOpen := range []bool{false, true} {
		c := data(t, written(t, made(isOpen)))
		if c.IsOpen != isOpen || len(c.Series.T) != 4 || c.Series.T[3] != 4 || c.Series.Rate[0] != 1000 || c.Series.P99[2] != nil || *c.Series.Max[3] < 3.9 {
			t.Errorf("series %+v", c.Series)
		}
		if isOpen != (c.Series.LagP99[0] != nil) || isOpen != (len(c.Curves) == 3) {
			t.Errorf("an open load %v: lag %v, %d curves", isOpen, c.Series.LagP99, len(c.Curves))
		}
		n := int64(0)
		for _, count := range c.Histogram.Counts {
			n += count
		}
		if n < 2960 || n > 3040 || len(c.Histogram.Edges) != len(c.Histogram.Counts)+1 {
			t.Errorf("%d of 3000 in the histogram", n)
		}
		if len(c.Heat.Cells) != 4 || len(c.Heat.Times) != 5 {
			t.Fatalf("%d columns, %d times", len(c.Heat.Cells), len(c.Heat.Times))
		}
		for i, cells := range c.Heat.Cells {
			sum := 0.0
			for _, share := range cells {
				sum += share
			}
			want := 1.0
			if i == 2 {
				want = 0
			}
			if math.Abs(sum-want) > 0.01 || len(cells) != len(c.Heat.Edges)-1 {
				t.Errorf("column %d has %g in %d cells", i, sum, len(cells))
			}
		}
		last := c.Curves[0]
		if x, y := last.X[len(last.X)-1], last.Y[len(last.Y)-1]; x != 3000 || y < 3.9 || y > 4.1 {
			t.Errorf("the curve ends at %g with %g ms", x, y)
		}
	}
}

// A run without a reply has a page too, and numbers that JSON can say.
func TestPageOfNothing(t *testing.T) {
	r := &stats.Report{}
	r.Fill(stats.NewTotal(false), 0, stats.Usage{})
	text := written(t, r)
	if c := data(t, text); len(c.Heat.Cells) != 0 || len(c.Histogram.Counts) != 0 {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(text, "There was no reply to measure.") {
		t.Error("the page does not say that there was nothing")
	}
}

// However long the run, the page stays small.
func TestHeatOfManyIntervals(t *testing.T) {
	h := stats.Packed{PackedHistogram: hdrhistogram.NewPacked(1, 1e9, 2)}
	_ = h.RecordValue(1e6)
	var s stats.Series
	for i := range int64(3000) {
		s.Add(&stats.Interval{Start: i * 1e9, Length: 1e9, Latency: stats.Times{Hist: h}})
	}
	m := heatOf(s)
	if len(m.Cells) > heatColumns || len(m.Times) != len(m.Cells)+1 || m.Times[len(m.Times)-1] != 3000 {
		t.Errorf("%d columns to %g", len(m.Cells), m.Times[len(m.Times)-1])
	}
}

func TestPageHasATableForEachScenario(t *testing.T) {
	r := made(false)
	r.Scenarios = []stats.Scenario{{Name: "buy <now>", Load: "closed loop", Iterations: 3, Steps: []stats.Step{
		{Name: "log in", Requests: 4, Failed: 1, Latency: stats.Times{P99: 5e6}}, {Name: "never reached"},
	}}}
	text := written(t, r)
	for _, want := range []string{"Scenario buy &lt;now&gt;", "<th>log in</th><td>4</td><td>1</td>", "<td>5.000 ms</td>", "<th>never reached</th><td>0</td><td>0</td><td>–</td>"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
}

// steps walks over a logarithmic axis as uPlot does, and returns where it comes to a power of ten. It gives up after a
// thousand steps.
func steps(from, to float64) (powers []float64, ended bool) {
	exponent := math.Floor(math.Log10(from) + 1e-12)
	step := math.Pow(10, exponent)
	for at, n := from, 0; n < 1000; n++ {
		if at > to*(1+1e-9) {
			return powers, true
		}
		if e := math.Log10(at); math.Abs(e-math.Round(e)) < 1e-9 {
			powers = append(powers, at)
		}
		digits := math.Pow(10, max(0, -exponent))
		if at = math.Round((at+step)*digits) / digits; at >= 10*step*(1-1e-12) {
			step, exponent = at, exponent+1
		}
	}
	return powers, false
}

// An axis that begins anywhere else, at 0.0983 for one, has no end to uPlot.
func TestAxesBeginWhereTheyCanBeSteppedOver(t *testing.T) {
	for low := 1e-4; low < 1e5; low *= 1.0137 {
		from := scaleFrom(low)
		if from > max(low, 1e-3)*(1+1e-9) || from < low/2.1 {
			t.Fatalf("an axis for %g on begins at %g", low, from)
		}
		if powers, ended := steps(from, from*1001); !ended || len(powers) < 3 {
			t.Fatalf("an axis that begins at %g, for %g on, has the powers of ten %v, and ends: %v", from, low, powers, ended)
		}
	}
	for _, c := range []struct{ low, want float64 }{{0.0983032, 0.09}, {0.1, 0.1}, {1, 1}, {0, 0.001}, {math.NaN(), 0.001}, {25, 20}, {9.99, 9}} {
		if got := scaleFrom(c.low); got != c.want {
			t.Errorf("an axis for %g on begins at %g, want %g", c.low, got, c.want)
		}
	}
	c := data(t, written(t, made(true)))
	for name, low := range map[string]float64{"latency": c.Series.Low, "lag": c.Series.LagLow, "curve": c.Curves[0].Low, "histogram": c.Histogram.Edges[0], "heat": c.Heat.Edges[0]} {
		if low <= 0 || scaleFrom(low) != low {
			t.Errorf("the axis of %s begins at %g", name, low)
		}
	}
}
