package coord_test

import (
	"context"
	"errors"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/coord"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

func runtimeOf(t *testing.T, workers int) *sched.Runtime {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return rt
}

func TestOneshot(t *testing.T) {
	rt := runtimeOf(t, 2)
	for i := range 1000 {
		var o coord.Oneshot[int]
		h := sched.Spawn[int](rt, &o)
		o.Send(i)
		if v, err := h.Wait(context.Background()); v != i || err != nil {
			t.Fatalf("got %d, %v; want %d", v, err, i)
		}
	}
}

func TestOneshotClosed(t *testing.T) {
	var o coord.Oneshot[int]
	o.Close()
	if _, err := future.BlockOn[int](&o); !errors.Is(err, coord.ErrClosed) {
		t.Fatalf("got %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Fatal("a second end went unnoticed")
		}
	}()
	o.Send(1)
}

func TestEventFoldsSets(t *testing.T) {
	var e coord.Event
	woken := 0
	cx := waker.FromWaker(waker.FromFunc(func() { woken++ }))
	if e.Poll(&cx).IsReady() {
		t.Fatal("ready before it was set")
	}
	e.Set()
	e.Set()
	if woken != 1 {
		t.Fatalf("woken %d times", woken)
	}
	if e.Poll(&cx).IsPending() || e.Poll(&cx).IsReady() {
		t.Fatal("two sets must make one poll ready")
	}
}

func TestGateWakesAll(t *testing.T) {
	rt := runtimeOf(t, 2)
	var g coord.Gate
	var all []sched.JoinHandle[future.Unit]
	for range 1000 {
		all = append(all, sched.SpawnValue[future.Unit](rt, g.Wait()))
	}
	g.Open()
	all = append(all, sched.SpawnValue[future.Unit](rt, g.Wait()))
	for _, h := range all {
		if _, err := h.Wait(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// A task at a gate may be polled for other reasons; it stands there once.
func TestGateSpuriousPoll(t *testing.T) {
	var g coord.Gate
	woken := 0
	cx := waker.FromWaker(waker.FromFunc(func() { woken++ }))
	w := g.Wait()
	for range 3 {
		if w.Poll(&cx).IsReady() {
			t.Fatal("the gate is shut")
		}
	}
	g.Open()
	if woken != 1 || w.Poll(&cx).IsPending() {
		t.Fatalf("woken %d times", woken)
	}
}
