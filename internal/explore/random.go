package explore

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"time"
)

// random runs as many random schedules as the Config says.
func (e *engine) random() Result {
	seed := e.cfg.Seed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	rnd := rand.New(rand.NewPCG(seed, 0))
	e.result.Bound = fmt.Sprintf("random, seed %d", seed)
	for i := range e.cfg.Random {
		if i%2 == 0 {
			e.pick = uniform(rnd)
		} else {
			e.pick = priorities(rnd, e.result.MaxDepth)
		}
		e.nodes = e.nodes[:0]
		e.once()
		if e.failure != nil {
			break
		}
	}
	return e.result
}

type picker func(e *engine, ready set, usual int) int

// uniform picks any thread with the same probability.
func uniform(rnd *rand.Rand) picker {
	return func(e *engine, ready set, _ int) int {
		for skip := rnd.IntN(bits.OnesCount8(uint8(ready))); skip > 0; skip-- {
			ready &= ready - 1
		}
		return ready.first()
	}
}

// priorities picks the thread of the highest priority, which are random at the
// start; at two random steps the running thread gets the lowest. A fault that
// needs d orders between steps is found with a probability of at least
// 1/(threads × steps^(d-1)) in each schedule (Burckhardt and others, "A Randomized
// Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010).
func priorities(rnd *rand.Rand, steps int) picker {
	order := rnd.Perm(MaxThreads)
	steps = max(steps, 1)
	first, second := rnd.IntN(steps), rnd.IntN(steps)
	lowest := 0
	return func(e *engine, ready set, _ int) int {
		best := -1
		for s := ready; s != 0; s &= s - 1 {
			if t := s.first(); best < 0 || order[t] > order[best] {
				best = t
			}
		}
		if e.depth == first || e.depth == second {
			lowest--
			order[best] = lowest
		}
		return best
	}
}
