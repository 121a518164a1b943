package sched

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

// Config.OnPanic may do what any goroutine may.

// bang is a future that panics with its number.
type bang struct{ number int }

func (b *bang) Poll(*waker.Context) future.Poll[future.Unit] { panic(b.number) }

// within30s fails the test if nothing comes.
func within30s[T any](t *testing.T, from <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(30 * time.Second):
		t.Fatalf("no end of waiting for %s", what)
	}
	return v
}

func handledBy(t *testing.T, onPanic func(*PanicError)) *Runtime {
	t.Helper()
	rt, err := New(Config{Workers: 2, OnPanic: onPanic})
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestAnOnPanicThatCallsGoexitGetsTheNextReport(t *testing.T) {
	const panics = 5
	told := make(chan int, panics)
	rt := handledBy(t, func(p *PanicError) {
		told <- p.Value.(int)
		runtime.Goexit()
	})
	for i := range panics {
		SpawnDetached(rt, bang{i})
		if i == panics-1 { // it waits for what is on its way
			if err := rt.Shutdown(limited(t)); err != nil {
				t.Fatal(err)
			}
		}
		if got := within30s(t, told, "a report after a Goexit"); got != i {
			t.Errorf("report %d is of panic %d", i, got)
		}
	}
}

// A Shutdown that a report calls does not wait for the reports, one of which it is itself.
func TestOnPanicEndsItsRuntime(t *testing.T) {
	if gid.Known {
		reportsFor = time.Hour
		defer func() { reportsFor = time.Second }()
	}
	for name, end := range map[string]func(rt *Runtime) error{
		"Shutdown": func(rt *Runtime) error { return rt.Shutdown(context.Background()) },
		"Close":    (*Runtime).Close,
	} {
		made, ended := make(chan *Runtime, 1), make(chan error, 1)
		rt := handledBy(t, func(*PanicError) { ended <- end(<-made) })
		made <- rt
		SpawnDetached(rt, bang{})
		if err := within30s(t, ended, name+" in OnPanic"); err != nil {
			t.Errorf("%s in OnPanic: %v", name, err)
		}
	}
}

// A handler that takes its time is no poll that does not return.
func TestCloseDoesNotTakeASlowHandlerForAPoll(t *testing.T) {
	if testing.Short() {
		t.Skip("lasts for longer than Shutdown waits for polls")
	}
	reportsFor = 2 * stuckAfter
	defer func() { reportsFor = time.Second }()
	called, let := make(chan struct{}), make(chan struct{})
	defer close(let)
	rt := handledBy(t, func(*PanicError) {
		close(called)
		<-let
	})
	SpawnDetached(rt, bang{})
	within30s(t, called, "the report")
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
}
