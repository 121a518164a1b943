package clock_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

// What is zero or nil and can do nothing panics and says what it is.
func TestZeroValues(t *testing.T) {
	var cx waker.Context
	for name, call := range map[string]func(){
		"SleepOp":             func() { new(clock.SleepOp).Poll(&cx) },
		"SleepOp nil":         func() { (*clock.SleepOp)(nil).Drop() },
		"Timeout":             func() { new(clock.TimeoutOp[int, future.BoxedOp[int]]).Poll(&cx) },
		"Interval":            func() { new(clock.Interval).PollTick(&cx) },
		"Interval nil":        func() { (*clock.Interval)(nil).PollTick(&cx) },
		"Interval.Stop":       func() { (*clock.Interval)(nil).Stop() },
		"Interval.Drop":       func() { (*clock.Interval)(nil).Drop() },
		"Interval.Reset":      func() { new(clock.Interval).Reset() },
		"Interval.ResetAfter": func() { new(clock.Interval).ResetAfter(1) },
		"Interval.OnMissed":   func() { new(clock.Interval).OnMissed(clock.SkipMissed) },
		"Interval.Period":     func() { (*clock.Interval)(nil).Period() },
	} {
		func() {
			defer func() {
				message := fmt.Sprint(recover())
				if kind, _, _ := strings.Cut(strings.ReplaceAll(name, ".", " "), " "); !strings.Contains(message, "clock: ") || !strings.Contains(message, kind) {
					t.Errorf("%s: %q", name, message)
				}
			}()
			call()
		}()
	}
	ticks, err := clock.NewInterval(1)
	if err != nil {
		t.Fatal(err)
	}
	panics(t, "OnMissed(3)", func() { ticks.OnMissed(clock.DelayMissed + 1) })
	new(clock.SleepOp).Drop()
	new(clock.Interval).Stop()
}
