package coord

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Barrier.
//
// Under the lock of its line a barrier knows how many have arrived in this round, and the number of
// the round. Who arrives joins the line. The last one does not: it begins the next round, is its
// leader, and takes those off the line that belong to the round before, in batches. Who arrives in
// between belongs to the new round, and stands behind them.
//
// Who leaves the line before its round is complete is not counted any more, in the same section in
// which it is taken off. If the round is complete already, its arrival stands.
//
// Invariant: as many of the current round are in line as have arrived.
//
// Rejected: an arrival that stays when its operation is dropped, as tokio has it (the round is then
// complete with one task less than it was made for); a count in a word of its own (somebody who
// leaves would have to change it and the line at once).

// Barrier lets tasks go on when a number of them has arrived, round after round. It must not be
// copied.
type Barrier struct {
	_    word.NoCopy
	size uint32
	line waitlist.List

	// Under the lock of the line.
	arrived uint32 // in this round
	round   uint32
}

// NewBarrier returns a barrier for rounds of n tasks. With an n of 1 nobody waits, and each is the
// leader of its own round.
func NewBarrier(n int) *Barrier {
	if n < 1 || n > math.MaxInt32 {
		panic(fmt.Sprintf("coord: NewBarrier for %d tasks: pass 1 to %d", n, math.MaxInt32))
	}
	return &Barrier{size: uint32(n)}
}

// Wait returns an operation that arrives at the barrier, at its first poll, and is ready when all
// of its round have. Its value is true for one of them, the leader. It does not fail.
//
// Dropped, it has not arrived, unless its round is complete: the others of the round wait for
// somebody else in its place.
func (b *Barrier) Wait() BarrierOp {
	if b == nil || b.size == 0 {
		nilReceiver("or zero Barrier", "make one with NewBarrier")
	}
	return BarrierOp{b: b}
}

// next implements server.
func (b *Barrier) next(first *waitlist.Node) bool {
	b.look()
	return barrierOf(first).round != b.round
}

// served implements server.
func (b *Barrier) served(bool) {}

// arrive reports whether the operation completes its round; otherwise it is in line.
func (b *Barrier) arrive(o *BarrierOp, w waker.Waker) (leader bool) {
	clone := w.Clone()
	h := b.line.Lock()
	b.touch()
	if b.arrived+1 < b.size {
		b.arrived++
		o.round = b.round
		h.Push(&o.node, clone)
		h.Unlock()
		return false
	}
	b.arrived = 0
	b.round++
	defer clone.Drop()
	serve(&b.line, h, b)
	return true
}

// touch tells the explorer that arrived and round are about to be written, look that they are read.
func (b *Barrier) touch() { word.Write(unsafe.Pointer(&b.arrived)) }
func (b *Barrier) look()  { word.Read(unsafe.Pointer(&b.arrived)) }

// BarrierOp is what [Barrier.Wait] returns.
type BarrierOp struct {
	node  waitlist.Node // first: see barrierOf
	b     *Barrier      // nil when it has ended
	round uint32        // it has arrived in; under the lock of the line
}

// barrierOf returns the operation that a node in the line of a barrier belongs to. It is sound
// because the node is the first field, and nothing else stands in these lines.
func barrierOf(n *waitlist.Node) *BarrierOp { return (*BarrierOp)(unsafe.Pointer(n)) }

// Poll implements future.Future.
func (o *BarrierOp) Poll(cx *waker.Context) future.Poll[bool] {
	if o == nil || o.b == nil {
		overOp("BarrierOp", "Barrier.Wait")
	}
	if o.node.State() != waitlist.Out {
		if awaitTurn(&o.b.line, &o.node, cx) == waitlist.Waiting {
			return future.Pending[bool]()
		}
		o.b = nil
		return future.Ready(false)
	}
	// It may be the last: only the lock knows.
	if !cx.Spend() || !o.b.arrive(o, cx.Waker()) {
		return future.Pending[bool]()
	}
	o.b = nil
	return future.Ready(true)
}

// Drop implements future.Dropper.
func (o *BarrierOp) Drop() {
	if o == nil {
		nilReceiver("BarrierOp", "make one with Barrier.Wait")
	}
	b := o.b
	o.b = nil
	if b == nil || o.node.State() == waitlist.Out {
		return
	}
	h := b.line.Lock()
	if o.node.State() != waitlist.Waiting {
		h.Unlock()
		b.line.Leave(&o.node) // it has been told: that is over
		return
	}
	b.touch()
	if o.round == b.round {
		b.arrived--
	}
	w := h.Withdraw(&o.node)
	h.Unlock()
	w.Drop()
}

// Await waits until all have arrived, see [future.Await].
func (o BarrierOp) Await(co *future.Co) (bool, error) { return future.AwaitOp(co, o) }
