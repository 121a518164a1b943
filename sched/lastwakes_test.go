package sched_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// What is woken, sent and called while a runtime ends.

// Each of two tasks waits for what the other one sends when it is dropped: whichever the
// shutdown drops first wakes a task that is about to be dropped.
func TestDropsWakeTasksThatAreDropped(t *testing.T) {
	for _, workers := range workerCounts {
		for range 50 {
			rt := newRuntime(t, sched.Config{Workers: workers})
			var began, dropped sync.WaitGroup
			pair := func(own *coord.OneshotReceiver[int], other *coord.OneshotSender[int]) {
				began.Add(1)
				dropped.Add(1)
				sched.Spawn(rt, fn(func(co *future.Co) error {
					defer dropped.Done()
					defer func() { _ = other.Send(1) }()
					began.Done()
					_, err := own.Recv().Await(co)
					return err
				}))
			}
			tx1, rx1 := coord.Oneshot[int]()
			tx2, rx2 := coord.Oneshot[int]()
			pair(rx1, tx2)
			pair(rx2, tx1)
			began.Wait()
			if err := rt.Close(); err != nil {
				t.Fatal(err)
			}
			dropped.Wait()
		}
	}
}

// A waker may be used when its task has ended, when its runtime ends, and long after that.
func TestWakersOutliveTheirRuntime(t *testing.T) {
	for _, workers := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: workers})
		var kept [2]waker.Waker
		var ready sync.WaitGroup
		ready.Add(2)
		spawn := func(i int, end bool) {
			polled := false
			sched.Spawn(rt, do(func(cx *waker.Context) bool {
				if !polled {
					polled = true
					kept[i] = cx.Waker().Clone()
					ready.Done()
				}
				return end
			}))
		}
		spawn(0, false)
		spawn(1, true)
		ready.Wait()
		wakes := 0
		sched.Spawn[future.Unit](rt, onDrop(func() {
			for _, w := range kept {
				w.WakeByRef()
				wakes++
			}
		}))
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		if wakes != 2 {
			t.Errorf("%d wake-ups during the shutdown, want 2", wakes)
		}
		for _, w := range kept {
			w.WakeByRef()
			w.Wake()
		}
	}
}

// Goroutines send to tasks while their runtime ends.
func TestSendingToTasksThatAreDropped(t *testing.T) {
	const tasks = 2000
	for _, workers := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: workers})
		var senders []*coord.OneshotSender[int]
		var hs []sched.JoinHandle[int]
		for range tasks {
			tx, rx := coord.Oneshot[int]()
			recv := rx.Recv()
			senders = append(senders, tx)
			hs = append(hs, sched.Spawn[int](rt, &recv))
		}
		begun := make(chan struct{})
		var sending sync.WaitGroup
		sending.Go(func() {
			close(begun)
			for i, tx := range senders {
				_ = tx.Send(i) // refused when the task was dropped before
			}
		})
		<-begun
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		sending.Wait()
		for i, h := range hs {
			if v, err := h.Wait(soon(t)); err == nil && v != i || err != nil && !errors.Is(err, sched.ErrShutdown) {
				t.Fatalf("task %d ended with %d, %v", i, v, err)
			}
		}
	}
}

// Whoever is in Run when somebody ends the runtime is told.
func TestCloseEndsEveryRun(t *testing.T) {
	for _, workers := range workerCounts {
		rt := newRuntime(t, sched.Config{Workers: workers})
		var begun, ended sync.WaitGroup
		for range 3 {
			begun.Add(1)
			ended.Go(func() {
				first := sync.OnceFunc(begun.Done)
				_, err := sched.Run(context.Background(), rt, do(func(*waker.Context) bool { first(); return false }))
				if !errors.Is(err, sched.ErrShutdown) {
					t.Errorf("Run returned %v", err)
				}
			})
		}
		begun.Wait()
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		ended.Wait()
	}
}

// Two tasks that wait for each other, by handles that they hold, are collected with their runtime.
func TestTasksThatHoldEachOtherAreCollected(t *testing.T) {
	var refs []weak.Pointer[[1024]byte]
	hold := func(ref *weak.Pointer[[1024]byte]) any {
		ballast := new([1024]byte)
		*ref = weak.Make(ballast)
		return ballast
	}
	for range 50 {
		var ofA, ofB weak.Pointer[[1024]byte]
		rt := newRuntime(t, sched.Config{Workers: 2})
		tx, rx := coord.Oneshot[sched.JoinHandle[future.Unit]]()
		waiting := make(chan struct{})
		a := sched.Spawn(rt, fn(func(co *future.Co) error {
			own := hold(&ofA)
			b, err := rx.Recv().Await(co)
			if err != nil {
				return err
			}
			close(waiting)
			_, err = b.Await(co)
			runtime.KeepAlive(own)
			return err
		}))
		b := sched.Spawn(rt, fn(func(co *future.Co) error {
			own := hold(&ofB)
			_, err := a.Await(co)
			runtime.KeepAlive(own)
			return err
		}))
		if err := tx.Send(b); err != nil {
			t.Fatal(err)
		}
		<-waiting
		if err := rt.Close(); err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ofA, ofB)
	}
	// The stack may still show the last ones.
	until(t, "the tasks are collected", func() bool { return testkit.Kept(refs) <= 2 })
}
