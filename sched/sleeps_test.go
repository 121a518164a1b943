package sched_test

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// A runtime without work sleeps, also with timers that are far away: it does not look again and
// again.
func TestWithoutWorkWorkersSleep(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	later := sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Hour)))
	asleep := func() bool {
		m := rt.Metrics()
		return m.Workers[0].Asleep && m.Workers[1].Asleep && m.Workers[0].Timers+m.Workers[1].Timers == 1
	}
	for limit := time.Now().Add(patience); !asleep(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("no sleep: %+v", rt.Metrics())
		}
	}
	before := rt.Metrics().Parks
	time.Sleep(50 * time.Millisecond) // in which there is nothing to do
	if n := rt.Metrics().Parks - before; n > 20 {
		t.Errorf("two workers without work fell asleep %d times", n)
	}
	later.Abort()
	shutdown(t, rt)
}
