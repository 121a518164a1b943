package sched

import (
	"math/rand/v2"
	"testing"
)

// machine is a GOMAXPROCS that a test has for itself.
type machine struct{ n int }

func (m *machine) set(n int) int {
	before := m.n
	if n > 0 {
		m.n = n
	}
	return before
}

// The program's figure comes back once all runtimes have ended, in whichever order; as long as some
// live there is enough for them; and what the program sets meanwhile stays.
func TestProcsAreShared(t *testing.T) {
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		m := &machine{n: 1 + rng.IntN(8)}
		p := &procs{set: m.set}
		program, set := m.n, false
		var live []int
		for step := 0; step < 20 || len(live) > 0; step++ {
			switch k := rng.IntN(8); {
			case k == 0 && step < 20:
				if n := 1 + rng.IntN(20); n != p.ours { // which could not be told apart
					program, set = n, true
					m.n = n
				}
			case k < 4 && step < 20:
				n := 1 + rng.IntN(5)
				p.raise(n)
				live = append(live, n)
				set = m.n == program && set
				if m.n < sum(live) {
					t.Fatalf("seed %d: %d Ps for runtimes that want %v", seed, m.n, live)
				}
			case len(live) > 0:
				i := rng.IntN(len(live))
				p.lower(live[i])
				live = append(live[:i], live[i+1:]...)
				if !set && m.n < sum(live) {
					t.Fatalf("seed %d: %d Ps are left for runtimes that want %v", seed, m.n, live)
				}
			}
			if set && m.n != program {
				t.Fatalf("seed %d: GOMAXPROCS is %d, the program has set %d", seed, m.n, program)
			}
			if m.n > max(program, sum(live)) {
				t.Fatalf("seed %d: GOMAXPROCS is %d, the program's figure %d and the runtimes want %v", seed, m.n, program, live)
			}
		}
		if m.n != program {
			t.Fatalf("seed %d: GOMAXPROCS is %d in the end, the program's figure was %d", seed, m.n, program)
		}
	}
}

func sum(ns []int) (s int) {
	for _, n := range ns {
		s += n
	}
	return s
}
