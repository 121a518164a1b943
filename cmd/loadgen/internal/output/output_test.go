package output

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// made is a report of two intervals, the second of which has twice the latency, and one without a reply.
func made() *stats.Report {
	r := &stats.Report{Started: "2026-01-02T03:04:05.5Z", Target: "tcp://host:1"}
	g := stats.NewGatherer(true)
	s := stats.NewShard(true)
	for n := range 3 {
		for i := range 1000 {
			s.Began(stats.Arrival{N: uint64(i), Lag: time.Duration(i) * time.Microsecond, Waited: true})
			if n < 2 {
				s.Record(stats.Exchange{Latency: time.Duration((n+1)*(i+1)) * time.Microsecond, Service: time.Microsecond})
			}
		}
		if n == 2 {
			s.Fail(io.EOF)
		}
		r.Series.Add(g.Cut(s).Interval(time.Duration(n)*time.Second, time.Second, time.Millisecond))
	}
	r.Open(g.Sum(), 3000, 3*time.Second)
	r.Fill(g.Sum(), 3*time.Second, stats.Usage{})
	return r
}

func written(t *testing.T, write func(io.Writer, *stats.Report) error, r *stats.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, CSV, made()))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	at := func(row int, name string) string {
		for i, n := range rows[0] {
			if n == name {
				return rows[row][i]
			}
		}
		t.Fatalf("there is no column %s in %v", name, rows[0])
		return ""
	}
	for _, c := range []struct {
		row        int
		name, want string
	}{
		{1, "start_ns", "0"}, {2, "start_ns", "1000000000"}, {2, "completed", "1000"}, {3, "completed", "0"}, {3, "errors_eof", "1"},
		{3, "failed", "1"}, {1, "latency_max_ns", "1003519"}, {1, "lag_p50_ns", "499711"}, {3, "sent", "1000"}, {3, "latency_p99_ns", "0"},
	} {
		if got := at(c.row, c.name); got != c.want {
			t.Errorf("row %d: %s is %s, want %s", c.row, c.name, got, c.want)
		}
	}
	closed := made()
	for _, i := range closed.Series {
		i.Service, i.Lag, i.OwnLag = nil, nil, nil
	}
	rows, err = csv.NewReader(bytes.NewReader(written(t, CSV, closed))).ReadAll()
	if err != nil || at(1, "lag_p50_ns") != "" {
		t.Errorf("a closed load has a lag, or %v", err)
	}
}

func TestNDJSON(t *testing.T) {
	d := json.NewDecoder(bytes.NewReader(written(t, NDJSON, made())))
	var types []string
	for d.More() {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		types = append(types, line["type"].(string))
		if _, ok := line["series"]; ok {
			t.Error("the series is told twice")
		}
		if line["type"] == "report" && line["requests"] != 2000.0 {
			t.Errorf("%v requests", line["requests"])
		}
	}
	if got := strings.Join(types, " "); got != "interval interval interval report" {
		t.Error(got)
	}
}

func TestPercentiles(t *testing.T) {
	text := string(written(t, Percentiles, made()))
	if !regexp.MustCompile(`(?m)^ +0\.667 +0\.500000 +1000 +2\.00$`).MatchString(text) || !strings.Contains(text, "#[Max     =        2.001, Total count    =         2000]") {
		t.Error(text)
	}
	written(t, Percentiles, &stats.Report{})
	if err := Percentiles(io.Discard, &stats.Report{Requests: 1}); err != errNoHistogram {
		t.Error(err)
	}
}

func TestLog(t *testing.T) {
	l := hdrhistogram.NewHistogramLogReader(bytes.NewReader(written(t, Log, made())))
	for n, want := range []int64{1000, 1000, 0} {
		h, err := l.NextIntervalHistogram()
		if err != nil || h == nil {
			t.Fatal(h, err)
		}
		begin := time.Date(2026, 1, 2, 3, 4, 5, 5e8, time.UTC).UnixMilli() + int64(n)*1000
		if h.TotalCount() != want || h.StartTimeMs() != begin || h.EndTimeMs() != begin+1000 {
			t.Errorf("interval %d: %d times from %d to %d, want from %d", n, h.TotalCount(), h.StartTimeMs(), h.EndTimeMs(), begin)
		}
	}
	if h, err := l.NextIntervalHistogram(); h != nil {
		t.Error("a fourth one", err)
	}
	if err := Log(io.Discard, &stats.Report{}); err == nil {
		t.Error("a report without a begin has a log")
	}
}

// HdrHistogram's own tool, as Debian has it in libhdrhistogram-java, reads the log.
func TestLogIsReadByHdrHistogram(t *testing.T) {
	const jar = "/usr/share/java/hdrhistogram.jar"
	java, err := exec.LookPath("java")
	if _, missing := os.Stat(jar); err != nil || missing != nil {
		t.Skip("needs java, and " + jar)
	}
	name := filepath.Join(t.TempDir(), "run.hlog")
	if err := os.WriteFile(name, written(t, Log, made()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(java, "-cp", jar, "org.HdrHistogram.HistogramLogProcessor", "-i", name, "-outputValueUnitRatio", "1000000").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !regexp.MustCompile(`#\[Max +=  *2\.0[01], Total count +=  *2000\]`).Match(out) {
		t.Errorf("%s", out)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	r := made()
	for _, f := range formats {
		for _, e := range f.Ending {
			name := filepath.Join(dir, "run"+e)
			if err := os.WriteFile(name, []byte("before"), 0o600); err != nil {
				t.Fatal(err)
			}
			file, err := Open(name)
			if err != nil {
				t.Fatal(err)
			}
			if text, _ := os.ReadFile(name); string(text) != "before" {
				t.Errorf("%s was written before there was a report", name)
			}
			if err := file.Write(r); err != nil {
				t.Fatal(err)
			}
			if text, _ := os.ReadFile(name); !bytes.Equal(text, written(t, f.Write, r)) {
				t.Errorf("%s has %.100s", name, text)
			}
		}
	}
	for name, want := range map[string]string{"run": "accepted are .txt, .json", "run.yaml": "run.yaml", "none/run.json": "none"} {
		if _, err := Open(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ByName("yaml"); err == nil || !strings.Contains(err.Error(), "accepted are text, json") {
		t.Error(err)
	}
}
