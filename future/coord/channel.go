package coord

import (
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of a channel, which is under MPSC and MPMC, bounded and not.
//
// Values stand in a queue of blocks. Each end is a word that holds how many values have passed it, and
// in its lowest bits
//
//	endLocked     somebody works at this end
//	tailFinished  of the tail: all senders were closed
//	tailRefused   of the tail: the receiver was closed
//	tailGone      of the tail: the receiver was dropped, nobody will receive
//
// To send is to lock the tail, to write a slot, and to store the tail one further, which unlocks it and
// publishes the value: two operations with a fence. The head is locked likewise where there are several
// receivers; a single one owns it, and to receive is one store.
//
// A bounded channel has room for another value while
//
//	values in the queue + permits that are out < capacity
//
// which is counted under the lock of the tail. A permit that is out is one that a SendPermit holds, or a
// sender in line whose turn has come. Values leave the queue without that lock, so a count can be too
// high for a moment, and never too low. The head that was seen last is kept beside the tail, and read again
// only when there seems to be no room.
//
// Lines. Senders wait for room in one, the receivers for values in another. Each is joined, and
// then what is waited for looked at once more; what ends a wait is done first (by a store with a
// fence), and the line looked at then. So one of the two sees the other. Room goes to the
// first in line, as a permit, under the locks of the tail and the line (grant); while
// anybody waits, whoever comes joins the line. Who joins behind another one does not look again: where somebody
// waits there is no room, but what somebody else is about to grant. A value goes to no receiver in particular: one in line
// is told to look, and if somebody was quicker it goes back to the front of the line.
//
// Ends. Once the tail is finished or refused nothing more is reserved, and the senders' line is closed.
// When no permit is out any more, nothing more is sent, and the receivers' line is closed: who finds
// it closed and then no value receives no more.
//
// Invariant: a slot belongs to the senders until the tail has passed it, then to the receivers until the head
// has. Each permit that is out is sent with, or released, once; who releases the last one of a channel
// that is closed closes the receivers' line.
//
// Rejected: one lock for both ends (four operations with a fence for a value that is sent and
// received, where these are three, and both sides spin on one line of memory); a ring with a
// number in each slot (a permit that is held would stop all that come after it, and it cannot
// grow); a semaphore beside a queue, as tokio has it (five such operations); to hand a
// value over to a receiver in line (one that is given up would have to put it back in its place).
type channel[T any] struct {
	_    word.Align64
	tail word.Uint64
	// Under the lock of the tail.
	last     *block[T]
	fresh    *block[T] // blocks to be used again
	headSeen uint64
	promised int // permits that are out
	tickets  *ticket
	_        cpu.Pad

	_    word.Align64
	head word.Uint64
	// Under the lock of the head, or its only receiver's.
	first    *block[T]
	tailSeen uint64
	kept     int // how many blocks used had when it was last pushed
	used     word.Pointer[block[T]]
	_        cpu.Pad

	// Each line is asked for at every value by those who do not wait in it, so it has no neighbours that change.
	senders   waitlist.List
	_         cpu.Pad
	receivers waitlist.List
	_         cpu.Pad

	limit    int           // the capacity
	shared   bool          // by several receivers
	closings waitlist.List // who waits for the receiver's end

	senderCount
	receiverCount word.Int32
}

const (
	endLocked = 1 << iota
	tailFinished
	tailRefused
	tailGone

	tailClosed = tailFinished | tailRefused
	endFlags   = 1<<4 - 1
	endOne     = 1 << 4 // what a value adds to an end
)

// unlimited is the capacity of a channel without one. It is never reached.
const unlimited = int(^uint(0) >> 1)

// block is a piece of the queue.
type block[T any] struct {
	next  *block[T]
	slots [blockLen]T
}

// keepBlocks is how many empty blocks a channel keeps at each of its ends: what a burst of a
// thousand values needs, and no more, as a channel that has once been full should not stay large.
const keepBlocks = 32

func (c *channel[T]) init(limit int, shared bool) {
	c.limit, c.shared = limit, shared
	c.last = new(block[T])
	c.first = c.last
	c.strong.Store(1)
	c.receiverCount.Store(1)
}

// lockEnd locks an end and returns the word without the lock.
func lockEnd(end *word.Uint64) uint64 {
	e := end.Load()
	if e&endLocked == 0 && end.CompareAndSwap(e, e|endLocked) {
		return e
	}
	return contendEnd(end)
}

// contendEnd is apart so that lockEnd is small.
//
//go:noinline
func contendEnd(end *word.Uint64) uint64 {
	for round := 0; ; round++ {
		e := end.Load()
		for e&endLocked == 0 {
			if end.CompareAndSwap(e, e|endLocked) {
				return e
			}
			e = end.Load()
		}
		spin.Pause(round)
	}
}

// put writes v behind the tail t, which is locked, and returns the tail after it. The value is published by
// storing that.
func (c *channel[T]) put(t uint64, v T) uint64 {
	i := t / endOne % blockLen
	if i == 0 && t >= endOne {
		b := c.newBlock()
		c.last.next = b
		c.last = b
	}
	slot := &c.last.slots[i]
	word.Write(unsafe.Pointer(slot))
	*slot = v
	return t + endOne
}

// publish stores a tail with another value and tells a receiver.
func (c *channel[T]) publish(t uint64) {
	c.tail.Store(t)
	if !c.receivers.Empty() {
		c.receivers.NotifyOne(nil)
	}
}

// newBlock returns an empty block. Under the lock of the tail.
func (c *channel[T]) newBlock() *block[T] {
	if c.fresh == nil && c.used.Load() != nil {
		c.fresh = c.used.Swap(nil)
	}
	b := c.fresh
	if b == nil {
		return new(block[T])
	}
	c.fresh, b.next = b.next, nil
	return b
}

// recycle hands an empty block over to the senders. Only the receiving end pushes, and the sending end
// takes all there are, so between the two operations here there can but become none.
func (c *channel[T]) recycle(b *block[T]) {
	top := c.used.Load()
	if top == nil {
		c.kept = 0
	}
	if c.kept >= keepBlocks {
		return
	}
	c.kept++
	b.next = top
	if !c.used.CompareAndSwap(top, b) {
		b.next = nil
		c.kept = 1
		c.used.Store(b)
	}
}

// lockHead returns the head, which is the caller's then.
func (c *channel[T]) lockHead() uint64 {
	if c.shared {
		return lockEnd(&c.head)
	}
	return c.head.Load()
}

// available reports whether there is a value. It was so a moment ago, if there are several receivers.
func (c *channel[T]) available() bool {
	head := c.head.Load() &^ endLocked
	if c.shared {
		return head != c.tail.Load()&^endFlags
	}
	if head == c.tailSeen {
		c.tailSeen = c.tail.Load() &^ endFlags
	}
	return head != c.tailSeen
}

// take receives up to len(buf) values into buf, and returns how many there were.
func (c *channel[T]) take(buf []T) int {
	h := c.lockHead()
	c.tailSeen = c.tail.Load() &^ endFlags
	n := min(int((c.tailSeen-h)/endOne), len(buf))
	if n == 0 {
		if c.shared {
			c.head.Store(h)
		}
		return 0
	}
	for i := range n {
		h = c.get(h, &buf[i])
	}
	c.passed(h)
	return n
}

// takeOne is take for one value.
func (c *channel[T]) takeOne() (v T, ok bool) {
	h := c.lockHead()
	if c.shared || h == c.tailSeen {
		c.tailSeen = c.tail.Load() &^ endFlags
		if h == c.tailSeen {
			if c.shared {
				c.head.Store(h)
			}
			return v, false
		}
	}
	c.passed(c.get(h, &v))
	return v, true
}

// get moves the value at the head h to v, and returns the head after it.
func (c *channel[T]) get(h uint64, v *T) uint64 {
	i := h / endOne % blockLen
	if i == 0 && h >= endOne {
		b := c.first
		c.first = b.next
		c.recycle(b)
	}
	slot := &c.first.slots[i]
	word.Write(unsafe.Pointer(slot))
	var none T
	*v, *slot = *slot, none
	return h + endOne
}

// passed stores a head that has moved on, and gives the room to those who wait for it.
func (c *channel[T]) passed(h uint64) {
	c.head.Store(h)
	if !c.senders.Empty() {
		c.grant()
	}
}

// length returns how many values are in the queue, as it was a moment ago.
func (c *channel[T]) length() int {
	head := c.head.Load() &^ endLocked // first: it cannot pass a tail that is read later
	return int((c.tail.Load()&^endFlags - head) / endOne)
}

// close ends the sending, for a reason which is flags, and wakes who waits for it.
func (c *channel[T]) close(flags uint64) {
	t := lockEnd(&c.tail)
	over := c.promised == 0
	c.tail.Store(t | flags)
	if flags&tailRefused != 0 {
		defer c.closings.Close(nil)
	}
	if over {
		defer c.receivers.Close(nil)
	}
	c.senders.Close(nil)
}

// drop ends the receiving: nothing is sent any more, and what is in the queue is discarded.
func (c *channel[T]) drop() {
	defer c.discard()
	c.close(tailRefused | tailGone)
}

func (c *channel[T]) discard() {
	done := false
	defer func() {
		if !done { // a Drop has panicked; the others are ended all the same
			c.discard()
		}
	}()
	for {
		v, ok := c.takeOne()
		if !ok {
			break
		}
		future.Discard(v)
	}
	done = true
}

// over returns why nothing can be received any more from a channel that is closed and empty.
func (c *channel[T]) over() error {
	switch t := c.tail.Load(); {
	case t&tailGone != 0:
		return errReceiverDropped
	case t&tailRefused != 0:
		return errReceiverClosed
	}
	return errSendersGone
}

func (c *channel[T]) ended() bool { return c.tail.Load()&tailRefused != 0 }

func (c *channel[T]) endLine() *waitlist.List { return &c.closings }

// isClosed reports whether nothing can be sent any more, or the receiver was closed.
func (c *channel[T]) isClosed() bool {
	t := lockEnd(&c.tail)
	over := t&tailRefused != 0 || t&tailFinished != 0 && c.promised == 0
	c.tail.Store(t)
	return over
}

const (
	errSendersGone     closedError = "coord: receive: all senders were closed"
	errReceiverClosed  closedError = "coord: receive: the receiver was closed"
	errReceiverDropped closedError = "coord: receive: the receiver was dropped"
	errNobodyReceives  closedError = "coord: send: the receiver was closed or dropped"
	errSenderClosed    closedError = "coord: send: this sender was closed"
)
