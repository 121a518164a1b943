package sched_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// roamer pends once, so that it has an owner, and may end on another worker.
type roamer struct {
	ran  *atomic.Int64
	seen bool
}

func (r *roamer) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if !r.seen {
		r.seen = true
		cx.PollAgain()
		return future.Pending[future.Unit]()
	}
	r.ran.Add(1)
	return future.Ready(future.Unit{})
}

// What a runtime that was shut down in the middle of its tasks leaves to be used again must
// not be dropped unpolled by the next one.
func TestDetachedTasksOfALaterRuntimeAllRun(t *testing.T) {
	const n = 10_000
	for range 15 {
		var ran atomic.Int64
		first := newRuntime(t, sched.Config{Workers: 4})
		for range n {
			sched.SpawnDetached(first, roamer{ran: &ran})
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = first.Shutdown(ctx) // some are dropped
		ran.Store(0)
		second := newRuntime(t, sched.Config{Workers: 4})
		for range n {
			sched.SpawnDetached(second, roamer{ran: &ran})
		}
		shutdown(t, second)
		if got := ran.Load(); got != n {
			t.Fatalf("%d of %d detached tasks of the second runtime have run", got, n)
		}
	}
}
