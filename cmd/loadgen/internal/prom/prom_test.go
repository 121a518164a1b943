package prom

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func interval(isOpen bool) *stats.Interval {
	s := stats.NewShard(isOpen)
	for i := range 10 {
		if isOpen {
			s.Began(stats.Arrival{N: uint64(i), Lag: 15 * time.Microsecond, Waited: true})
		} else {
			s.Sent(1)
		}
		s.Record(stats.Exchange{Latency: 3 * time.Millisecond, Service: time.Millisecond, Sent: 1, Received: 2})
	}
	s.Fail(io.EOF)
	return stats.NewGatherer(isOpen).Cut(s).Interval(0, time.Second, time.Second/2)
}

func TestMetrics(t *testing.T) {
	s, err := Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	s.Add(interval(true))
	s.Add(interval(true))
	resp, err := http.Get("http://" + s.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"loadgen_requests_sent_total 20", "loadgen_requests_completed_total 20", `loadgen_failures_total{kind="eof"} 2`,
		`loadgen_failures_total{kind="reset"} 0`, `loadgen_bytes_total{direction="received"} 40`, "loadgen_cpu_seconds_total 1",
		`loadgen_latency_seconds_bucket{le="0.002"} 0`, `loadgen_latency_seconds_bucket{le="0.005"} 20`, "loadgen_latency_seconds_count 20",
		`loadgen_lag_seconds_bucket{le="1e-05"} 0`, `loadgen_lag_seconds_bucket{le="2e-05"} 20`,
	} {
		if !strings.Contains(string(text), want+"\n") {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	if problems, err := testutil.CollectAndLint(&s.Exporter); err != nil || len(problems) > 0 {
		t.Errorf("%v: %v", problems, err)
	}
}

// A closed load has no lag, and a run that has not begun has no latencies.
func TestClosedLoad(t *testing.T) {
	var e Exporter
	if n := testutil.CollectAndCount(&e, "loadgen_latency_seconds"); n != 1 {
		t.Errorf("%d histograms before the begin", n)
	}
	e.Add(interval(false))
	if n := testutil.CollectAndCount(&e, "loadgen_lag_seconds"); n != 0 {
		t.Error("a closed load has a lag")
	}
}

func TestAddressesThatCannotBeHad(t *testing.T) {
	if s, err := Serve("127.0.0.1:99999"); err == nil {
		_ = s.Close()
		t.Error("no error")
	}
}

// docs/loadgen.md has all metrics.
func TestMetricsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/loadgen.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		name := strings.SplitN(d.String(), `"`, 3)[1]
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/loadgen.md does not have %s", name)
		}
	}
}
