//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// ward is a value under a Mutex, and a Cond for those who wait until it is set.
type ward struct {
	x   *explore.Run
	m   Mutex
	c   Cond
	set bool
}

func newWard(x *explore.Run) *ward {
	w := &ward{x: x}
	x.Label("mutex", &w.m)
	x.Label("cond", &w.c)
	x.Finally(func() {
		x.Assert(w.m.word.Load()&(mutexHeld|mutexWaits) == 0 && w.m.line.Empty(), "the Mutex is held in the end")
		x.Assert(w.c.n.line.Empty() && w.c.n.permits() == 0, "somebody waits in the end")
	})
	return w
}

func (w *ward) await() {
	lock := w.m.Lock()
	g, _ := patient(&lock)
	for !w.set {
		op := w.c.Wait(g)
		g, _ = patient(&op)
	}
	g.Unlock()
}

func (w *ward) provide(tell func()) func() {
	return func() {
		lock := w.m.Lock()
		g, _ := patient(&lock)
		w.set = true
		g.Unlock()
		tell()
	}
}

func TestModelCondSignal(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		w := newWard(x)
		x.Go("waits", w.await)
		x.Go("sets", w.provide(w.c.Signal))
	})
}

func TestModelCondBroadcast(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		w := newWard(x)
		x.Go("waits", w.await)
		x.Go("waits, too", w.await)
		x.Go("sets", w.provide(w.c.Broadcast))
	})
}

// Two are in line and one gives up: the Signal reaches the other one.
func TestModelCondGivenUp(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		w := newWard(x)
		var ops [2]CondOp
		for i := range ops {
			g, _ := w.m.TryLock()
			ops[i] = w.c.Wait(g)
			seated(new(testkit.Sleeper), &ops[i])
		}
		x.Go("leaves", func() {
			if g, ok := impatient(&ops[0], 2); ok {
				g.Unlock()
				w.c.Signal()
			}
		})
		x.Go("waits", func() {
			g, _ := patient(&ops[1])
			g.Unlock()
		})
		x.Go("tells", w.c.Signal)
	})
}
