package future_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

// thread is an executor's thread as async functions see it.
type thread struct {
	bound    int
	away     bool
	now      uintptr
	switches []uintptr
}

func (th *thread) BindHome()  { th.bound++ }
func (th *thread) Here() bool { return !th.away }

func (th *thread) Switched(id uintptr) (before uintptr) {
	th.switches = append(th.switches, id)
	before, th.now = th.now, id
	return before
}

func TestAsyncTellsItsThreadWhoRuns(t *testing.T) {
	th := &thread{}
	e := newExecutorWith(th)
	var id, inner uintptr
	f := future.Async(func(co *future.Co) (int, error) {
		id = gid.Current()
		return future.Await(co, future.Async(func(co *future.Co) (int, error) {
			inner = gid.Current()
			co.Yield()
			return 3, nil
		}))
	})
	mustPend(t, e, f)
	mustReady(t, e, f, 3, nil)
	if th.bound != 2 {
		t.Errorf("BindHome was called %d times, want once by each async function", th.bound)
	}
	if !gid.Known {
		return
	}
	// The inner one runs for the first time on the outer one's goroutine, and for the second
	// time on the executor's. Whoever gives the thread back says who had it before.
	const executor = gid.None
	want := []uintptr{id, inner, id, executor, inner, executor, id, executor}
	if inner == id || !slices.Equal(th.switches, want) {
		t.Errorf("switches %#x, want %#x", th.switches, want)
	}
}

func TestAsyncDropTellsItsThread(t *testing.T) {
	th := &thread{}
	e := newExecutorWith(th)
	var during []uintptr
	f := future.Async(func(co *future.Co) (int, error) {
		defer func() { during = slices.Clone(th.switches) }()
		return future.Await(co, &probe[int]{})
	})
	mustPend(t, e, f)
	th.switches = nil
	future.Drop(f)
	if len(during) != 1 || during[0] == gid.None == gid.Known {
		t.Errorf("while unwinding: switches %#x, want the coroutine's own", during)
	}
	if th.now != gid.None {
		t.Errorf("at the end: switches %#x", th.switches)
	}
}

func TestAsyncOnAnotherThreadPanics(t *testing.T) {
	home, away, plain := newExecutorWith(&thread{bound: 1}), newExecutorWith(&thread{bound: 2}), newExecutor()
	for _, pair := range [][2]*executor{{home, away}, {home, plain}, {plain, home}} {
		child := &probe[int]{}
		f := future.Async(func(co *future.Co) (int, error) { return future.Await(co, child) })
		mustPend(t, pair[0], f)
		mustPanic(t, func() { f.Poll(&pair[1].cx) }, "polled by another executor thread")
		child.complete(6, nil)
		mustReady(t, pair[0], f, 6, nil)
	}
}

func TestAsyncOnALockedThread(t *testing.T) {
	done := make(chan int)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		v, _ := future.BlockOn(future.Async(func(co *future.Co) (int, error) {
			sum := 0
			for i := range 20 {
				s := newSignal()
				go s.fire(i)
				v, err := future.Await[int](co, s)
				if err != nil {
					return 0, err
				}
				w, _ := future.Await(co, future.Async(func(co *future.Co) (int, error) {
					co.Yield()
					return v, nil
				}))
				sum += w
			}
			return sum, nil
		}))
		dropped := future.Async(func(co *future.Co) (int, error) { return future.Await(co, &probe[int]{}) })
		e := newExecutor()
		dropped.Poll(&e.cx)
		future.Drop(dropped)
		done <- v
	}()
	if v := <-done; v != 190 {
		t.Errorf("got %d, want 190", v)
	}
}

func TestAsyncMovesBetweenUnlockedGoroutines(t *testing.T) {
	f := future.Async(func(co *future.Co) (int, error) {
		for range 20 {
			co.Yield()
		}
		return 1, nil
	})
	polled := make(chan bool)
	for ready := false; !ready; {
		go func() {
			cx := waker.FromWaker(waker.Noop())
			polled <- f.Poll(&cx).IsReady()
		}()
		ready = <-polled
	}
}

func TestAwaitDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	cx := waker.FromWaker(waker.Noop())
	f := future.Async(func(co *future.Co) (int, error) {
		number, text, ready := &flipFlop[int]{}, &flipFlop[string]{}, &flipFlop[bool]{pending: true}
		for {
			future.Await(co, number)
			future.Await(co, text)
			ready.pending = true
			future.Await(co, ready)
			co.Yield()
		}
	})
	defer future.Drop(f)
	f.Poll(&cx)
	for range 10 {
		f.Poll(&cx)
	}
	if n := testing.AllocsPerRun(200, func() { f.Poll(&cx) }); n != 0 {
		t.Errorf("a poll that goes through an Await allocates %v times", n)
	}
}

// flipFlop is pending and ready by turns, for ever.
type flipFlop[T any] struct{ pending bool }

func (f *flipFlop[T]) Poll(*waker.Context) future.Poll[T] {
	if f.pending = !f.pending; f.pending {
		return future.Pending[T]()
	}
	var zero T
	return future.Ready(zero)
}

func BenchmarkAwaitPending(b *testing.B) {
	cx := waker.FromWaker(waker.Noop())
	f := future.Async(func(co *future.Co) (int, error) {
		child := &flipFlop[int]{}
		for {
			future.Await(co, child)
		}
	})
	defer future.Drop(f)
	f.Poll(&cx)
	b.ReportAllocs()
	for b.Loop() {
		f.Poll(&cx)
	}
}

func BenchmarkAwaitReady(b *testing.B) {
	b.ReportAllocs()
	future.BlockOn(future.Async(func(co *future.Co) (int, error) {
		child := &alwaysReady{}
		for b.Loop() {
			future.Await[int](co, child)
		}
		return 0, nil
	}))
}

type alwaysReady struct{}

func (*alwaysReady) Poll(*waker.Context) future.Poll[int] { return future.Ready(1) }

func BenchmarkAsyncStartAndEnd(b *testing.B) {
	cx := waker.FromWaker(waker.Noop())
	body := func(*future.Co) (int, error) { return 1, nil }
	b.ReportAllocs()
	for b.Loop() {
		future.Async(body).Poll(&cx)
	}
}
