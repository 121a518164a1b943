package sched_test

import "github.com/magpie-go/magpie/internal/gid"

// isPureGo reports whether this build cannot tell goroutines apart, and so not know that a
// caller is on a worker.
func isPureGo() bool { return !gid.Known }
