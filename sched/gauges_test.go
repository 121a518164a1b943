package sched_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Metrics tell what a runtime holds at the moment.
func TestMetricsTellWhatIsHeld(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		if n := len(rt.Metrics().Workers); n != rt.Workers() {
			t.Errorf("metrics of %d workers, there are %d", n, rt.Workers())
		}
	})
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	alive := func(m sched.Metrics) uint64 { return m.Spawned - m.Finished }
	const children = 10
	var hs []sched.JoinHandle[future.Unit]
	wait(t, sched.Spawn(rt, do(func(cx *waker.Context) bool {
		before := rt.Metrics().Workers[0].Queued
		for range children {
			hs = append(hs, sched.Spawn(cx, do(func(*waker.Context) bool { return true })))
		}
		// One of them may stand in the slot of the task that is polled next.
		if n := rt.Metrics().Workers[0].Queued - before; n != children && n != children-1 {
			t.Errorf("%d tasks are queued behind the poll that has spawned %d", n, children)
		}
		return true
	})))
	for _, h := range hs {
		wait(t, h)
	}
	until(t, "no task is alive", func() bool { return alive(rt.Metrics()) == 0 })

	if !reactor.Descriptors {
		return
	}
	ln, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepting := sched.Spawn(rt, fn(func(co *future.Co) error {
		_, err := ln.Accept().Await(co)
		return err
	}))
	until(t, "a listener is registered", func() bool { return rt.Metrics().Workers[0].Sources == 1 })
	if n := alive(rt.Metrics()); n != 1 {
		t.Errorf("%d tasks are alive, want 1", n)
	}
	ln.Close()
	if _, err := accepting.Wait(soon(t)); err == nil {
		t.Error("an accept of a closed listener ended well")
	}
	until(t, "no descriptor is left", func() bool { return rt.Metrics().Workers[0].Sources == 0 })
}
