package coord

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// Permits of a bounded channel. See the protocol in channel.go.

// place is where a sender waits for room.
type place struct {
	node   waitlist.Node // first, see grant
	want   int           // how many permits, from before it joins on
	has    bool          // they are its own
	closed bool          // the sender was, before it began
}

// ticket is what a SendPermit holds. It is used again by others, so a permit has a number that must
// still be the ticket's. All of it is under the lock of the tail.
type ticket struct {
	next   *ticket
	number uint64
	left   int
}

// room returns how many more permits there are, for one who wants so many. Under the lock of the tail.
func (c *channel[T]) room(t uint64, want int) int {
	t &^= endFlags
	free := c.limit - int((t-c.headSeen)/endOne) - c.promised
	if free < want {
		c.headSeen = c.head.Load() &^ endLocked
		free = c.limit - int((t-c.headSeen)/endOne) - c.promised
	}
	return free
}

// lockFor locks the tail for one who wants permits. It fails, with the tail unlocked, if the channel is
// closed, somebody is in line already, or there are not enough.
func (c *channel[T]) lockFor(want int) (t uint64, err error) {
	t = lockEnd(&c.tail)
	switch {
	case t&tailClosed != 0:
		err = errNobodyReceives
	case (c.room(t, want) < want || !c.senders.Empty()) && want > 0:
		err = ErrFull
	default:
		return t, nil
	}
	c.tail.Store(t)
	return 0, err
}

// trySend sends without waiting.
func (c *channel[T]) trySend(v T) error {
	t, err := c.lockFor(1)
	if err != nil {
		return err
	}
	c.publish(c.put(t, v))
	return nil
}

// wait waits for permits, which are the place's if it returns Notified.
func (c *channel[T]) wait(p *place, w waker.Waker) waitlist.State {
	if p.has {
		return waitlist.Notified
	}
	var s waitlist.State
	if p.node.State() != waitlist.Out {
		s = c.senders.Wait(&p.node, w)
	} else {
		var only bool
		s, only = join(&c.senders, &p.node, w)
		// Room that came before it was in line is looked for by the first, or found by who leaves it
		// behind.
		if only && c.mayHaveRoom() {
			c.grant()
			if p.node.State() != waitlist.Waiting {
				s = c.senders.Wait(&p.node, w)
			}
		}
	}
	p.has = s == waitlist.Notified
	return s
}

// mayHaveRoom reports whether there are fewer values in the queue than have room; permits may have it.
func (c *channel[T]) mayHaveRoom() bool {
	// The tail first: what it has come to at most, less what the head has at least.
	tail := c.tail.Load() &^ endFlags
	return int64(tail-c.head.Load()&^endLocked)/endOne < int64(c.limit)
}

// leave gives up a place, and what it has.
func (c *channel[T]) leave(p *place) {
	if p.has || c.senders.Leave(&p.node) {
		p.has = false
		c.release(p.want)
		return
	}
	c.grant() // one behind it may want less
}

// grant gives the room there is to those who have waited longest for it.
func (c *channel[T]) grant() {
	told := true
	defer func() {
		if !told { // a waker has called runtime.Goexit
			c.grant()
		}
	}()
	for !c.senders.Empty() {
		var ws [grantBatch]waker.Waker
		n := 0
		t := lockEnd(&c.tail)
		h := c.senders.Lock()
		for n < grantBatch && h.First() != nil {
			// Sound: whoever waits in this line does so with the node of a place, its first field.
			want := (*place)(unsafe.Pointer(h.First())).want
			if c.room(t, want) < want {
				break
			}
			c.promised += want
			ws[n] = h.Take(h.First())
			n++
		}
		h.Unlock()
		c.tail.Store(t)
		told = false
		wake.All(ws[:n], nil)
		told = true
		if n < grantBatch {
			return
		}
	}
}

