package sched

import (
	"fmt"
	"os"
	"runtime"
	"sync"
)

// procs is what all runtimes of the process together make of GOMAXPROCS: a busy worker
// never gives up its P, so ordinary goroutines need some of their own (a goroutine that
// sleeps 1 ms wakes 16 ms late without).
var procs struct {
	sync.Mutex
	wanted int // by the runtimes that live
	before int // GOMAXPROCS without them
}

// raiseProcs asks for n Ps. undo gives them back; limit says why they were refused.
func raiseProcs(n int) (undo func(), limit string) {
	if v, set := os.LookupEnv("GOMAXPROCS"); set && v != "" {
		if have := runtime.GOMAXPROCS(0); have < n {
			limit = fmt.Sprintf("GOMAXPROCS is set to %d by the environment; workers and spare Ps would need %d", have, n)
		}
		return func() {}, limit
	}
	procs.Lock()
	defer procs.Unlock()
	if procs.wanted == 0 {
		procs.before = runtime.GOMAXPROCS(0)
	}
	procs.wanted += n
	if runtime.GOMAXPROCS(0) < procs.wanted {
		runtime.GOMAXPROCS(procs.wanted)
	}
	return sync.OnceFunc(func() { lowerProcs(n) }), ""
}

func lowerProcs(n int) {
	procs.Lock()
	defer procs.Unlock()
	procs.wanted -= n
	runtime.GOMAXPROCS(max(procs.before, procs.wanted))
}
