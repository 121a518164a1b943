package stats

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// openSample is a report of an open load, with all that a report may have.
func openSample() *Report {
	s := NewShard(true)
	for i := range 1000 {
		s.Began(Arrival{N: uint64(i), Lag: time.Duration(i) * time.Microsecond, Waited: true})
		s.Record(Exchange{Latency: time.Duration(i+1) * 10 * time.Microsecond, Service: time.Duration(i+1) * time.Microsecond, Status: 200})
	}
	r := sample()
	r.Started = "2026-01-02T03:04:05.5Z"
	g := NewGatherer(true)
	part := g.Cut(s).Interval(0, time.Second, time.Millisecond)
	part.Asked, part.Errors = 1000, map[string]uint64{"eof": 1}
	r.Series.Add(part)
	r.Series.Add(g.Cut().Interval(time.Second, time.Second/2, 0))
	r.Open(g.Sum(), 1000, time.Second)
	r.Fill(g.Sum(), time.Second, Usage{User: time.Second})
	r.Doubts = &Doubts{
		Confidence: []Bounds{{50, 1000, 2000, 500, false}, {99.99, 3000, 4000, 0, true}}, Trend: &Trend{0.5, 0.01}, Independence: &Relation{0.1, 0.5},
		Arrivals: &Evenness{Gaps: 100, AD: 1, P: 0.3, Distance: 0.02}, Warnings: []Warning{{"kind", "a text of " + strings.Repeat("many words ", 10)}},
	}
	return r
}

// The bounds stand beside the percentiles, and the warnings below.
func TestTextOfDoubts(t *testing.T) {
	var b bytes.Buffer
	if err := openSample().WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  p50        5.001 ms   1.000 µs to 2.000 µs\n", "   from 3.000 µs on, 0 samples above\n", "\nwarnings     - a text of many words", "\n               many words"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

func TestReportIsReadBack(t *testing.T) {
	for _, r := range []*Report{sample(), openSample()} {
		var first, second bytes.Buffer
		if err := r.WriteJSON(&first); err != nil {
			t.Fatal(err)
		}
		text := first.String()
		back, err := ReadJSON(&first)
		if err != nil {
			t.Fatal(err)
		}
		if err := back.WriteJSON(&second); err != nil {
			t.Fatal(err)
		}
		if text != second.String() {
			t.Errorf("written:\n%s\nread back, and written again:\n%s", text, second.String())
		}
		if h, was := back.Latency.Histogram, r.Latency.Histogram; h.TotalCount() != was.TotalCount() || h.ValueAtQuantile(99) != was.ValueAtQuantile(99) {
			t.Error("the histogram is another one")
		}
	}
}

func TestReadJSONSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "it ends before",
		"{":                                "it ends before",
		"<html>":                           "it is no JSON",
		"[]":                               "no report of a run",
		"{}":                               "it has no schema",
		`{"schema":3}`:                     "no report of a run",
		`{"schema":"loadgen.report/9"}`:    `its schema is "loadgen.report/9", and this program reads "loadgen.report/1"`,
		`{"schema":"loadgen.report/1"} {}`: "something follows",
		`{"schema":"loadgen.report/1","series":[null]}`:                                            "interval 0 is null",
		`{"schema":"loadgen.report/1","series":[{"length_ns":-1}]}`:                                "does not follow",
		`{"schema":"loadgen.report/1","series":[{"lag":{}}]}`:                                      "but not all",
		`{"schema":"loadgen.report/1","latency":{"hdr":"HISTF"}}`:                                  "no report of a run",
		`{"schema":"loadgen.report/1","latency":{"hdr":"` + strings.Repeat("A", maxText+1) + `"}}`: "a histogram of",
	} {
		if _, err := ReadJSON(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %q", text, err, want)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	var b bytes.Buffer
	if err := openSample().WriteJSON(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"loadgen.report/1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadJSON(bytes.NewReader(text))
		if err != nil {
			return
		}
		if err := r.WriteText(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	})
}
