package runner

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

func TestWrkLines(t *testing.T) {
	const out = `Running 3s test @ http://127.0.0.1:7200/
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   512.00us    1.20ms  22.14ms   97.15%
    Req/Sec   104.98k     9.42k  118.62k    83.33%
  Latency Distribution
     50%  430.00us
     75%  525.00us
     90%  642.00us
     99%    6.21ms
  300000 requests in 3.00s, 40.00MB read
Requests/sec: 104448.30
Transfer/sec:     13.57MB
`
	job := suites.Job{Bench: "http_pinned_50", Peer: "magpie"}
	lines, err := wrkLines(job, out, 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, l := range lines {
		got[l.Metric] = l.Value
	}
	for metric, want := range map[string]float64{"server_cpu": 10, "rate": 104448.3, "p50": 430, "p99": 6210} {
		if got[metric] != want {
			t.Errorf("%s: %v, want %v", metric, got[metric], want)
		}
	}
	for _, bad := range []string{out + "  Non-2xx or 3xx responses: 5\n", out + "  Socket errors: connect 0, read 5, write 0, timeout 0\n", ""} {
		if _, err := wrkLines(job, bad, time.Second); err == nil {
			t.Errorf("%q was taken for figures", bad)
		}
	}
}
