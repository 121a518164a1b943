package draw

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTimesAreAsTheirDistribution(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const ms = time.Millisecond
	for text, want := range map[string][2]time.Duration{ // where the median is
		"5ms":                 {5 * ms, 5 * ms},
		"fixed(5ms)":          {5 * ms, 5 * ms},
		"uniform(0s, 10ms)":   {4 * ms, 6 * ms},
		"normal(5ms,1ms)":     {4900 * time.Microsecond, 5100 * time.Microsecond},
		"exponential(10ms)":   {6500 * time.Microsecond, 7400 * time.Microsecond},
		"lognormal(5ms, 0.5)": {4800 * time.Microsecond, 5200 * time.Microsecond},
		"normal(0s,5ms)":      {0, 300 * time.Microsecond}, // none is below 0
	} {
		d, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		times := make([]time.Duration, 20001)
		for i := range times {
			times[i] = d.From(r)
		}
		slices.Sort(times)
		if m := times[len(times)/2]; m < want[0] || m > want[1] || times[0] < 0 {
			t.Errorf("%s: a median of %v, a least of %v", text, m, times[0])
		}
	}
	for _, text := range []string{"", "fixed", "fixed()", "fixed(5)", "fixed(5ms", "fixed(-1ms)", "fixed(1ms,2ms)", "uniform(5ms,1ms)", "normal(5ms)", "lognormal(5ms,x)", "lognormal(5ms,-1)", "often(5ms)"} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), "accepted are fixed(5ms)") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
