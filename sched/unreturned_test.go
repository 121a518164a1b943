package sched_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// watched is a scope with a child whose poll does not return before letGo is closed, after the first poll of the scope in which
// something has panicked.
type watched struct {
	t        *testing.T
	scope    future.Future[int]
	panicked bool
	letGo    chan struct{}
	ended    atomic.Bool
}

func (s *watched) hold(sc *sched.Scope) {
	begun := make(chan struct{})
	sched.SpawnIn(sc, future.Func(func(*waker.Context) future.Poll[int] {
		close(begun)
		<-s.letGo
		s.ended.Store(true)
		return future.Ready(0)
	}))
	<-begun
}

func (s *watched) panics(v any) {
	s.panicked = true
	panic(v)
}

func (s *watched) Poll(cx *waker.Context) (p future.Poll[int]) {
	returned, before := false, s.panicked
	defer func() {
		if !before && s.panicked {
			if !returned || p.IsReady() {
				s.t.Error("the scope has ended while a child lives")
			}
			close(s.letGo)
		}
	}()
	p = s.scope.Poll(cx)
	returned = true
	return p
}

func (s *watched) Drop() { future.Drop(s.scope) }

// A panic of what makes the body, of the body, or of its Drop, is an error of the scope, if it is the first: the children end before it does.
func TestAScopeWhoseBodyPanics(t *testing.T) {
	boom := errors.New("boom")
	for name, body := range map[string]func(s *watched, sc *sched.Scope) future.Future[int]{
		"what makes it": func(s *watched, sc *sched.Scope) future.Future[int] {
			s.hold(sc)
			s.panics(boom)
			return nil
		},
		"its poll": func(s *watched, sc *sched.Scope) future.Future[int] {
			s.hold(sc)
			return future.Func(func(*waker.Context) future.Poll[int] {
				s.panics(boom)
				return future.Pending[int]()
			})
		},
		"its Drop": func(s *watched, sc *sched.Scope) future.Future[int] {
			s.hold(sc)
			sched.SpawnIn(sc, future.Fail[int](boom))
			return dropFunc(func() { s.panics("in Drop") })
		},
	} {
		rt := newRuntime(t, sched.Config{Workers: 3, OnPanic: func(*sched.PanicError) {}})
		s := &watched{t: t, letGo: make(chan struct{})}
		s.scope = sched.InScope(func(sc *sched.Scope) future.Future[int] { return body(s, sc) })
		_, err := sched.Run[int](soon(t), rt, s)
		var p *sched.PanicError
		if !errors.Is(err, boom) && !(errors.As(err, &p) && p.Value == boom) {
			t.Errorf("%s: the scope ends with %v", name, err)
		}
		if !s.ended.Load() {
			t.Errorf("%s: a child has outlived the scope", name)
		}
		shutdown(t, rt)
	}
}

// dropFunc is a future that is never ready, and calls a function when it is dropped.
type dropFunc func()

func (dropFunc) Poll(*waker.Context) future.Poll[int] { return future.Pending[int]() }
func (f dropFunc) Drop()                              { f() }

// A task that is refused has ended, also if its Drop does not return: who spawns goes on, and a set hears of it.
func TestRefusedTaskWhoseDropDoesNotReturn(t *testing.T) {
	told := make(chan *sched.PanicError, 1)
	rt := newRuntime(t, sched.Config{Workers: 1, OnPanic: func(p *sched.PanicError) { told <- p }})
	shutdown(t, rt)
	var set sched.JoinSet[int]
	set.Spawn(rt, dropFunc(func() { panic("in Drop") }))
	var p *sched.PanicError
	if _, err, ok := set.TryNext(); !ok || !errors.As(err, &p) || p.Value != "in Drop" || p.Task != "sched_test.dropFunc" {
		t.Errorf("a set is told %v, %t", err, ok)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		set.Spawn(rt, dropFunc(runtime.Goexit))
	}()
	<-done
	if _, err, ok := set.TryNext(); !ok || !errors.Is(err, sched.ErrGoexit) {
		t.Errorf("after runtime.Goexit a set is told %v, %t", err, ok)
	}
	sched.SpawnDetached(rt, detachedDrop{})
	if p := <-told; p.Value != "in Drop" { // of a task that has no handle
		t.Errorf("OnPanic is told of %v", p)
	}
}

// The hook that is told of its end may not return either.
func TestRefusedTaskWhoseHookEndsItsGoroutine(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1, Hooks: sched.Hooks{End: func(sched.TaskInfo) { runtime.Goexit() }}})
	shutdown(t, rt)
	var set sched.JoinSet[int]
	done := make(chan struct{})
	go func() {
		defer close(done)
		set.Spawn(rt, future.Value(1))
	}()
	<-done
	if _, err, ok := set.TryNext(); !ok || !errors.Is(err, sched.ErrShutdown) {
		t.Errorf("a set is told %v, %t", err, ok)
	}
}

type detachedDrop struct{}

func (*detachedDrop) Poll(*waker.Context) future.Poll[future.Unit] {
	return future.Pending[future.Unit]()
}
func (*detachedDrop) Drop() { panic("in Drop") }

// What a function returns that blocks in place is its error, whatever it is.
func TestBlockInPlaceReturnsErrors(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	for _, want := range []error{&sched.PanicError{Value: "of another function"}, sched.ErrGoexit, future.ErrPoolFull} {
		_, err := sched.Run(soon(t), rt, future.Func(func(cx *waker.Context) future.Poll[int] {
			n, err := sched.BlockInPlace(cx, func() (int, error) { return 7, want })
			if n != 7 || err != want {
				t.Errorf("%d, %v; want %v", n, err, want)
			}
			return future.Ready(n)
		}))
		if err != nil {
			t.Errorf("an error has become a panic: %v", err)
		}
	}
}

// A task-local may be a nil interface.
func TestTaskLocalThatIsNil(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	cause := sched.NewKey[error]("cause")
	_, err := sched.SpawnWith(rt, sched.Options{Locals: []sched.Local{cause.Value(nil)}}, future.Func(func(cx *waker.Context) future.Poll[int] {
		if v, ok := cause.Get(cx); v != nil || !ok {
			t.Errorf("it is %v, %t", v, ok)
		}
		return future.Ready(0)
	})).Wait(soon(t))
	if err != nil {
		t.Error(err)
	}
}

// A key that a map does not find again is refused: its task would stay in it, ended, and end who asks about it.
func TestJoinMapWithoutEquality(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 1})
	defer shutdown(t, rt)
	var m sched.JoinMap[float64, int]
	func() {
		defer func() {
			if v := fmt.Sprint(recover()); !strings.Contains(v, "the key NaN") {
				t.Errorf("it panics with %s", v)
			}
		}()
		m.Spawn(rt, math.NaN(), future.Value(1))
	}()
	if m.Len() != 0 {
		t.Errorf("%d tasks are in it", m.Len())
	}
}
