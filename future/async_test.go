package future_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

func TestAsyncStartsAtItsFirstPoll(t *testing.T) {
	started := false
	body := func(co *future.Co) (int, error) {
		started = true
		return 3, errTest
	}
	f := future.Async(body)
	future.Drop(f)
	if started {
		t.Fatal("the body ran without a poll")
	}
	e := newExecutor()
	mustPanic(t, func() { f.Poll(&e.cx) }, "Async polled after Ready (or after Drop)")
	mustReady(t, e, future.Async(body), 3, errTest)
	if !started {
		t.Fatal("the body did not run")
	}
}

func TestAwaitHandsTheChildToTheExecutor(t *testing.T) {
	e := newExecutor()
	children := []*probe[int]{{}, {}}
	text := &probe[string]{}
	f := future.Async(func(co *future.Co) (string, error) {
		sum := 0
		for _, c := range children {
			v, err := future.Await(co, c)
			if err != nil {
				return "", err
			}
			sum += v
		}
		s, err := future.Await(co, text)
		return fmt.Sprint(sum, s), err
	})
	mustPend(t, e, f)
	mustPend(t, e, f)
	children[0].complete(1, nil)
	mustPend(t, e, f)
	children[1].complete(2, nil)
	mustPend(t, e, f)
	text.complete("x", errTest)
	mustReady(t, e, f, "3x", errTest)
	if children[0].polls != 3 || children[1].polls != 2 || text.polls != 2 {
		t.Errorf("polls %d, %d, %d; want 3, 2, 2", children[0].polls, children[1].polls, text.polls)
	}
	e.balanced(t)
}

func TestAsyncDropUnwindsTheBody(t *testing.T) {
	e := newExecutor()
	child, late := &probe[int]{}, &probe[int]{}
	var steps []string
	var co *future.Co
	f := future.Async(func(c *future.Co) (int, error) {
		co = c
		defer func() {
			if v := recover(); v != nil {
				t.Errorf("the body could recover %v", v)
			}
			if !c.Dropped() || child.drops != 1 {
				t.Errorf("in a deferred function: Dropped %v, and the child was dropped %d times", c.Dropped(), child.drops)
			}
			v, err := future.Await(c, late)
			steps = append(steps, fmt.Sprint("awaited ", v, " ", err))
			c.Yield()
			steps = append(steps, "yielded")
		}()
		if c.Dropped() {
			t.Error("Dropped in a function that is alive")
		}
		future.Await(c, child)
		steps = append(steps, "went on")
		return 0, nil
	})
	mustPend(t, e, f)
	future.Drop(f)
	future.Drop(f)
	want := []string{"awaited 0 " + future.ErrDropped.Error(), "yielded"}
	if !slices.Equal(steps, want) {
		t.Errorf("steps %q, want %q", steps, want)
	}
	if child.drops != 1 || late.drops != 1 || late.polls != 0 {
		t.Errorf("the child was dropped %d times; the late one polled %d and dropped %d times", child.drops, late.polls, late.drops)
	}
	mustPanic(t, func() { future.Await(co, child) }, "Await outside the async function")
	e.balanced(t)
}

func TestAsyncDropPassesOnAPanicOfADeferredFunction(t *testing.T) {
	e := newExecutor()
	f := future.Async(func(co *future.Co) (int, error) {
		defer func() { panic(errTest) }()
		return future.Await(co, &probe[int]{})
	})
	mustPend(t, e, f)
	mustPanic(t, func() { future.Drop(f) }, errTest.Error())
	future.Drop(f)
}

func TestAsyncPanicTravelsToPoll(t *testing.T) {
	value := &struct{ int }{1}
	for _, first := range []bool{true, false} {
		e := newExecutor()
		cleaned := false
		f := future.Async(func(co *future.Co) (int, error) {
			defer func() { cleaned = true }()
			if !first {
				co.Yield()
			}
			panic(value)
		})
		if !first {
			mustPend(t, e, f)
		}
		func() {
			defer func() {
				if v := recover(); v != value {
					t.Errorf("recovered %v, want the body's own value", v)
				}
			}()
			f.Poll(&e.cx)
		}()
		if !cleaned {
			t.Error("deferred functions did not run")
		}
		future.Drop(f)
		e.balanced(t)
	}
}

func TestPanicOfAChildArrivesAtItsAwait(t *testing.T) {
	for _, first := range []bool{true, false} {
		e := newExecutor()
		child := &probe[int]{}
		f := future.Async(func(co *future.Co) (v int, err error) {
			func() {
				defer func() { err, _ = recover().(error) }()
				future.Await(co, child)
			}()
			if err != errTest {
				return 0, fmt.Errorf("recovered %v", err)
			}
			return future.Await(co, future.Value(8))
		})
		if !first {
			mustPend(t, e, f)
		}
		child.panics = errTest
		mustReady(t, e, f, 8, nil)
		child.Drop()
	}
}

func TestAsyncGoexitIsAPanicOfPoll(t *testing.T) {
	e := newExecutor()
	f := future.Async(func(co *future.Co) (int, error) {
		runtime.Goexit()
		return 0, nil
	})
	mustPanic(t, func() { f.Poll(&e.cx) }, "runtime.Goexit")
	mustPanic(t, func() { f.Poll(&e.cx) }, "Async polled after Ready")

	f = future.Async(func(co *future.Co) (int, error) {
		co.Yield()
		runtime.Goexit()
		return 0, nil
	})
	mustPend(t, e, f)
	mustPanic(t, func() { f.Poll(&e.cx) }, "runtime.Goexit")
}

func TestAwaitFromElsewherePanics(t *testing.T) {
	e := newExecutor()
	var co *future.Co
	nested := future.Func(func(*waker.Context) future.Poll[int] {
		v, err := future.Await(co, future.Value(1))
		return future.Done(v, err)
	})
	f := future.Async(func(c *future.Co) (int, error) {
		co = c
		mustPanic(t, func() { future.Await(c, nested) }, "Await inside the Poll of a future that is awaited")
		mustPanic(t, func() { future.Await[int](c, nil) }, "Await: nil future")
		if gid.Known {
			done := make(chan struct{})
			go func() {
				defer close(done)
				mustPanic(t, func() { future.Await(c, future.Value(1)) }, "Await outside the async function")
			}()
			<-done
		}
		return future.Await(c, &probe[int]{})
	})
	mustPanic(t, func() { future.Await(co, future.Value(1)) }, "nil Co")
	mustPend(t, e, f)
	mustPanic(t, func() { future.Await(co, future.Value(1)) }, "Await outside the async function")
	mustPanic(t, func() { co.Yield() }, "Yield outside the async function")
	future.Drop(f)
}

func TestAsyncPolledByItselfPanics(t *testing.T) {
	e := newExecutor()
	var f future.Future[int]
	f = future.Async(func(co *future.Co) (int, error) {
		mustPanic(t, func() { f.Poll(co.Context()) }, "polled by its own body")
		mustPanic(t, func() { future.Drop(f) }, "dropped by its own body")
		return 2, nil
	})
	mustReady(t, e, f, 2, nil)
}

func TestCoContextIsThatOfThePoll(t *testing.T) {
	a, b := newExecutorWith("a"), newExecutorWith("b")
	f := future.Async(func(co *future.Co) (string, error) {
		first := co.Context().Ext().(string)
		co.Yield()
		return first + co.Context().Ext().(string), nil
	})
	mustPend(t, a, f)
	mustReady(t, b, f, "ab", nil)
}
