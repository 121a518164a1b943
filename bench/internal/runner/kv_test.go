package runner

import (
	"testing"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

func TestKVLines(t *testing.T) {
	const out = `"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
"GET","38284.84","0.685","0.240","0.679","0.871","1.063","11.719"
`
	lines, err := kvLines(suites.Job{Bench: "b", Peer: "p"}, out, 15.5)
	got := map[string]float64{}
	for _, l := range lines {
		got[l.Metric] = l.Value
	}
	if err != nil || got["server_cpu"] != 15.5 || got["rate"] != 38284.84 || got["p50"] != 679 || got["p99"] != 1063 {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "\"test\"\n\"GET\"\n", "Could not connect"} {
		if _, err := kvLines(suites.Job{}, bad, 1); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