// sendPromised sends with a permit that is out.
func (c *channel[T]) sendPromised(v T) error {
	t := lockEnd(&c.tail)
	return c.redeem(t, v)
}

// redeem is the rest of sending with a permit, once the tail is locked.
func (c *channel[T]) redeem(t uint64, v T) (err error) {
	c.promised--
	over := t&tailClosed != 0 && c.promised == 0
	if t&tailGone != 0 {
		c.tail.Store(t)
		err = errNobodyReceives
	} else {
		c.publish(c.put(t, v))
	}
	if over {
		c.receivers.Close(nil)
	}
	return err
}

// release gives permits back that are out.
func (c *channel[T]) release(n int) {
	t := lockEnd(&c.tail)
	c.releaseLocked(t, n)
}

func (c *channel[T]) releaseLocked(t uint64, n int) {
	c.promised -= n
	over := t&tailClosed != 0 && c.promised == 0
	c.tail.Store(t)
	if over {
		c.receivers.Close(nil)
	}
	c.grant()
}

// issue returns a SendPermit for permits that are out. Under the lock of the tail.
func (c *channel[T]) issue(n int) SendPermit[T] {
	k := c.tickets
	if k == nil {
		k = new(ticket)
	} else {
		c.tickets, k.next = k.next, nil
	}
	k.left = n
	return SendPermit[T]{c, k, k.number}
}

// tear ends a ticket. Under the lock of the tail.
func (c *channel[T]) tear(k *ticket) {
	k.number++
	k.left = 0
	k.next, c.tickets = c.tickets, k
}

// permit makes permits that are out a SendPermit.
func (c *channel[T]) permit(n int) SendPermit[T] {
	t := lockEnd(&c.tail)
	p := c.issue(n)
	c.tail.Store(t)
	return p
}

// tryReserve is reserve without waiting.
func (c *channel[T]) tryReserve(n int) (SendPermit[T], error) {
	t, err := c.lockFor(n)
	if err != nil {
		return SendPermit[T]{}, err
	}
	c.promised += n
	p := c.issue(n)
	c.tail.Store(t)
	return p, nil
}

// SendPermit is room in a channel that nobody else has: for one value, or for several (see
// [Sender.ReserveMany]). While it is out the receiver of a channel whose senders are closed waits for it. Who has it sends
// with it, or drops it. It is a value; its copies are the same permit.
type SendPermit[T any] struct {
	c      *channel[T]
	ticket *ticket
	number uint64
}

// Send sends a value. It does not wait, and works after the sender was closed, too. If the receiver was
// dropped it fails with an [ErrClosed], and v is still the caller's. It panics if nothing is left of
// the permit.
func (p SendPermit[T]) Send(v T) error {
	if p.c == nil {
		panic("coord: Send on a zero SendPermit: Sender.Reserve makes them")
	}
	c, k := p.c, p.ticket
	t := lockEnd(&c.tail)
	if k.number != p.number || k.left == 0 {
		c.tail.Store(t)
		panic("coord: Send on a SendPermit that was used up or dropped: reserve another one")
	}
	if k.left--; k.left == 0 {
		c.tear(k)
	}
	return c.redeem(t, v)
}

// Drop gives back what is left of the permit, to who waits for room. A permit that was used up or dropped is left
// alone, so that Drop may be deferred.
func (p SendPermit[T]) Drop() {
	if p.c == nil {
		return
	}
	t := lockEnd(&p.c.tail)
	if p.ticket.number != p.number {
		p.c.tail.Store(t)
		return
	}
	n := p.ticket.left
	p.c.tear(p.ticket)
	p.c.releaseLocked(t, n)
}

// Len returns for how many values there is room left.
func (p SendPermit[T]) Len() (n int) {
	if p.c == nil {
		return 0
	}
	t := lockEnd(&p.c.tail)
	if p.ticket.number == p.number {
		n = p.ticket.left
	}
	p.c.tail.Store(t)
	return n
}
