package sched_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Tasks that talk over channels, within a runtime, between two, and with goroutines.

// fn is an async function without a result.
func fn(body func(co *future.Co) error) future.Future[future.Unit] {
	return future.Async(func(co *future.Co) (u future.Unit, err error) { return u, body(co) })
}

// A task spawns many that each wait for a value from a goroutine, and hears from all of them.
func TestManyTasksAreAnsweredByAGoroutine(t *testing.T) {
	const n = 500
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var answering sync.WaitGroup
		sum := wait(t, sched.Spawn(rt, future.Async(func(co *future.Co) (sum int, err error) {
			done, results := coord.UnboundedMPSC[int]()
			var senders []*coord.OneshotSender[int]
			for range n {
				tx, rx := coord.Oneshot[int]()
				senders = append(senders, tx)
				own := done.Clone()
				sched.Spawn(co.Context(), fn(func(co *future.Co) error {
					defer own.Close()
					v, err := rx.Recv().Await(co)
					if err != nil {
						return err
					}
					return own.Send(v)
				}))
			}
			done.Close()
			answering.Go(func() {
				for i, tx := range senders {
					if err := tx.Send(i); err != nil {
						t.Errorf("value %d: %v", i, err)
					}
				}
			})
			seen := map[int]bool{}
			for {
				v, err := results.Recv().Await(co)
				if errors.Is(err, coord.ErrClosed) {
					break
				}
				if err != nil || seen[v] {
					t.Errorf("received %d, %v; before: %v", v, err, seen[v])
				}
				seen[v] = true
				sum += v
			}
			return sum, nil
		})))
		answering.Wait()
		if want := n * (n - 1) / 2; sum != want {
			t.Errorf("the sum of all answers is %d, want %d", sum, want)
		}
	})
}

// A value goes along a chain of tasks again and again.
func TestValuesGoAlongChainsOfTasks(t *testing.T) {
	const tracks, chain, cycles = 5, 50, 5
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var ends []sched.JoinHandle[int]
		for range tracks {
			first, in := coord.MPSC[int](2)
			for range chain {
				tx, rx := coord.MPSC[int](2)
				from := in
				sched.Spawn(rt, fn(func(co *future.Co) error {
					defer tx.Close()
					for {
						v, err := from.Recv().Await(co)
						if err != nil {
							return nil
						}
						if _, err := tx.Send(v + 1).Await(co); err != nil {
							return err
						}
					}
				}))
				in = rx
			}
			ends = append(ends, sched.Spawn(rt, future.Async(func(co *future.Co) (v int, err error) {
				defer first.Close()
				for range cycles {
					if _, err := first.Send(v).Await(co); err != nil {
						return 0, err
					}
					if v, err = in.Recv().Await(co); err != nil {
						return 0, err
					}
				}
				return v, nil
			})))
		}
		for _, h := range ends {
			if got := wait(t, h); got != chain*cycles {
				t.Errorf("a value came back as %d, want %d", got, chain*cycles)
			}
		}
	})
}

// Pairs of tasks that wake one another all the time let another task have its turns.
func TestPairsThatTalkLetOthersRun(t *testing.T) {
	const pairs = 50
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		var stop atomic.Bool
		var hs []sched.JoinHandle[future.Unit]
		for range pairs {
			ping, pinged := coord.UnboundedMPSC[int]()
			pong, ponged := coord.UnboundedMPSC[int]()
			hs = append(hs,
				sched.Spawn(rt, fn(func(co *future.Co) error {
					defer ping.Close()
					for !stop.Load() {
						if err := ping.Send(1); err != nil {
							return err
						}
						if _, err := ponged.Recv().Await(co); err != nil {
							return err
						}
					}
					return nil
				})),
				sched.Spawn(rt, fn(func(co *future.Co) error {
					defer pong.Close()
					for {
						v, err := pinged.Recv().Await(co)
						if err != nil {
							return nil
						}
						if err := pong.Send(v); err != nil {
							return nil // the other one has ended
						}
					}
				})))
		}
		wait(t, sched.Spawn(rt, fn(func(co *future.Co) error {
			for range 5 {
				co.Yield()
			}
			return nil
		})))
		stop.Store(true)
		for _, h := range hs {
			wait(t, h)
		}
	})
}

func TestTasksOfTwoRuntimesTalk(t *testing.T) {
	a, b := newRuntime(t, sched.Config{Workers: 2}), newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, a)
	defer shutdown(t, b)
	there, arrives := coord.Oneshot[int]()
	back, returns := coord.Oneshot[int]()
	sched.Spawn(a, fn(func(*future.Co) error { return there.Send(20) }))
	sched.Spawn(b, fn(func(co *future.Co) error {
		v, err := arrives.Recv().Await(co)
		if err != nil {
			return err
		}
		return back.Send(v + 1)
	}))
	got := wait(t, sched.Spawn(a, future.Async(func(co *future.Co) (int, error) { return returns.Recv().Await(co) })))
	if got != 21 {
		t.Errorf("%d came back, want 21", got)
	}
}

// busy keeps all workers in short polls until it is called.
func busy(t *testing.T, rt *sched.Runtime, tasks int) (stop func()) {
	var over atomic.Bool
	var hs []sched.JoinHandle[future.Unit]
	for range tasks {
		hs = append(hs, sched.Spawn(rt, do(func(cx *waker.Context) bool {
			cx.Waker().WakeByRef()
			return over.Load()
		})))
	}
	return sync.OnceFunc(func() {
		over.Store(true)
		for _, h := range hs {
			wait(t, h)
		}
	})
}

// While all workers have something to do, what goroutines spawn is run and whom they wake goes on.
func TestGoroutinesAreHeardUnderLoad(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		stop := busy(t, rt, 4*rt.Workers())
		defer stop()
		for range 100 {
			tx, rx := coord.Oneshot[int]()
			sched.Spawn(rt, fn(func(*future.Co) error { return tx.Send(1) }))
			tx2, rx2 := coord.Oneshot[int]()
			relay := sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
				a, err := rx.Recv().Await(co)
				if err != nil {
					return 0, err
				}
				b, err := rx2.Recv().Await(co)
				return a + b, err
			}))
			if err := tx2.Send(2); err != nil {
				t.Fatal(err)
			}
			if got := wait(t, relay); got != 3 {
				t.Fatalf("the task came to %d, want 3", got)
			}
		}
	})
}

// And their sockets are served.
func TestSocketsAreServedUnderLoad(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		stop := busy(t, rt, 100)
		defer stop()
		ln, err := netio.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		server := sched.Spawn(rt, fn(func(co *future.Co) error {
			c, err := ln.Accept().Await(co)
			if err != nil {
				return err
			}
			defer c.Close()
			_, err = c.WriteAll([]byte("hello world")).Await(co)
			return err
		}))
		client := sched.Spawn(rt, future.Async(func(co *future.Co) (string, error) {
			c, err := future.Await(co, netio.Dial("tcp", ln.Addr().String()))
			if err != nil {
				return "", err
			}
			defer c.Close()
			var text []byte
			for buf := make([]byte, 4); ; {
				n, err := c.Read(buf).Await(co)
				if n == 0 && err != nil {
					return string(text), nil
				}
				text = append(text, buf[:n]...)
			}
		}))
		wait(t, server)
		if got := wait(t, client); got != "hello world" {
			t.Errorf("the client has read %q", got)
		}
	})
}
