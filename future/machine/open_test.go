package machine_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/machine"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

// open is a machine with a bit for each deferred call, as it is generated.
type open struct {
	body     func() machine.Step
	calls    []func(e machine.Ending)
	deferred uint8
	state    uint8
}

func (o *open) Poll(cx *waker.Context) future.Poll[future.Unit] {
	step, caught := o.run()
	if step == machine.Waiting {
		return future.Pending[future.Unit]()
	}
	o.state = machine.Ended
	machine.Unwind(o, &o.deferred, cx, caught)
	return future.Ready(future.Unit{})
}

func (o *open) run() (step machine.Step, caught *machine.Panic) {
	defer machine.Catch(o, &o.deferred, &step, &caught)
	for i := range o.calls {
		o.deferred |= 1 << i
	}
	return o.body(), nil
}

func (o *open) Deferred(i int, e machine.Ending) {
	defer o.calls[i](e)
	e.Raise()
}

func (o *open) Drop() { machine.DropDeferred(o, &o.deferred) }

func TestOpenCallsPassAPanicOn(t *testing.T) {
	var log []string
	o := &open{body: func() machine.Step { whereItBegan(); return machine.Returned }, calls: []func(machine.Ending){
		func(machine.Ending) { log = append(log, fmt.Sprint("last ", recover())) },
		func(machine.Ending) { panic("another") },
		func(machine.Ending) { log = append(log, "passes") },
	}}
	if _, err := future.BlockOn(o); err != nil {
		t.Error(err)
	}
	if want := []string{"passes", "last another"}; !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
	defer func() {
		began(t, future.Recovered(recover()))
	}()
	o = &open{body: o.body, calls: []func(machine.Ending){func(machine.Ending) {}}}
	o.Poll(nil)
}

// began checks that p tells where it began, and once, as it has never left its goroutine.
func began(t *testing.T, p *future.PanicError) {
	t.Helper()
	if p.Value != "broken" || bytes.Count(p.Stack, []byte("whereItBegan")) != 1 || gid.Known && bytes.Count(p.Stack, []byte("debug.Stack")) != 1 {
		t.Errorf("%v, with the stack\n%s", p.Value, p.Stack)
	}
}

func TestOpenCallsRunAfterGoexit(t *testing.T) {
	ran, seen := 0, any(1)
	o := &open{body: func() machine.Step { runtime.Goexit(); return machine.Returned }, calls: []func(machine.Ending){
		func(machine.Ending) { ran++ },
		func(machine.Ending) { ran++; runtime.Goexit() },
		func(machine.Ending) { ran++; seen = recover() },
	}}
	end := make(chan bool)
	go func() {
		defer close(end)
		o.Poll(nil)
		t.Error("Poll returned")
	}()
	<-end
	if ran != 3 || seen != nil {
		t.Error(ran, seen)
	}
	o.Drop()
	if ran != 3 {
		t.Error("a call ran twice")
	}
}

func TestOpenCallsOfWhatIsDropped(t *testing.T) {
	var log []string
	o := &open{body: func() machine.Step { return machine.Waiting }, calls: []func(machine.Ending){
		func(e machine.Ending) { log = append(log, fmt.Sprintln(recover(), e.Dropped(), e.Context() == nil)) },
		func(machine.Ending) { panic("in the drop") },
	}}
	cx := waker.FromWaker(waker.Noop())
	if o.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	o.Drop()
	if want := []string{"in the drop true true\n"}; !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
}

func TestOpenCallsAllocateNothing(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	ran := 0
	o := &open{body: func() machine.Step { return machine.Returned }, calls: []func(machine.Ending){func(e machine.Ending) {
		if e.Context() == &cx && !e.Dropped() {
			ran++
		}
	}}}
	if n := testing.AllocsPerRun(100, func() { o.Poll(&cx) }); n != 0 || ran != 101 {
		t.Errorf("%v allocations; %d calls", n, ran)
	}
}
