package sched_test

import (
	"bytes"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// reported collects what a runtime reports.
type reported struct {
	panics chan *sched.PanicError
	stalls chan sched.Stall
}

func newReported() *reported {
	return &reported{make(chan *sched.PanicError, 100), make(chan sched.Stall, 100)}
}

func (r *reported) config(c sched.Config) sched.Config {
	c.OnPanic = func(p *sched.PanicError) { r.panics <- p }
	c.OnStall = func(s sched.Stall) { r.stalls <- s }
	return c
}

// panicker is a future that panics, and one that a name can be seen of.
type panicker struct{ with string }

func (p *panicker) Poll(*waker.Context) future.Poll[future.Unit] { panic(p.with) }

func receive[T any](t *testing.T, from <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-soon(t).Done():
		t.Fatal("no report of " + what)
	}
	return v
}

func TestAPanicWithoutAHandleIsReported(t *testing.T) {
	for _, n := range workerCounts {
		r := newReported()
		rt := newRuntime(t, r.config(sched.Config{Workers: n}))
		sched.SpawnDetached(rt, panicker{"ouch"})
		p := receive(t, r.panics, "a panic of a detached task")
		if p.Value != "ouch" || !strings.Contains(p.Task, "panicker") || !strings.Contains(string(p.Stack), "(*panicker).Poll") {
			t.Errorf("reported %q by %q at\n%s", p.Value, p.Task, p.Stack)
		}
		shutdown(t, rt)
		if len(r.panics) != 0 {
			t.Error("it is reported twice")
		}
	}
}

func TestAPanicWhoseHandleIsLetGoIsReported(t *testing.T) {
	r := newReported()
	rt := newRuntime(t, r.config(sched.Config{Workers: 2}))
	defer shutdown(t, rt)
	sched.SpawnValue[future.Unit](rt, panicker{"value"})
	sched.Spawn(rt, future.Future[future.Unit](&panicker{"boxed"}))
	got := map[any]bool{}
	for ctx := soon(t); len(got) < 2; {
		runtime.GC()
		select {
		case p := <-r.panics:
			got[p.Value] = true
		case <-ctx.Done():
			t.Fatalf("reported were %v", got)
		default:
			runtime.Gosched()
		}
	}
}

// Shutdown looks for what no collection has found yet.
func TestShutdownReportsPanicsThatNobodyRead(t *testing.T) {
	r := newReported()
	rt := newRuntime(t, r.config(sched.Config{Workers: 2}))
	func() {
		h := sched.SpawnValue[future.Unit](rt, panicker{"unread"})
		for !h.Done() {
			runtime.Gosched()
		}
	}()
	shutdown(t, rt)
	if p := receive(t, r.panics, "a panic at Shutdown"); p.Value != "unread" {
		t.Errorf("reported %q", p.Value)
	}
}

// A panic that somebody has, or may still have, from a handle is not reported.
func TestAPanicThatIsReadIsNotReported(t *testing.T) {
	r := newReported()
	rt := newRuntime(t, r.config(sched.Config{Workers: 2}))
	var p *sched.PanicError
	waited := sched.SpawnValue[future.Unit](rt, panicker{"waited for"})
	if _, err := waited.Wait(soon(t)); !errors.As(err, &p) || !strings.Contains(p.Error(), "panicker") {
		t.Fatalf("the task answered %v", err)
	}
	_, err := sched.Run(soon(t), rt, future.Future[future.Unit](sched.SpawnValue[future.Unit](rt, panicker{"awaited"})))
	if !errors.As(err, &p) {
		t.Fatalf("the task answered %v", err)
	}
	kept := sched.SpawnValue[future.Unit](rt, panicker{"kept"})
	for !kept.Done() {
		runtime.Gosched()
	}
	shutdown(t, rt)
	runtime.GC()
	if len(r.panics) != 0 {
		t.Errorf("reported was %q", (<-r.panics).Value)
	}
	if _, err := kept.Wait(soon(t)); !errors.As(err, &p) {
		t.Errorf("after Shutdown the task answered %v", err)
	}
}

// A slow OnPanic holds up no worker; what it is too slow for is counted.
func TestASlowOnPanicHoldsUpNobody(t *testing.T) {
	release := make(chan struct{})
	var calls sync.WaitGroup
	rt := newRuntime(t, sched.Config{Workers: 2, StallAfter: sched.NoStall, OnPanic: func(*sched.PanicError) { <-release; calls.Done() }})
	const n = 3000
	for range n {
		sched.SpawnDetached(rt, panicker{"again"})
	}
	for rt.Metrics().Panics < n {
		wait(t, sched.Spawn(rt, future.Value(1)))
	}
	lost := rt.Metrics().LostReports
	if lost == 0 || lost >= n-1000 {
		t.Errorf("%d of %d reports are lost", lost, n)
	}
	calls.Add(n - int(lost))
	close(release)
	shutdown(t, rt)
	calls.Wait()
}

func TestPanicsAreLoggedByDefault(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	rt := newRuntime(t, sched.Config{Workers: 1})
	sched.SpawnDetached(rt, panicker{"ouch"})
	shutdown(t, rt) // returns when the report has been made
	for _, part := range []string{"level=ERROR", "panic=ouch", "task=", "panicker", "stack=", "Poll"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %q: %s", part, log.String())
		}
	}
}
