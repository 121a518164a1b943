package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// signal is a future that any thread may complete.
type signal struct {
	ch   chan int
	cell waker.AtomicWaker
}

func newSignal() *signal { return &signal{ch: make(chan int, 1)} }

func (s *signal) Poll(cx *waker.Context) future.Poll[int] {
	s.cell.Register(cx.Waker())
	select {
	case v := <-s.ch:
		if w, ok := s.cell.Take(); ok {
			w.Drop()
		}
		return future.Ready(v)
	default:
		return future.Pending[int]()
	}
}

func (s *signal) fire(v int) {
	s.ch <- v
	s.cell.Wake()
}

func TestBlockOnSleepsUntilWokenFromAnotherThread(t *testing.T) {
	for i := range 1000 {
		s := newSignal()
		go s.fire(i)
		if v, err := future.BlockOn(s); v != i || err != nil {
			t.Fatalf("%d, %v; want %d", v, err, i)
		}
	}
	if _, err := future.BlockOn(future.Fail[int](errTest)); err != errTest {
		t.Errorf("error %v, want %v", err, errTest)
	}
}

func TestBlockOnFoldsWakeups(t *testing.T) {
	polls := 0
	s := newSignal()
	f := future.Func(func(cx *waker.Context) future.Poll[int] {
		switch polls++; polls {
		case 1:
			for range 100 {
				w := cx.Waker()
				w.WakeByRef()
			}
			return future.Pending[int]()
		case 2:
			go s.fire(3)
		}
		return s.Poll(cx)
	})
	if v, _ := future.BlockOn(f); v != 3 {
		t.Errorf("got %d", v)
	}
	if polls > 4 {
		t.Errorf("%d polls for a hundred wake-ups between two polls and one later", polls)
	}
}

func TestBlockOnDropsAFutureThatPanicked(t *testing.T) {
	p := &probe[int]{panics: "boom"}
	mustPanic(t, func() { future.BlockOn(p) }, "boom")
	if p.drops != 1 {
		t.Errorf("dropped %d times, want once", p.drops)
	}
}

func TestForeignExecutorDrivesOurFutures(t *testing.T) {
	e := newExecutor()
	sum := 0
	f := future.Async(func(co *future.Co) (int, error) {
		for i := range 50 {
			a, b := newSignal(), newSignal()
			go a.fire(i)
			go b.fire(i)
			p, err := future.Join[int, int](future.Of(a), future.Of(b)).Await(co)
			if err != nil {
				return 0, err
			}
			first, _ := future.Await(co, future.Race(future.Blocking(func() (int, error) { return p.First, nil }), future.Future[int](newSignal())))
			all, _ := future.Await(co, future.JoinAll(future.Value(first), future.Map(future.Value(p.Second), double)))
			sum += all[0] + all[1]
			co.Yield()
		}
		return sum, nil
	})
	if v, err := drive(e, f); v != 3*49*50/2 || err != nil {
		t.Errorf("%d, %v; want %d", v, err, 3*49*50/2)
	}
	e.balanced(t)
	if e.wakes.Load() == 0 {
		t.Error("never woken")
	}
}
