package sched_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Timers of a worker are not put off to be fired with those of others.
func TestWorkersArePrompt(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	ns, err := sched.Run(t.Context(), rt, future.Func(func(*waker.Context) future.Poll[int] {
		ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		return future.Done(ns, err)
	}))
	if err != nil {
		t.Skip("the system does not tell: ", err)
	}
	if ns != 1 {
		t.Errorf("a worker may be woken %d ns late", ns)
	}
}
