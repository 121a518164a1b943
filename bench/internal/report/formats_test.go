package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/report"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// sample is a report of two repetitions.
func sample(t *testing.T) *report.Report {
	t.Helper()
	s := suites.Suite{
		Name: "sched", Doc: "a <suite>",
		Jobs: []suites.Job{
			{Bench: "spawn_many", Peer: "magpie"}, {Bench: "grow_tasks_1e3", Peer: "magpie"}, {Bench: "grow_tasks_1e4", Peer: "magpie"},
		},
		Targets: []suites.Target{
			{Bench: "spawn_many", Metric: "time", Against: "<tokio>", Bound: .5},
			{Bench: "spawn_many", Metric: "rss", Bound: 1},
		},
	}
	var reps [][]measure.Line
	for _, f := range []float64{1, 1.5} {
		reps = append(reps, []measure.Line{
			line("spawn_many", "magpie", "time", 100*f), line("spawn_many", "magpie", "cpu", 90.25*f),
			line("spawn_many", "<tokio>", "time", 200*f),
			line("grow_tasks_1e3", "magpie", "time", 10*f), line("grow_tasks_1e4", "magpie", "time", 11*f),
			line("grow_tasks_1e3", "go", "time", 0), line("grow_tasks_1e4", "go", "time", 12),
		})
	}
	r := &report.Report{
		Machine: report.ThisMachine(), Command: "bench -suite=sched", Set: report.NewSet(reps),
		Suites: []suites.Suite{s}, Warnings: []string{"it was <noisy>"},
	}
	r.Outcomes = report.Judge(r.Set, r.Suites)
	return r
}

func write(t *testing.T, r *report.Report, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(format, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(write(t, sample(t), "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "bench,peer,metric,median,unit,min,max,n" {
		t.Errorf("head %s", got)
	}
	if got := strings.Join(rows[1], ","); got != "spawn_many,magpie,time,125,ns/op,100,150,2" {
		t.Errorf("first row %s", got)
	}
}

func TestText(t *testing.T) {
	text := write(t, sample(t), "text")
	for _, want := range []string{
		`(?m)^warning: it was <noisy>$`,
		`(?m)^spawn_many +time +magpie +125 +100 +150 +ns/op +2$`,
		`(?m)^ +<tokio> +250 +200 +300 +ns/op +2 +0\.50$`,
		`(?m)^spawn_many time / <tokio> +0\.50 +0\.50 +0\.50 +× +at most 0\.5 +reached$`,
		`(?m)^spawn_many rss +at most 1 +not measured$`,
		`targets: 1 reached, 1 not measured`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

// With one and with two workers magpie is compared with peers that have as many threads, and
// its first with those that are sequential.
func TestTextComparesEqualNumbers(t *testing.T) {
	r := &report.Report{Set: report.NewSet([][]measure.Line{{
		line("fib", "magpie-1w", "time", 100), line("fib", "magpie-2w", "time", 50),
		line("fib", "rayon-1t", "time", 200), line("fib", "tbb-2t-group", "time", 500), line("fib", "go-seq", "time", 25),
	}})}
	text := write(t, r, "text")
	for _, want := range []string{
		`magpie-1w +100 +100 +100 +ns/op +1$`,
		`magpie-2w +50 +50 +50 +ns/op +1$`,
		`rayon-1t .* 0\.50$`,
		`tbb-2t-group .* 0\.10$`,
		`go-seq .* 4$`,
	} {
		if !regexp.MustCompile("(?m)" + want).MatchString(text) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

func TestJSON(t *testing.T) {
	var got struct {
		Machine struct{ Kernel string }
		Figures []struct {
			Bench, Peer string
			Values      []float64
			Median      float64
		}
		Targets []struct{ Verdict string }
	}
	if err := json.Unmarshal([]byte(write(t, sample(t), "json")), &got); err != nil {
		t.Fatal(err)
	}
	f := got.Figures[0]
	if f.Bench != "spawn_many" || f.Median != 125 || len(f.Values) != 2 || got.Machine.Kernel == "" || got.Targets[0].Verdict != "reached" {
		t.Errorf("got %+v", got)
	}
}

// benchstat reads what gobench prints with this package.
func TestGobench(t *testing.T) {
	r := benchfmt.NewReader(strings.NewReader(write(t, sample(t), "gobench")), "test")
	var spawn []*benchfmt.Result
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.Result:
			if rec.Name.String() == "SpawnMany/peer=magpie" {
				spawn = append(spawn, rec.Clone())
			}
		case *benchfmt.SyntaxError:
			t.Error(rec)
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if len(spawn) != 2 {
		t.Fatalf("%d results of spawn_many on magpie, want one for each repetition", len(spawn))
	}
	want := []benchfmt.Value{ // benchstat's units, and ours
		{Unit: "sec/op", OrigUnit: "ns/op", OrigValue: 100},
		{Unit: "cpu-sec/op", OrigUnit: "cpu-ns/op", OrigValue: 90.25},
	}
	for i, v := range spawn[0].Values {
		v.Value = 0
		if i >= len(want) || v != want[i] {
			t.Errorf("value %d is %+v", i, v)
		}
	}
}

func TestGoNames(t *testing.T) {
	for in, want := range map[string]string{"spawn_many": "SpawnMany", "timer_reset_1e6": "TimerReset1e6", "echo_free_50": "EchoFree50"} {
		if got := report.GoName(in); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
}

func TestHTML(t *testing.T) {
	page := write(t, sample(t), "html")
	if n := strings.Count(page, "<svg"); n != 3 {
		t.Errorf("%d charts; want bars of time and CPU time, and one curve", n)
	}
	for _, want := range []string{"bench -suite=sched", "it was &lt;noisy&gt;", "a &lt;suite&gt;", "grow_tasks, time", "reached"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(page, "<tokio>") || strings.Contains(page, "<suite>") {
		t.Error("a name is markup")
	}
	if m := regexp.MustCompile(`(?i)(src|href)\s*=|url\(|@import|<script|<link`).FindString(page); m != "" {
		t.Errorf("the page loads something: %q", m)
	}
	for _, chart := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1) {
		d := xml.NewDecoder(strings.NewReader(chart))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("a chart is no XML: %v", err)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := sample(t).Write("pdf", io.Discard); err == nil || report.Known("pdf") {
		t.Error("there is a format pdf")
	}
}
