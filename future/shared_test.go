package future_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func TestSharedGivesEachTheValue(t *testing.T) {
	a, b := newExecutor(), newExecutor()
	p := &probe[int]{}
	first := future.Share(p)
	second, third := first.Clone(), first.Clone()
	mustPend[int](t, a, &first)
	mustPend[int](t, b, &second)
	if p.polls != 2 {
		t.Errorf("polled %d times, want once by each", p.polls)
	}
	if _, _, ok := third.Peek(); ok || third.Waits() != 3 || !third.Same(first) {
		t.Errorf("it has ended %v, %d waits", ok, third.Waits())
	}
	p.complete(7, errTest)
	if !a.takeWake() || !b.takeWake() {
		t.Error("not all were woken")
	}
	mustReady(t, b, &second, 7, errTest)
	if v, err, ok := third.Peek(); v != 7 || err != errTest || !ok {
		t.Error(v, err, ok)
	}
	mustReady(t, a, &first, 7, errTest)
	mustReady(t, a, &third, 7, errTest)
	if p.polls != 3 || p.drops != 0 {
		t.Errorf("polled %d times, dropped %d times", p.polls, p.drops)
	}
	mustPanic(t, func() { first.Poll(&a.cx) }, "SharedOp polled after Ready")
	a.balanced(t)
	b.balanced(t)
}

// Who was polled last may be gone: the others are woken all the same.
func TestSharedOutlivesWhoPolls(t *testing.T) {
	a, b := newExecutor(), newExecutor()
	p := &probe[int]{}
	first := future.Share(p)
	second := first.Clone()
	mustPend[int](t, b, &second)
	mustPend[int](t, a, &first)
	first.Drop()
	first.Drop()
	if p.drops != 0 {
		t.Fatal("dropped while one waits")
	}
	p.complete(7, nil)
	if !b.takeWake() || a.takeWake() {
		t.Error("the one that waits was not woken, or the one that does not was")
	}
	mustReady(t, b, &second, 7, nil)
	a.balanced(t)
	b.balanced(t)
}

// A wait that is not polled any more, though it is not dropped, holds nobody up.
func TestSharedDoesNotDependOnOneWait(t *testing.T) {
	a, b := newExecutor(), newExecutor()
	p := &probe[int]{}
	idle := future.Share(p)
	defer idle.Drop()
	second := idle.Clone()
	mustPend[int](t, a, &idle)
	mustPend[int](t, b, &second)
	p.wake() // for another turn
	if !b.takeWake() {
		t.Fatal("not woken")
	}
	mustPend[int](t, b, &second)
	p.complete(7, nil)
	if !b.takeWake() {
		t.Fatal("not woken a second time")
	}
	mustReady(t, b, &second, 7, nil)
}

func TestSharedLastDropDropsTheFuture(t *testing.T) {
	e := newExecutor()
	p := &probe[int]{}
	first := future.Share(p)
	second := first.Clone()
	mustPend[int](t, e, &second)
	first.Drop()
	if p.drops != 0 {
		t.Error("dropped by the first of two")
	}
	second.Drop()
	if p.drops != 1 {
		t.Errorf("dropped %d times", p.drops)
	}
	e.balanced(t)
}

// The value is everybody's; only one that nobody has got is ended.
func TestSharedDiscardsWhatNobodyGot(t *testing.T) {
	e := newExecutor()
	var r, s resource
	first := future.Share(future.Value(&r))
	second := first.Clone()
	mustReady(t, e, &first, &r, nil)
	second.Drop()
	if r.drops != 0 {
		t.Error("discarded what was handed out")
	}
	budget := waker.NewBudget(1) // for the future, and not for the wait
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	third := future.Share(future.Value(&s))
	if third.Poll(&cx).IsReady() {
		t.Fatal("ready without a budget")
	}
	third.Drop()
	if s.drops != 1 {
		t.Errorf("discarded %d times", s.drops)
	}
}

// A future that drops a wait for itself while it is polled is not dropped by that.
func TestSharedDropInPoll(t *testing.T) {
	var other future.SharedOp[int]
	first := future.Share(future.Func(func(*waker.Context) future.Poll[int] {
		other.Drop()
		return future.Ready(1)
	}))
	other = first.Clone()
	mustReady(t, newExecutor(), &first, 1, nil)
}

// One that wakes itself until it is ready comes to its end.
func TestSharedThatWakesItself(t *testing.T) {
	left := 5
	s := future.Share(future.Func(func(cx *waker.Context) future.Poll[int] {
		if left--; left > 0 {
			cx.PollAgain()
			return future.Pending[int]()
		}
		return future.Ready(7)
	}))
	if v, err := drive[int](newExecutor(), &s); v != 7 || err != nil {
		t.Error(v, err)
	}
}

