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
//
// Invariant: GOMAXPROCS is changed only up to what the runtimes that live want, and set back
// only if it is what they have made it. Once the program has set it itself, while they live, the
// program's figure stays, until a runtime that is made then needs more.
type procs struct {
	mu     sync.Mutex
	wanted int // by the runtimes that live
	before int // the program's own figure
	ours   int // what the runtimes have made of it; 0 if it is the program's
	set    func(n int) (before int)
}

var processProcs = procs{set: runtime.GOMAXPROCS}

// raiseProcs asks for n Ps. undo gives them back; limit says why they were refused.
func raiseProcs(n int) (undo func(), limit string) {
	if v, set := os.LookupEnv("GOMAXPROCS"); set && v != "" {
		if have := runtime.GOMAXPROCS(0); have < n {
			limit = fmt.Sprintf("GOMAXPROCS is set to %d by the environment; workers and spare Ps would need %d", have, n)
		}
		return func() {}, limit
	}
	processProcs.raise(n)
	return sync.OnceFunc(func() { processProcs.lower(n) }), ""
}

func (p *procs) raise(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted += n
	have := p.set(0)
	if have != p.ours {
		p.before, p.ours = have, 0
	}
	if have < p.wanted {
		p.set(p.wanted)
		p.ours = p.wanted
	}
}

func (p *procs) lower(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted -= n
	if p.ours == 0 || p.set(0) != p.ours {
		p.ours = 0
		return
	}
	if to := max(p.before, p.wanted); to != p.ours {
		p.set(to)
		p.ours = to
	}
	if p.wanted == 0 || p.ours == p.before {
		p.ours = 0
	}
}
