package stats

import (
	"strings"
	"testing"
	"time"
)

func TestGoals(t *testing.T) {
	ms := int64(time.Millisecond)
	r := &Report{Requests: 1000, Succeeded: 990, Failed: 10, RequestRate: 500, Latency: Latency{P50: 2 * ms, P99: 20 * ms, P999: 30 * ms}}
	for text, kept := range map[string]bool{
		"p99<20ms": false, "p99<=20ms": true, "p99 < 21ms": true, "p50>1ms": true, "p99.9<1s": true, "service.p99<=20ms": true,
		"errors<1%": false, "errors<=1%": true, "errors<0.1%": false, "rate>499": true, "rate>0.5k": false, "rate>=0.5k": true,
		"failed<11": true, "requests>1M": false, "lag.p99<1us": true,
	} {
		goals, err := ParseGoals("--slo", []string{text})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if broken := goals.Broken(r); (len(broken) == 0) != kept {
			t.Errorf("%s: %q", text, broken)
		} else if !kept && !strings.HasPrefix(broken[0], text+": it is ") {
			t.Errorf("told as %q", broken[0])
		}
	}
	open := &Report{Requests: 1, Latency: Latency{P99: 9 * ms}, Service: &Latency{P99: ms}, Lag: &Latency{P99: 8 * ms}}
	goals, err := ParseGoals("--slo", []string{"service.p99<2ms", "lag.p99<2ms", "p99<2ms"})
	if err != nil {
		t.Fatal(err)
	}
	if broken := goals.Broken(open); len(broken) != 2 {
		t.Errorf("%q", broken)
	}
	if broken := goals.Broken(&Report{}); len(broken) != 2 || !strings.Contains(broken[0], "no reply") {
		t.Errorf("without a reply: %q", broken)
	}
	for _, text := range []string{"", "p99", "p99=1ms", "p98<1ms", "p99<1", "p99<-1ms", "errors<1", "errors<200%", "rate>x", "rate>-1", "rate>NaN", "x.p99<1ms"} {
		if _, err := ParseGoals("--slo", []string{text}); err == nil || !strings.Contains(err.Error(), "--slo ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
