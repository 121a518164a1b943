package sched_test

import (
	"errors"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// A task that sleeps is dropped as soon as it is aborted, though nobody keeps its handle.
func TestAnAbortedTaskIsDroppedThoughNobodyWaits(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		began, dropped := make(chan struct{}), make(chan struct{})
		func() {
			h := sched.Spawn(rt, fn(func(co *future.Co) error {
				defer close(dropped)
				close(began)
				_, err := clock.Sleep(time.Hour).Await(co)
				return err
			}))
			<-began
			h.Abort()
		}()
		select {
		case <-dropped:
		case <-soon(t).Done():
			t.Error("the task sleeps on")
		}
	})
}

// An aborted task whose Drop panics is one that panicked, and its worker goes on.
func TestAnAbortedTaskWhoseDropPanics(t *testing.T) {
	for _, workers := range workerCounts {
		rt := silently(t, workers)
		for range 10 {
			h := sched.Spawn[future.Unit](rt, onDrop(func() { panic("in Drop") }))
			h.Abort()
			_, err := h.Wait(soon(t))
			var p *sched.PanicError
			if !errors.As(err, &p) || p.Value != "in Drop" {
				t.Fatalf("the task ended with %v", err)
			}
			sched.Spawn[future.Unit](rt, onDrop(func() { panic("unheard") })).Abort()
			wait(t, sched.Spawn(rt, future.Value(1)))
		}
		shutdown(t, rt)
	}
}
