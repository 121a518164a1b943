package sched

import (
	"math/bits"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/word"
)

// identities finds the worker that runs a goroutine: a small open hash table, written
// by each worker before New returns and once more when it ends. A goroutine that is not in it
// may be a coroutine of an async function, which is looked for among those that the
// workers have switched to, if there ever was one.
//
// Invariant: an entry with a worker is the identity of a goroutine that lives, so it can be
// taken for no other goroutine. One whose goroutine has ended keeps its place, without a
// worker, for those that were entered behind it.
type identities struct {
	shift uint
	table []identity
}

type identity struct {
	g      word.Uintptr
	worker word.Pointer[worker]
}

func newIdentities(workers int) identities {
	n := bits.Len(uint(4 * workers)) // at most a quarter full
	return identities{shift: uint(bits.UintSize - n), table: make([]identity, 1<<n)}
}

// slot is where the search for g begins: Fibonacci hashing.
func (t *identities) slot(g uintptr) int {
	const phi = 0x9E3779B97F4A7C15 >> (64 - bits.UintSize)
	return int(uint(g) * uint(phi) >> t.shift)
}

func (t *identities) add(g uintptr, w *worker) {
	if g == gid.None {
		return
	}
	for i := t.slot(g); ; i = (i + 1) & (len(t.table) - 1) {
		if t.table[i].g.CompareAndSwap(gid.None, g) {
			t.table[i].worker.Store(w)
			return
		}
	}
}

func (t *identities) find(g uintptr) *worker {
	for i := t.slot(g); ; i = (i + 1) & (len(t.table) - 1) {
		switch t.table[i].g.Load() {
		case g:
			return t.table[i].worker.Load()
		case gid.None:
			return nil
		}
	}
}

// current returns the worker of rt on whose thread the caller runs, or nil. Where
// goroutines cannot be told apart it is always nil, and every wake-up takes the way of a
// foreign thread.
func (rt *Runtime) current() *worker {
	g := gid.Current()
	if g == gid.None {
		return nil
	}
	if w := rt.identities.find(g); w != nil {
		return w
	}
	if rt.coroutines.Load() {
		for _, w := range rt.workers {
			if w.coroutine.Load() == g {
				return w
			}
		}
	}
	return nil
}

// remove makes g nobody's: the goroutine ends, and its identity may be another one's next.
func (t *identities) remove(g uintptr) {
	if g == gid.None {
		return
	}
	for i := t.slot(g); ; i = (i + 1) & (len(t.table) - 1) {
		if t.table[i].g.Load() == g {
			t.table[i].worker.Store(nil)
			return
		}
	}
}
