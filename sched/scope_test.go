package sched_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// dropNoted counts how often f ended or was dropped.
func dropNoted(ended *atomic.Int32, f func(co *future.Co) error) future.AsyncOp[future.Unit] {
	return future.Do(func(co *future.Co) error {
		defer ended.Add(1)
		return f(co)
	})
}

func sleepOn(co *future.Co) error {
	_, err := clock.Sleep(time.Hour).Await(co)
	return err
}

// A scope ends after its children, also those that children have spawned, and joins their results.
func TestAScopeWaitsForItsChildren(t *testing.T) {
	for _, n := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: n})
		var ended atomic.Int32
		v, err := sched.Run(soon(t), rt, sched.InScope(func(sc *sched.Scope) future.Future[int] {
			return future.Async(func(co *future.Co) (int, error) {
				for range 10 {
					sched.SpawnIn(sc, dropNoted(&ended, func(co *future.Co) error {
						sched.SpawnIn(sc, dropNoted(&ended, func(co *future.Co) error {
							clock.Sleep(time.Millisecond).Await(co)
							return nil
						}))
						return nil
					}))
				}
				return sched.SpawnIn(sc, future.Value(7)).Await(co)
			})
		}))
		if v != 7 || err != nil || ended.Load() != 20 {
			t.Errorf("%d, %v with %d of 20 children ended", v, err, ended.Load())
		}
		shutdown(t, rt)
	}
}

// The first error, of a child or the body, drops the body and aborts the others, and is the scope's.
func TestAScopeFailsWithTheFirstError(t *testing.T) {
	boom := errors.New("boom")
	for name, fail := range map[string]func(sc *sched.Scope) error{
		"a child's error": func(sc *sched.Scope) error {
			sched.SpawnIn(sc, future.Fail[int](boom))
			return nil
		},
		"a child's panic": func(sc *sched.Scope) error {
			sched.SpawnIn(sc, future.Do(func(*future.Co) error { panic(boom) }))
			return nil
		},
		"the body's error": func(*sched.Scope) error { return boom },
		"the body's panic": func(*sched.Scope) error { panic(boom) },
	} {
		for _, n := range workerCounts {
			rt := newRuntime(t, sched.Config{Workers: n, OnPanic: func(*sched.PanicError) {}})
			var lives atomic.Int32 // begun and not ended
			live := func(f func(co *future.Co) error) future.AsyncOp[future.Unit] {
				return future.Do(func(co *future.Co) error {
					lives.Add(1)
					defer lives.Add(-1)
					return f(co)
				})
			}
			_, err := sched.Run(soon(t), rt, sched.InScope(func(sc *sched.Scope) future.Future[future.Unit] {
				return live(func(co *future.Co) error {
					for range 5 {
						sched.SpawnIn(sc, live(sleepOn))
					}
					future.Yield().Await(co)
					if err := fail(sc); err != nil {
						return err
					}
					return sleepOn(co)
				})
			}))
			var p *sched.PanicError
			if !errors.Is(err, boom) && !(errors.As(err, &p) && p.Value == boom) {
				t.Errorf("%s: the scope ends with %v", name, err)
			}
			if n := lives.Load(); n != 0 {
				t.Errorf("%s: %d children have outlived the scope", name, n)
			}
			shutdown(t, rt)
		}
	}
}

// A scope that is dropped ends its children, one that has failed takes no new ones, and one that is over refuses them.
func TestChildrenDoNotOutliveTheirScope(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	var scope *sched.Scope
	var child sched.JoinHandle[future.Unit]
	var ended atomic.Int32
	began := make(chan struct{})
	h := sched.Spawn(rt, sched.InScope(func(sc *sched.Scope) future.Future[future.Unit] {
		scope = sc
		child = sched.SpawnIn(sc, dropNoted(&ended, func(co *future.Co) error {
			close(began)
			return sleepOn(co)
		}))
		return future.Do(sleepOn)
	}))
	<-began
	h.Abort()
	if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
		t.Errorf("an aborted scope ends with %v", err)
	}
	if _, err := child.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) || ended.Load() != 1 {
		t.Errorf("its child ends with %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a scope that is over takes children")
			}
		}()
		sched.SpawnIn(scope, future.Value(1))
	}()
	// A child that was aborted by its handle is no failure.
	v, err := sched.Run(soon(t), rt, sched.InScope(func(sc *sched.Scope) future.Future[int] {
		sched.SpawnIn(sc, future.Do(sleepOn)).Abort()
		return future.Value(7)
	}))
	if v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	shutdown(t, rt)
}

// bodyValue is what a body comes to, which somebody has to end.
type bodyValue struct{ drops atomic.Int32 }

func (v *bodyValue) Drop() { v.drops.Add(1) }

// A scope that is dropped while it waits for its children ends what body has come to.
func TestAScopeEndsTheValueOfItsBody(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	v := new(bodyValue)
	began := make(chan struct{})
	h := sched.Spawn(rt, sched.InScope(func(sc *sched.Scope) future.Future[*bodyValue] {
		sched.SpawnIn(sc, future.Do(func(co *future.Co) error {
			close(began)
			return sleepOn(co)
		}))
		return future.Value(v)
	}))
	<-began
	h.Abort()
	if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrAborted) {
		t.Errorf("an aborted scope ends with %v", err)
	}
	shutdown(t, rt)
	if n := v.drops.Load(); n != 1 {
		t.Errorf("the value of its body was dropped %d times", n)
	}
}
