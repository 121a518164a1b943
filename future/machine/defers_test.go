package machine_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/machine"
	"github.com/magpie-go/magpie/waker"
)

// function is a machine as it is generated: its body, with deferred calls.
type function struct {
	defers machine.Defers
	body   func(d *machine.Defers) machine.Step
	state  uint8
}

func (f *function) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if f.state != machine.Unwinding && f.run() == machine.Waiting {
		return future.Pending[future.Unit]()
	}
	f.state = machine.Ended
	if !f.defers.Unwind(cx) {
		f.state = machine.Unwinding
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}

func (f *function) run() (step machine.Step) {
	defer f.defers.Caught(&step)
	return f.body(&f.defers)
}

func (f *function) Drop() { f.defers.Drop() }

//go:noinline
func whereItBegan() { panic("broken") }

// push defers a call as it is generated.
func push(d *machine.Defers, f func()) {
	d.Push(func(d *machine.Defers) {
		defer f()
		d.Raise()
	})
}

func TestPanicGoesThroughDeferredCallsWithItsStack(t *testing.T) {
	var log []string
	f := &function{body: func(d *machine.Defers) machine.Step {
		push(d, func() { log = append(log, fmt.Sprint("last ", recover())) })
		push(d, func() { panic("another") })
		push(d, func() { log = append(log, "passes") })
		whereItBegan()
		return machine.Returned
	}}
	if _, err := future.BlockOn(f); err != nil {
		t.Error(err)
	}
	if want := []string{"passes", "last another"}; !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
	f = &function{body: func(d *machine.Defers) machine.Step {
		push(d, func() {})
		whereItBegan()
		return machine.Returned
	}}
	defer func() {
		began(t, future.Recovered(recover()))
	}()
	f.Poll(nil)
}

func TestRecoveredInADeferredCallHasTheStack(t *testing.T) {
	var p *future.PanicError
	f := &function{body: func(d *machine.Defers) machine.Step {
		push(d, func() { p = future.Recovered(recover()) })
		whereItBegan()
		return machine.Returned
	}}
	if _, err := future.BlockOn(f); err != nil {
		t.Error(err)
	}
	began(t, p)
}

func TestGoexitRunsTheDeferredCalls(t *testing.T) {
	ran, seen := 0, any(1)
	var answer error
	f := &function{body: func(d *machine.Defers) machine.Step {
		push(d, func() { ran++ })
		d.PushAsync(machine.Defer(future.Box(future.Yield())), func(d *machine.Defers, co *future.Co) {
			defer func() { _, answer = future.Yield().Await(co) }()
			d.Raise()
		})
		push(d, func() { ran++; runtime.Goexit() })
		push(d, func() { ran++; seen = recover() })
		runtime.Goexit()
		return machine.Returned
	}}
	end := make(chan bool)
	go func() {
		defer close(end)
		f.Poll(nil)
		t.Error("Poll returned")
	}()
	<-end
	if ran != 3 || seen != nil || !errors.Is(answer, future.ErrDropped) {
		t.Error(ran, seen, answer)
	}
	f.Drop()
	if ran != 3 {
		t.Error("a call ran twice")
	}
}

func TestDropTellsTheDeferredCalls(t *testing.T) {
	var log []string
	f := &function{body: func(d *machine.Defers) machine.Step {
		push(d, func() { log = append(log, fmt.Sprint(recover(), d.Dropped(), d.Context() == nil)) })
		push(d, func() { panic("in the drop") })
		d.PushAsync(machine.Defer(future.Box(future.Yield())), func(d *machine.Defers, co *future.Co) {
			_, err := future.Yield().Await(co)
			log = append(log, fmt.Sprint(err, co.Dropped()))
		})
		return machine.Waiting
	}}
	cx := waker.FromWaker(waker.Noop())
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	f.Drop()
	want := []string{fmt.Sprint(future.ErrDropped, true), "in the droptrue true"}
	if !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
}

func TestDroppedWhileADeferredCallWaits(t *testing.T) {
	dropped, ran := 0, 0
	f := &function{body: func(d *machine.Defers) machine.Step {
		push(d, func() { ran++ })
		d.PushAsync(machine.Defer[int](&never{&dropped}), func(*machine.Defers, *future.Co) { t.Error("ran uncompiled") })
		whereItBegan()
		return machine.Returned
	}}
	cx := waker.FromWaker(waker.Noop())
	for range 2 {
		if f.Poll(&cx).IsReady() {
			t.Fatal("ready")
		}
	}
	f.Drop()
	if dropped != 1 || ran != 1 {
		t.Error(dropped, ran)
	}
}

type never struct{ dropped *int }

func (n *never) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (n *never) Drop()                                { *n.dropped++ }
