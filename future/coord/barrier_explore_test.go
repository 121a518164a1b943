//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
)

// gate is a barrier, and who has passed it.
type gate struct {
	b              *Barrier
	passed, leader word.Int32
}

func newGate(x *explore.Run, size, passed, leaders int32) *gate {
	g := &gate{b: NewBarrier(int(size))}
	x.Label("line", &g.b.line)
	x.Finally(func() {
		x.Assert(g.passed.Load() == passed && g.leader.Load() == leaders, "%d passed, %d led, want %d, %d", g.passed.Load(), g.leader.Load(), passed, leaders)
		x.Assert(g.b.arrived == 0 && g.b.line.Empty(), "%d are left", g.b.arrived)
	})
	return g
}

func (g *gate) pass() {
	op := g.b.Wait()
	leader, _ := patient(&op)
	g.passed.Inc()
	if leader {
		g.leader.Inc()
	}
}

func TestModelBarrierTwo(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		g := newGate(x, 2, 2, 1)
		x.Go("a", g.pass)
		x.Go("b", g.pass)
	})
}

// Two rounds, whose tasks are woken in batches of one.
func TestModelBarrierRounds(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		g := newGate(x, 2, 4, 2)
		x.Go("a", func() { g.pass(); g.pass() })
		x.Go("b", func() { g.pass(); g.pass() })
	})
}

func TestModelBarrierThree(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		g := newGate(x, 3, 3, 1)
		x.Go("a", g.pass)
		x.Go("b", g.pass)
		x.Go("c", g.pass)
	})
}

// One leaves: another comes in its place, or it had passed already.
func TestModelBarrierLeaves(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		b := NewBarrier(2)
		x.Label("line", &b.line)
		leaver, waits := b.Wait(), b.Wait()
		seated(new(testkit.Sleeper), &leaver)
		passed := false
		x.Go("leaves", leaver.Drop)
		x.Go("comes", func() {
			if leader, ok := impatient(&waits, 1); ok {
				passed = true
				x.Assert(leader, "passed without being the last")
			}
		})
		x.Finally(func() {
			x.Assert(b.line.Empty() && b.arrived == 0, "%d are left in line", b.arrived)
			x.Assert(b.round == 1 == passed, "round %d, passed %v", b.round, passed)
		})
	})
}
