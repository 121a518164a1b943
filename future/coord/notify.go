package coord

import (
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Notify.
//
// One word has two flags, and the number of calls of NotifyAll in the bits above:
//
//	permit   NotifyOne was called when nobody was in line; never beside waits
//	waits    somebody may be in line
//
// While waits is not set, the word changes by compare-and-swap: NotifyOne sets permit, who comes
// takes it, NotifyAll counts. Who finds no permit joins the line, under its lock, after one more
// look. With waits set, the word is written under the lock of the line alone.
//
// An operation remembers the number of calls when it was made. If it finds another one later, it
// has been told: so NotifyAll reaches also those who have not been polled yet. NotifyAll counts
// itself first, and then takes those off the line who do not know of it, in batches. Who joins in
// between knows of it, and stands behind them.
//
// The flag stays when the last one in line is told, for it is the one who will come again: the two need not write
// the word at each turn then. The next NotifyOne that finds nobody clears it.
//
// Who takes an operation off the line notes in it how it was told, before. An operation that is
// dropped with a turn in its hand calls what told it once more, NotifyAll excepted, which has told
// everybody.
//
// NotifyOne writes the word also if the permit is there already: what its caller did before is
// visible to who takes the permit because of that write.
//
// Invariant: a call of NotifyOne is a permit, or a turn in the hand of one operation, or was
// merged with the permit that was there. If the line is not empty, waits is set.
//
// Rejected: a Semaphore (its permits add up, and there is no telling all); a channel of capacity
// one (no telling all, and no handing on); a mark in each node of a line that NotifyAll walks
// (it would hold the lock for as long as the line is).
const (
	notifyPermit = 1
	notifyWaits  = 2
	notifyCall   = 4 // one call of NotifyAll
)

// turn is how an operation was told.
type turn uint8

const (
	turnNone turn = iota
	turnOne
	turnLast
	turnAll
)

// Notify tells tasks that something has happened, and leaves it to them to look what. It keeps one
// permit: a NotifyOne that finds nobody waiting is had by the next who waits. The zero value is
// ready to use. It must not be copied once used.
//
//	for !done() {
//		n.Notified().Await(co)
//	}
//
// With NotifyOne this loop misses nothing if one task runs it. With NotifyAll, or several tasks,
// make the operation before looking: see [Notify.Notified].
type Notify struct {
	_    word.NoCopy
	word word.Uint32
	line waitlist.List
}

func (n *Notify) check() {
	if n == nil {
		nilReceiver("Notify", "new(coord.Notify) is ready to use")
	}
}

// Notified returns an operation that waits to be told. It hears each NotifyAll from this call on,
// though it is polled later. So nothing is missed if it is made before looking:
//
//	told := n.Notified()
//	if nothing() {
//		told.Await(co)
//	}
//
// A NotifyOne before its first poll leaves a permit, which it finds if nobody else does; two leave
// one. Where several tasks wait and each call must reach one, the operation takes its place in line
// before looking, by [NotifiedOp.Enable].
//
// Dropped, it leaves the line; if NotifyOne or NotifyLast had told it already, the next is told.
func (n *Notify) Notified() NotifiedOp {
	n.check()
	return NotifiedOp{n: n, calls: calls(n.word.Load())}
}

// calls returns the number of calls that is in a word, in its place.
func calls(v uint32) uint32 { return v &^ (notifyPermit | notifyWaits) }

// NotifyOne tells the one who has waited longest. If nobody waits it leaves a permit for the next
// who does, unless there is one already.
func (n *Notify) NotifyOne() {
	n.check()
	n.notify(turnOne, true)
}

// NotifyLast is NotifyOne for the one who came last.
func (n *Notify) NotifyLast() {
	n.check()
	n.notify(turnLast, true)
}

// NotifyAll tells all that wait now, and all operations that were made and not polled yet. It
// leaves no permit, and takes none away.
func (n *Notify) NotifyAll() {
	n.check()
	for {
		v := n.word.Load()
		if v&notifyWaits == 0 {
			if n.word.CompareAndSwap(v, v+notifyCall) {
				return
			}
			continue
		}
		h := n.line.Lock()
		if v = n.word.Load(); v&notifyWaits != 0 {
			n.word.Store(v + notifyCall)
			serve(&n.line, h, n)
			return
		}
		h.Unlock()
	}
}

// notify tells one. keep says whether to leave a permit if there is none.
func (n *Notify) notify(how turn, keep bool) {
	for {
		v := n.word.Load()
		switch {
		case v&notifyWaits != 0:
			if n.notifyInLine(how, keep) {
				return
			}
		case !keep:
			return
		case n.word.CompareAndSwap(v, v|notifyPermit):
			return
		}
	}
}

// notifyInLine returns false if there is no line any more.
func (n *Notify) notifyInLine(how turn, keep bool) bool {
	h := n.line.Lock()
	v := n.word.Load()
	if v&notifyWaits == 0 {
		h.Unlock()
		return false
	}
	node := h.First()
	if node == nil { // all have left
		v &^= notifyWaits
		if keep {
			v |= notifyPermit
		}
		n.word.Store(v)
		h.Unlock()
		return true
	}
	if how == turnLast {
		node = h.Last()
	}
	notifiedOf(node).turn = how
	w := h.Take(node)
	h.Unlock()
	wake.One(w, nil)
	return true
}

// next implements server, for NotifyAll: it is the turn of those who do not know of the call.
func (n *Notify) next(first *waitlist.Node) bool {
	o := notifiedOf(first)
	if o.calls == calls(n.word.Load()) {
		return false
	}
	o.turn = turnAll
	return true
}

// served implements server.
func (n *Notify) served(empty bool) {
	if v := n.word.Load(); empty && v&notifyWaits != 0 {
		n.word.Store(v &^ notifyWaits)
	}
}

// NotifiedOp is what [Notify.Notified] returns.
type NotifiedOp struct {
	node  waitlist.Node // first: see notifiedOf
	n     *Notify       // nil when it has ended
	calls uint32        // when it was made
	turn  turn          // in its hand; written by who takes it off the line
}

// notifiedOf returns the operation that a node in the line of a Notify belongs to. It is sound
// because the node is the first field, and nothing else stands in these lines.
func notifiedOf(n *waitlist.Node) *NotifiedOp { return (*NotifiedOp)(unsafe.Pointer(n)) }

func (o *NotifiedOp) check() {
	if o == nil || o.n == nil {
		overOp("NotifiedOp", "Notify.Notified")
	}
}

// Enable takes the operation's place in line, as its first poll does, before there is a task to
// wake. It reports whether it has been told already; a permit that was there is its then. From then
// on the operation must not be moved: it is a field of a machine, or is awaited by its address, as
// future.Await(co, &op) does.
func (o *NotifiedOp) Enable() bool {
	o.check()
	if o.turn == turnNone && o.node.State() == waitlist.Out {
		return o.mayTake(o.n.word.Load()) && o.take() || o.join(waker.Noop()) != waitlist.Waiting
	}
	return o.node.State() != waitlist.Waiting
}

// Poll implements future.Future.
func (o *NotifiedOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	o.check()
	if o.node.State() != waitlist.Out {
		return o.told(awaitTurn(&o.n.line, &o.node, cx))
	}
	if o.turn != turnNone || o.mayTake(o.n.word.Load()) {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
		if o.turn != turnNone || o.take() {
			return o.told(waitlist.Notified)
		}
	}
	return o.told(o.join(cx.Waker()))
}

func (o *NotifiedOp) told(state waitlist.State) future.Poll[future.Unit] {
	if state == waitlist.Waiting {
		return future.Pending[future.Unit]()
	}
	o.n = nil
	return future.Ready(future.Unit{})
}

// mayTake reports whether a word has something for the operation.
func (o *NotifiedOp) mayTake(v uint32) bool { return v&notifyPermit != 0 || calls(v) != o.calls }

// take takes what the word has for the operation.
func (o *NotifiedOp) take() bool {
	for {
		v := o.n.word.Load()
		switch {
		case calls(v) != o.calls:
			o.turn = turnAll
			return true
		case v&notifyPermit == 0:
			return false
		case o.n.word.CompareAndSwap(v, v&^notifyPermit):
			o.turn = turnOne
			return true
		}
	}
}

// join takes what the word has for the operation, or puts it in line.
func (o *NotifiedOp) join(w waker.Waker) waitlist.State {
	clone := w.Clone()
	h := o.n.line.Lock()
	for {
		if o.take() {
			h.Unlock()
			clone.Drop()
			return waitlist.Notified
		}
		v := o.n.word.Load()
		if o.mayTake(v) {
			continue
		}
		if v&notifyWaits != 0 || o.n.word.CompareAndSwap(v, v|notifyWaits) {
			h.Push(&o.node, clone)
			h.Unlock()
			return waitlist.Waiting
		}
	}
}

// Drop implements future.Dropper.
func (o *NotifiedOp) Drop() {
	if o == nil {
		nilReceiver("NotifiedOp", "make one with Notify.Notified")
	}
	o.drop(true)
}

// drop hands on a turn that the operation has in its hand.
func (o *NotifiedOp) drop(keep bool) {
	n := o.n
	o.n = nil
	if n == nil {
		return
	}
	if o.node.State() != waitlist.Out && !n.line.Leave(&o.node) {
		return
	}
	if o.turn == turnOne || o.turn == turnLast {
		n.notify(o.turn, keep)
	}
}

// Await waits to be told, see [future.Await].
func (o NotifiedOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }
