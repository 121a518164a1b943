package sched

import (
	"math/bits"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/internal/word"
)

// identities finds the worker that runs a goroutine: a small open hash table, written
// by each worker before New returns, when it ends, and when a poll has ended its goroutine
// (see recover.go). A goroutine that is not in it
// may be a coroutine of an async function, which is looked for among those that the
// workers have switched to, if there ever was one.
//
// Invariant: an entry with a worker is the identity of a goroutine that lives, so it can be
// taken for no other goroutine. One whose goroutine has ended keeps its place, as `gone`,
// while there may be others that were entered behind it.
//
// Changes are made under the lock. Who searches needs none: it looks for its own goroutine,
// whose entry, if there is one, is behind places that are taken and stay so.
type identities struct {
	shift uint
	lock  spin.Lock
	table []identity
}

// gone is the identity of no goroutine, in the place of one that has ended.
const gone = ^uintptr(0)

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
	t.lock.Lock()
	defer t.lock.Unlock()
	for i := t.slot(g); ; i = t.after(i) {
		if old := t.table[i].g.Load(); old == gid.None || old == gone {
			t.table[i].worker.Store(w)
			t.table[i].g.Store(g)
			return
		}
	}
}

// hand makes g, which is another worker's, that of w: in a simulation.
func (t *identities) hand(g uintptr, w *worker) {
	if g == gid.None {
		return
	}
	i := t.slot(g)
	for t.table[i].g.Load() != g {
		i = t.after(i)
	}
	t.table[i].worker.Store(w)
}

func (t *identities) after(i int) int { return (i + 1) & (len(t.table) - 1) }

func (t *identities) find(g uintptr) *worker {
	for i := t.slot(g); ; i = t.after(i) {
		switch t.table[i].g.Load() {
		case g:
			return t.table[i].worker.Load()
		case gid.None:
			return nil
		}
	}
}

// enter makes the calling goroutine that of the worker, and leave nobody's again. It is locked
// to its thread.
func (w *worker) enter() (leave func()) {
	g := gid.Current()
	w.lives(g)
	w.rt.identities.add(g, w)
	left := thread.Enter(w)
	return func() {
		left()
		w.rt.identities.remove(g)
		w.g.Store(gid.None)
	}
}

// lives makes g, the calling goroutine, that of the worker.
func (w *worker) lives(g uintptr) {
	w.g.Store(g)
	w.direct()
}

// direct has the polls of this goroutine note in their contexts that they want another poll.
func (w *worker) direct() {
	for i := range w.contexts {
		w.contexts[i].Direct()
	}
}

// At implements thread.Worker.
func (w *worker) At(g uintptr) bool {
	return g != gid.None && (g == w.g.Load() || g == w.coroutine.Load())
}

// Here implements forkjoin.Host and future.Local.
func (w *worker) Here() bool { return w.At(gid.Current()) || w.rt.here() == w }

// here is current for those who can afford a system call: it also finds the worker whose
// thread runs a coroutine that nobody has told it of. Where nothing can be told it
// is nil, like current.
func (rt *Runtime) here() *worker {
	if w := rt.current(); w != nil {
		return w
	}
	if w, ok := thread.Current().(*worker); ok && w.rt == rt {
		return w
	}
	return nil
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
	t.lock.Lock()
	defer t.lock.Unlock()
	i := t.slot(g)
	for t.table[i].g.Load() != g {
		i = t.after(i)
	}
	t.table[i].g.Store(gone)
	t.table[i].worker.Store(nil)
	if t.table[t.after(i)].g.Load() != gid.None {
		return
	}
	// Nobody was entered behind it, nor behind those like it before it.
	for t.table[i].g.Load() == gone {
		t.table[i].g.Store(gid.None)
		i = (i - 1) & (len(t.table) - 1)
	}
}
