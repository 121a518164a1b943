package sched_test

import (
	"context"
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

func TestRunReturnsTheResult(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		if v, err := sched.Run(soon(t), rt, future.Value(7)); v != 7 || err != nil {
			t.Errorf("Run returned %d, %v", v, err)
		}
		failure := errors.New("no")
		if _, err := sched.Run(soon(t), rt, future.Fail[int](failure)); err != failure {
			t.Errorf("Run returned %v, want the future's own error", err)
		}
	})
}

// Whoever gives Run up finds its future dropped, and the reason why in the error.
func TestRunEndsWithItsContext(t *testing.T) {
	onEach(t, func(t *testing.T, rt *sched.Runtime) {
		ctx, cancel := context.WithCancelCause(context.Background())
		reason := errors.New("enough")
		c := new(dropCounter)
		_, err := sched.Run(ctx, rt, future.Future[future.Unit](c.with(func() { cancel(reason) })))
		if err != reason {
			t.Errorf("Run returned %v, want the cause of its context's end", err)
		}
		if c.n.Load() != 1 {
			t.Errorf("when Run returned its future had been dropped %d times", c.n.Load())
		}
		if _, err := sched.Run(ctx, rt, future.Future[future.Unit](c.with(nil))); err != reason || c.n.Load() != 2 {
			t.Errorf("Run with a context that is done returned %v after %d drops", err, c.n.Load())
		}
	})
}