func TestSharedThatPanics(t *testing.T) {
	a, b := newExecutor(), newExecutor()
	p := &probe[int]{}
	first := future.Share(p)
	second, third := first.Clone(), first.Clone()
	mustPend[int](t, a, &first)
	mustPend[int](t, b, &second)
	p.panics = "boom"
	mustPanic(t, func() { first.Poll(&a.cx) }, "boom")
	if !b.takeWake() {
		t.Error("the other was not woken")
	}
	for _, s := range []*future.SharedOp[int]{&second, &third} {
		_, err := s.Poll(&b.cx).Result()
		var caught *future.PanicError
		if !errors.As(err, &caught) || caught.Value != "boom" {
			t.Errorf("%v", err)
		}
	}
	first.Drop()
	if p.drops != 1 {
		t.Errorf("dropped %d times", p.drops)
	}
	a.balanced(t)
	b.balanced(t)
}

// Who polls while another one's poll panics is told, and does not wait for ever.
func TestSharedPolledWhileItPanics(t *testing.T) {
	begun, on := make(chan future.Unit), make(chan future.Unit)
	first := future.Share(future.Func(func(*waker.Context) future.Poll[int] {
		close(begun)
		<-on
		panic("boom")
	}))
	second := first.Clone()
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { _ = recover() }()
		first.Poll(&newExecutor().cx)
		t.Error("no panic")
	})
	<-begun
	e := newExecutor()
	mustPend[int](t, e, &second)
	close(on)
	if _, err := drive[int](e, &second); err == nil {
		t.Error("no error")
	}
	wg.Wait()
}

func TestSharedThatCallsGoexit(t *testing.T) {
	first := future.Share(future.Func(func(*waker.Context) future.Poll[int] {
		runtime.Goexit()
		return future.Pending[int]()
	}))
	second := first.Clone()
	done := make(chan future.Unit)
	go func() {
		defer close(done)
		first.Poll(&newExecutor().cx)
	}()
	<-done
	mustReady(t, newExecutor(), &second, 0, future.ErrGoexit)
}

func TestSharedWeak(t *testing.T) {
	p := &probe[int]{}
	s := future.Share(p)
	w := s.Weak()
	again, ok := w.Upgrade()
	if !ok || !again.Same(s) {
		t.Fatal("not upgraded")
	}
	s.Drop()
	again.Drop()
	if _, ok := w.Upgrade(); ok || p.drops != 1 {
		t.Errorf("upgraded %v, dropped %d times", ok, p.drops)
	}
	mustPanic(t, func() { (future.WeakShared[int]{}).Upgrade() }, "WeakShared")
}

// A weak handle does not keep what the future has come to.
func TestSharedWeakKeepsNoValue(t *testing.T) {
	type large [1 << 10]int
	handle, kept := func() (future.WeakShared[*large], weak.Pointer[large]) {
		v := new(large)
		s := future.Share(future.Value(v))
		w := s.Weak()
		mustReady(t, newExecutor(), &s, v, nil)
		return w, weak.Make(v)
	}()
	runtime.GC()
	if kept.Value() != nil {
		t.Error("the value is kept")
	}
	if _, ok := handle.Upgrade(); ok {
		t.Error("upgraded")
	}
}

func TestSharedByManyThreads(t *testing.T) {
	const n = 16
	for range 100 {
		ch := make(chan int)
		s := future.Share(future.Box(future.FromChan(ch)))
		var wg sync.WaitGroup
		for i := range n {
			c := s.Clone()
			wg.Go(func() {
				if i%4 == 3 {
					c.Poll(&newExecutor().cx)
					c.Drop()
					return
				}
				if v, err := drive[int](newExecutor(), &c); v != 7 || err != nil {
					t.Error(v, err)
				}
			})
		}
		s.Drop()
		ch <- 7
		wg.Wait()
	}
}

func TestSharedOfNothingPanics(t *testing.T) {
	var cx waker.Context
	mustPanic(t, func() { future.Share[int](nil) }, "Share: nil future")
	mustPanic(t, func() { new(future.SharedOp[int]).Poll(&cx) }, "SharedOp")
	mustPanic(t, func() { (future.SharedOp[int]{}).Clone() }, "SharedOp")
	new(future.SharedOp[int]).Drop()
}

func TestSharedAllocatesOnce(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	p := future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() })
	s := future.Share(p)
	defer s.Drop()
	var op future.SharedOp[int]
	if n := testing.AllocsPerRun(100, func() {
		op = s.Clone()
		op.Poll(&cx)
		op.Drop()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func ExampleShare() {
	f := future.Share(future.Lazy(func() future.Future[int] {
		fmt.Println("asked once")
		return future.Value(7)
	}))
	both, err := future.BlockOn(future.Box(future.Join(f.Clone(), f)))
	fmt.Println(both.First, both.Second, err)
	// Output:
	// asked once
	// 7 7 <nil>
}
