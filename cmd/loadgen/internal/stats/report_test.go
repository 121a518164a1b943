package stats

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/wire/http1"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout on Windows may have turned the line ends.
	if want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")); !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", name, got)
	}
}

func sample() *Report {
	r := &Report{
		Load:        "closed loop",
		Machine:     Machine{CPU: "Test CPU @ 3.00GHz", Cores: 2, Kernel: "Linux 6.1.0", Go: "go1.26.0", OS: "linux", Arch: "amd64"},
		Target:      "http://127.0.0.1:8080/",
		Method:      "GET",
		Connections: 3,
		Workers:     2,
		Warmup:      int64(time.Second),
		Interrupted: true,
	}
	s := NewShard(false)
	s.Connected()
	for i := range 20000 {
		status := 200
		if i%1000 == 0 {
			status = 503
		}
		s.Record(Exchange{Latency: time.Duration(i+1) * 10 * time.Microsecond, Status: status, Sent: 40, Received: 100})
	}
	s.Record(Exchange{Latency: 2500 * time.Millisecond, Status: 200})
	s.Record(Exchange{Latency: 75 * time.Second, Status: 200})
	s.Record(Exchange{Latency: 65 * time.Second, Status: 200})
	s.ClosedIdle()
	s.Lenient()
	s.Unanswered(time.Second)
	s.Unanswered(2 * time.Second)
	s.Connecting(3 * time.Second)
	s.Fail(http1.ErrStatusLine)
	r.Fill(Merge(s), 2500*time.Millisecond, Usage{User: 100 * time.Millisecond, System: 900 * time.Millisecond})
	return r
}

func TestReportText(t *testing.T) {
	var b bytes.Buffer
	if err := sample().WriteText(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", b.Bytes())
}

func TestReportJSON(t *testing.T) {
	var b bytes.Buffer
	r := sample()
	r.Latency.Histogram = Histogram{} // what compresses it is not the same in each version of Go
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

// A run without a single reply has a report too.
func TestReportOfNothing(t *testing.T) {
	r := &Report{Machine: sample().Machine, Target: "tcp://127.0.0.1:1", MessageSize: 64, Load: "closed loop", Connections: 1, Workers: 1}
	r.Fill(Merge(NewShard(false)), 0, Usage{})
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "nothing.txt", b.Bytes())
}

// What was under way is not passed over: "errors none" alone would hide a server that
// answers nothing.
func TestReportTellsWhatWasUnderWay(t *testing.T) {
	s := NewShard(false)
	s.Unanswered(1500 * time.Millisecond)
	var r Report
	r.Fill(Merge(s), 2*time.Second, Usage{})
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"at the end   1 requests under way, the oldest for 1.500 s\n", "errors       none in what was completed\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

func TestHuman(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0.000 µs", 999: "0.999 µs", 12345: "12.35 µs", 123456: "123.5 µs",
		1234567: "1.235 ms", 999_000_000: "999.0 ms", 60_000_000_000: "60.00 s",
	} {
		if got := Human(ns); got != want {
			t.Errorf("%d ns: %q, want %q", ns, got, want)
		}
	}
}

func TestThisMachineIsKnown(t *testing.T) {
	if m := ThisMachine(); m.CPU == "" || m.Cores < 1 || m.Kernel == "" || m.Go == "" || m.OS == "" || m.Arch == "" {
		t.Errorf("%+v", m)
	}
}

func TestUsedGrows(t *testing.T) {
	before := Used()
	for Used().Since(before).User+Used().Since(before).System == 0 {
	}
}
