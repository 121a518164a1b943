package sched_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// Functions that block, called by tasks, have all that goroutines have.

func TestBlockingFunctionsOfTasks(t *testing.T) {
	ln, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for name, call := range map[string]func(rt *sched.Runtime) (string, error){
		"return": func(*sched.Runtime) (string, error) { return "hello", nil },
		"spawn and wait": func(rt *sched.Runtime) (string, error) {
			return sched.Spawn(rt, future.Value("hello")).Wait(context.Background())
		},
		"call another one": func(*sched.Runtime) (string, error) {
			return future.BlockOn(future.Blocking(func() (string, error) { return "hello", nil }))
		},
		"sleep": func(*sched.Runtime) (string, error) {
			begin := time.Now()
			if _, err := future.BlockOn(future.Box(clock.Sleep(time.Millisecond))); err != nil {
				return "", err
			}
			if d := time.Since(begin); d < time.Millisecond {
				return "", errors.New("a sleep of 1ms lasted for " + d.String())
			}
			return "hello", nil
		},
		"dial": func(rt *sched.Runtime) (string, error) {
			accepted := sched.Spawn(rt, future.Async(func(co *future.Co) (string, error) {
				c, err := ln.Accept().Await(co)
				if err != nil {
					return "", err
				}
				defer c.Close()
				return "hello", nil
			}))
			c, err := future.BlockOn(netio.Dial("tcp", ln.Addr().String()))
			if err != nil {
				return "", err
			}
			defer c.Close()
			return accepted.Wait(context.Background())
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, rt *sched.Runtime) {
				if got := wait(t, sched.Spawn(rt, future.Blocking(func() (string, error) { return call(rt) }))); got != "hello" {
					t.Errorf("came to %q", got)
				}
			})
		})
	}
}

// What a function spawns that a task waits for is a task like another: its handle is passed on.
func TestATaskOfABlockingFunctionIsAwaited(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		got := wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (string, error) {
			inner, err := future.Await(co, future.Blocking(func() (sched.JoinHandle[string], error) {
				return sched.Spawn(rt, future.Value("hello")), nil
			}))
			if err != nil {
				return "", err
			}
			return inner.Await(co)
		})))
		if got != "hello" {
			t.Errorf("came to %q", got)
		}
	})
}

// A runtime that ends does not wait for a function that a task has called, and the function
// goes on: whoever holds its future has the result.
func TestARuntimeEndsBesideABlockingFunction(t *testing.T) {
	for _, workers := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: workers})
		begun, release := make(chan struct{}), make(chan struct{})
		kept := future.Future[int](future.Blocking(func() (int, error) {
			close(begun)
			<-release
			return 42, nil
		}))
		h := sched.Spawn(rt, future.Func(kept.Poll))
		<-begun
		if err := rt.Close(); err != nil {
			t.Fatalf("Close returned %v", err)
		}
		if _, err := h.Wait(soon(t)); !errors.Is(err, sched.ErrShutdown) {
			t.Errorf("the task that waited ended with %v", err)
		}
		close(release)
		if v, err := future.BlockOn(kept); v != 42 || err != nil {
			t.Errorf("the function came to %d, %v", v, err)
		}
	}
}
