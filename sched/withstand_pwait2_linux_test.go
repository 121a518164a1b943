//go:build !portable

package sched_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/sched"
)

// A seccomp filter that predates epoll_pwait2: all works, to the millisecond, and Metrics
// says so from the start.
func TestPreciseWaitForbidden(t *testing.T) {
	if !child(t) {
		return
	}
	before := newRuntime(t, sched.Config{Workers: 2})
	limits := len(before.Metrics().Limits)
	forbid(t, unix.SYS_EPOLL_PWAIT2)
	rt := newRuntime(t, sched.Config{Workers: 2})
	limit(t, rt, "epoll_pwait2")
	if got := len(rt.Metrics().Limits); got != limits+1 {
		t.Errorf("%d lines about limits, %d before the filter; want one more: %q", got, limits, rt.Metrics().Limits)
	}
	works(t, rt)
	works(t, before) // a filter that comes later
}
