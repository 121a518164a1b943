package sched

import (
	"math/rand/v2"
	"testing"

	"github.com/magpie-go/magpie/internal/gid"
)

// Goroutines that come and go are found while they are there, and leave a table as empty as it
// was: one that fills up with those that have gone is searched for ever.
func TestIdentitiesForgetWhoHasGone(t *testing.T) {
	for workers := 1; workers <= 8; workers++ {
		random := rand.New(rand.NewPCG(uint64(workers), 0))
		table := newIdentities(workers)
		check := func(g uintptr, want *worker) {
			t.Helper()
			free := 0
			for i := range table.table {
				if table.table[i].g.Load() == gid.None {
					free++
				}
			}
			if free == 0 {
				t.Fatalf("of %d workers: a search for somebody else would not end", workers)
			}
			if got := table.find(g); got != want {
				t.Fatalf("of %d workers: %x is found to be %p, want %p", workers, g, got, want)
			}
		}
		var live []uintptr
		of := map[uintptr]*worker{}
		for range 2000 {
			if g := uintptr(random.Uint32())<<3 + 8; len(live) < workers && of[g] == nil && random.IntN(2) == 0 {
				w := new(worker)
				check(g, nil)
				table.add(g, w)
				live, of[g] = append(live, g), w
			} else if len(live) > 0 {
				i := random.IntN(len(live))
				g := live[i]
				table.remove(g)
				live = append(live[:i], live[i+1:]...)
				delete(of, g)
				check(g, nil)
			}
			for g, w := range of {
				check(g, w)
			}
		}
		for _, g := range live {
			table.remove(g)
		}
		for i := range table.table {
			if g := table.table[i].g.Load(); g != gid.None || table.table[i].worker.Load() != nil {
				t.Fatalf("of %d workers: place %d holds %x when all have gone", workers, i, g)
			}
		}
	}
}
