package sched

import (
	"strings"
	"testing"
	"time"
)

// KeptBytes is what all pools of tasks together are counted to keep.
func KeptBytes() int64 { return kept.Load() }

// Zero stands for the default, what is named No… for nothing at all.
func TestConfigSpecialValues(t *testing.T) {
	c, err := Config{}.complete(3)
	if err != nil || c.Workers != 3 || c.SpareProcs != 1 || c.Spin != defaultSpin || c.StallAfter != defaultStallAfter {
		t.Errorf("the zero Config becomes %+v, %v", c, err)
	}
	c, err = Config{SpareProcs: NoSpareProcs, Spin: NoSpin, StallAfter: NoStall}.complete(1)
	if err != nil || c.SpareProcs != 0 || c.Spin != 0 || c.StallAfter != 0 {
		t.Errorf("NoSpareProcs, NoSpin and NoStall become %+v, %v", c, err)
	}
	c, err = Config{SpareProcs: 2, Spin: time.Second, StallAfter: time.Minute}.complete(1)
	if err != nil || c.SpareProcs != 2 || c.Spin != time.Second || c.StallAfter != time.Minute {
		t.Errorf("values of the user's become %+v, %v", c, err)
	}
}

// What is refused is told with everything that would be accepted.
func TestConfigErrorsTellWhatIsAccepted(t *testing.T) {
	for _, test := range []struct {
		config Config
		want   string
	}{
		{Config{SpareProcs: -2}, "sched: Config.SpareProcs is -2; want NoSpareProcs (-1) for none, 0 for 1, or more"},
		{Config{Budget: -1}, "sched: Config.Budget is -1; want 0 for 128, or more"},
		{Config{EventInterval: -1}, "sched: Config.EventInterval is -1; want 0 for 61, or more"},
		{Config{Spin: -time.Second}, "sched: Config.Spin is -1s; want NoSpin (-1) for none, 0 for 10µs, or more"},
		{Config{StallAfter: -time.Second}, "sched: Config.StallAfter is -1s; want NoStall (-1) for no limit, 0 for 1s, or more"},
		{Config{Workers: -1}, "sched: Config.Workers is -1; it must be 1 to 4096, or 0 for one a core"},
		{Config{CPUs: []int{-1}, Workers: 1}, "has the core -1"},
	} {
		if _, err := test.config.complete(1); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.config, err, test.want)
		}
	}
}
