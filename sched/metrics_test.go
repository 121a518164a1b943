package sched_test

import (
	"errors"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Once a runtime sleeps, its metrics are those of what it has done.
func TestMetricsCountWhatWasDone(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	asleep := func() sched.Metrics {
		t.Helper()
		var m sched.Metrics
		until(t, "the worker sleeps", func() bool { m = rt.Metrics(); return m.Workers[0].Asleep })
		return m
	}
	before := asleep()
	const ends, yields, fails, sleeps = 10, 7, 3, 2
	for range ends { // one poll each
		wait(t, sched.Spawn(rt, future.Value(1)))
	}
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool { // and its children two each
		for range yields {
			sched.SpawnValue[string](cx, countdown{1})
		}
		return true
	})))
	for range fails {
		if _, err := sched.Spawn(rt, do(func(*waker.Context) bool { panic("counted") })).Wait(soon(t)); err == nil {
			t.Fatal("no error of a panic")
		}
	}
	var pending []sched.JoinHandle[future.Unit]
	for range sleeps {
		pending = append(pending, sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Hour))))
	}
	until(t, "the timers are set", func() bool { return rt.Metrics().Workers[0].Timers == sleeps })
	m := asleep()
	w := m.Workers[0]
	for _, c := range []struct {
		what      string
		got, want uint64
	}{
		{"Spawned", m.Spawned - before.Spawned, ends + 1 + yields + fails + sleeps},
		{"Finished", m.Finished - before.Finished, ends + 1 + yields + fails},
		{"Polls", m.Polls - before.Polls, ends + 1 + 2*yields + fails + sleeps},
		{"Panics", m.Panics - before.Panics, fails},
		{"Pending", uint64(w.Pending), sleeps},
		{"Timers", uint64(w.Timers), sleeps},
		{"Queued", uint64(w.Queued), 0},
		{"Sources", uint64(w.Sources), 0},
		{"Steals", m.Steals, 0},
		{"Stolen", m.Stolen, 0},
		{"Jobs", m.Jobs, 0},
		{"Workers' polls", w.Polls, m.Polls},
		{"Workers' end", w.Finished, m.Finished},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.what, c.got, c.want)
		}
	}
	if m.LIFOPolls == before.LIFOPolls || m.LIFOPolls > m.Polls { // a child at least, of those spawned in a poll
		t.Errorf("%d polls of %d from the LIFO slot", m.LIFOPolls, m.Polls)
	}
	if m.Parks == 0 || m.Wakes == 0 || m.Wakes > m.Parks+1 {
		t.Errorf("%d sleeps and %d wake-ups", m.Parks, m.Wakes)
	}
	if m.Searches == 0 { // it looks around before it sleeps
		t.Errorf("no searches and %d sleeps", m.Parks)
	}
	if m.Uptime <= before.Uptime || w.CPU < -1 {
		t.Errorf("up for %v after %v, on core %d", m.Uptime, before.Uptime, w.CPU)
	}

	wait(t, sched.Spawn[future.Unit](rt, future.Box(clock.Sleep(time.Millisecond))))
	if e := asleep().Events; e <= m.Events {
		t.Errorf("%d events after a timer, %d before", e, m.Events)
	}
	for _, h := range pending {
		h.Abort()
		if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
			t.Fatalf("an aborted task answered %v", err)
		}
	}
	if w := asleep().Workers[0]; w.Pending != 0 || w.Timers != 0 {
		t.Errorf("%d tasks and %d timers are left", w.Pending, w.Timers)
	}
}
