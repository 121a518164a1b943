package coord

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a broadcast.
//
// The latest values stand in a ring, under a lock. How many were sent is a word beside it (news),
// written under the lock too; a receiver remembers how many it has come past, and waits while that is
// all of them. A value that is sent to a full ring takes the place of the oldest; a receiver that
// finds that what comes next for it is gone goes on with the oldest there is, and says how many it
// has missed.
//
// A slot counts the receivers that have yet to come past it. When there are none its value is
// cleared, so that the ring keeps alive what somebody can still receive, and no more.
//
// Invariant: of each value that is in the ring, the slot counts those receivers that were there when it was sent and
// have neither received it nor were dropped since. So the ones that count nobody are the oldest.
//
// Rejected: a lock for each slot (receivers are mostly at the same one, so that it is one lock all the same),
// and one for many readers (each receive writes the count in any case).
type broadcast[T any] struct {
	news news      // its word is how many were sent
	lock spin.Lock // of the rest, up to the lines
	ring []broadcastSlot[T]
	// received is how many were received by all, or are gone from the ring, of those that were sent.
	received  uint64
	receivers int

	closings waitlist.List // senders that wait for the receivers' end

	senderCount
	receiverCount word.Int32 // receivers, for those who do not have the lock
}

type broadcastSlot[T any] struct {
	v    T
	left int // how many receivers have yet to come past it
}

// ErrLagged is the error of a receive from a [Broadcast] that others have overtaken. It is a [LaggedError].
var ErrLagged = errors.New("coord: receive: the receiver was too slow and has missed values")

// LaggedError is an [ErrLagged] that says how many values were missed. The next receive goes on with the
// oldest that is left.
type LaggedError struct{ Missed uint64 }

// Error says how many were missed.
func (e LaggedError) Error() string {
	return fmt.Sprintf("coord: receive: the receiver was too slow and has missed %d values", e.Missed)
}

// Is implements errors.Is.
func (e LaggedError) Is(target error) bool { return target == ErrLagged }

const (
	errBroadcastSenders   closedError = "coord: broadcast: all senders were closed"
	errBroadcastReceivers closedError = "coord: broadcast: there are no receivers"
	errBroadcastSender    closedError = "coord: broadcast: this sender was closed"
)

// maxBroadcast is what a ring may be long, for a message instead of the runtime's.
const maxBroadcast = 1 << 30

// Broadcast returns the ends of a channel each of whose receivers gets each value that is sent while it is there. Senders do
// not wait: the channel keeps the latest values, so many as capacity says, and a receiver that is slower
// than that misses some and is told how many. It panics for a capacity of less than one. The ring is
// allocated at once; operations do not allocate.
//
// A value is copied to each receiver, and so belongs to nobody: a broadcast discards nothing.
func Broadcast[T any](capacity int) (*BroadcastSender[T], *BroadcastReceiver[T]) {
	checkCapacity("Broadcast", capacity)
	if capacity > maxBroadcast {
		panic(fmt.Sprintf("coord: Broadcast with a capacity of %d; pass %d or less", capacity, maxBroadcast))
	}
	m := new(struct {
		b  broadcast[T]
		tx BroadcastSender[T]
		rx BroadcastReceiver[T]
	})
	m.b.ring = make([]broadcastSlot[T], capacity)
	m.b.strong.Store(1)
	m.tx.b = &m.b
	m.rx.b = &m.b
	m.b.enter(&m.rx)
	return &m.tx, &m.rx
}

// sent returns how many values were sent.
func (b *broadcast[T]) sent() uint64 {
	at, _ := b.news.now()
	return at / newsStep
}

func (b *broadcast[T]) slot(i uint64) *broadcastSlot[T] { return &b.ring[i%uint64(len(b.ring))] }

// oldest returns the number of the oldest value that the ring has. Under the lock.
func (b *broadcast[T]) oldest(sent uint64) uint64 {
	if n := uint64(len(b.ring)); sent > n {
		return sent - n
	}
	return 0
}

// send sends to all receivers and returns how many there are.
func (b *broadcast[T]) send(v T) (receivers int) {
	b.lock.Lock()
	receivers = b.receivers
	if receivers == 0 {
		b.lock.Unlock()
		return 0
	}
	sent := b.sent()
	slot := b.slot(sent)
	word.Write(unsafe.Pointer(slot))
	*slot = broadcastSlot[T]{v, receivers}
	b.received = max(b.received, b.oldest(sent+1))
	b.news.add()
	b.lock.Unlock()
	b.news.tell()
	return receivers
}

// receive receives the next value of a receiver, which is there.
func (b *broadcast[T]) receive(r *BroadcastReceiver[T]) (v T, err error) {
	b.lock.LockLate() // for mostly one of several values in a row
	if oldest := b.oldest(b.sent()); r.passed < oldest {
		missed := oldest - r.passed
		r.passed = oldest
		b.lock.Unlock()
		return v, LaggedError{missed}
	}
	slot := b.slot(r.passed)
	word.Write(unsafe.Pointer(slot))
	v = slot.v
	b.pass(r.passed)
	r.passed++
	b.lock.Unlock()
	return v, nil
}

// pass has a receiver come past a value. Under the lock.
func (b *broadcast[T]) pass(i uint64) {
	slot := b.slot(i)
	if slot.left--; slot.left > 0 {
		return
	}
	var none T
	slot.v = none
	for sent := b.sent(); b.received < sent && b.slot(b.received).left == 0; {
		b.received++
	}
}

// enter makes a receiver of what is sent from now on.
func (b *broadcast[T]) enter(r *BroadcastReceiver[T]) {
	b.lock.Lock()
	r.passed = b.sent()
	b.receivers++
	b.lock.Unlock()
	b.receiverCount.Inc()
}

// leave ends a receiver.
func (b *broadcast[T]) leave(r *BroadcastReceiver[T]) {
	b.lock.Lock()
	sent := b.sent()
	for i := max(r.passed, b.oldest(sent)); i < sent; i++ {
		b.pass(i)
	}
	b.receivers--
	b.lock.Unlock()
	if b.receiverCount.Dec() == 0 {
		b.closings.NotifyAll(nil)
	}
}

func (b *broadcast[T]) ended() bool { return b.receiverCount.Load() == 0 }

func (b *broadcast[T]) endLine() *waitlist.List { return &b.closings }

// BroadcastReceiver receives from a [Broadcast]. It may be used by one goroutine or task at a time: others have one each,
// of [BroadcastSender.Subscribe].
type BroadcastReceiver[T any] struct {
	b       *broadcast[T]
	passed  uint64 // how many values it has come past
	dropped bool
	next    BroadcastRecvOp[T] // of PollNext
}

func (r *BroadcastReceiver[T]) core() *broadcast[T] {
	if r == nil || r.b == nil {
		nilReceiver("BroadcastReceiver, or a zero one", "Broadcast makes them")
	}
	if r.dropped {
		panic("coord: a BroadcastReceiver used after Drop")
	}
	return r.b
}

// Recv returns an operation that receives the next value. It fails with an [ErrLagged], a [LaggedError], if that is gone
// already: the next Recv goes on with the oldest that is left. It fails with an [ErrClosed] when all senders are closed and all
// values received. Dropping it leaves the value to the next. A receive that fails with ErrLagged allocates.
func (r *BroadcastReceiver[T]) Recv() BroadcastRecvOp[T] { r.core(); return BroadcastRecvOp[T]{r: r} }

// TryRecv receives the next value without waiting. It fails with [ErrEmpty] if there is none, and else
// as Recv does.
func (r *BroadcastReceiver[T]) TryRecv() (v T, err error) {
	b := r.core()
	switch sent, over := b.news.now(); {
	case sent != r.passed*newsStep:
		return b.receive(r)
	case over:
		return v, errBroadcastSenders
	}
	return v, ErrEmpty
}

// BlockingRecv is Recv for a goroutine: it sleeps until there is a value or ctx is done. On a
// worker of a runtime it fails with [future.ErrOnWorker] if it would have to. It allocates when it sleeps.
func (r *BroadcastReceiver[T]) BlockingRecv(ctx context.Context) (T, error) {
	v, err := r.TryRecv()
	if err == ErrEmpty {
		v, err = blockOn(ctx, r.Recv())
	}
	return v, err
}

// Resubscribe returns another receiver, of what is sent from now on. It allocates.
func (r *BroadcastReceiver[T]) Resubscribe() *BroadcastReceiver[T] { return r.core().subscribe() }

func (b *broadcast[T]) subscribe() *BroadcastReceiver[T] {
	r := &BroadcastReceiver[T]{b: b}
	b.enter(r)
	return r
}

// Drop ends this receiver. After the last one senders are told. It may be called again.
func (r *BroadcastReceiver[T]) Drop() {
	if r != nil && r.dropped {
		return
	}
	b := r.core()
	r.next.Drop()
	r.dropped = true
	b.leave(r)
}

// Len returns how many values were sent that this receiver has not come past, those included that it has missed.
func (r *BroadcastReceiver[T]) Len() int { return int(r.core().sent() - r.passed) }

// IsEmpty reports whether there is nothing to receive.
func (r *BroadcastReceiver[T]) IsEmpty() bool { return r.Len() == 0 }

// IsClosed reports whether all senders were closed. There may be values left.
func (r *BroadcastReceiver[T]) IsClosed() bool {
	_, over := r.core().news.now()
	return over
}

// SameChannel reports whether both receive from the same channel.
func (r *BroadcastReceiver[T]) SameChannel(other *BroadcastReceiver[T]) bool {
	return r.core() == other.core()
}

// Senders returns how many senders there are that are not closed, and how many weak ones that are not dropped.
func (r *BroadcastReceiver[T]) Senders() (strong, weak int) { return r.core().senderCounts() }

// BroadcastRecvOp is what [BroadcastReceiver.Recv] returns.
type BroadcastRecvOp[T any] struct {
	r    *BroadcastReceiver[T]
	node waitlist.Node
}

// Poll implements future.Future.
func (o *BroadcastRecvOp[T]) Poll(cx *waker.Context) future.Poll[T] {
	if o == nil || o.r == nil {
		overOp("BroadcastRecvOp", "BroadcastReceiver.Recv")
	}
	r := o.r
	more, over := r.b.news.look(r.passed*newsStep, &o.node, cx.Waker())
	if !more && !over || !cx.Spend() {
		return future.Pending[T]()
	}
	o.Drop()
	if !more {
		return future.Failed[T](errBroadcastSenders)
	}
	return future.Done(r.b.receive(r))
}

// Drop implements future.Dropper.
func (o *BroadcastRecvOp[T]) Drop() {
	if r := o.r; r != nil {
		o.r = nil
		r.b.news.line.Leave(&o.node) // all are told, so there is no turn to hand on
	}
}

// Await waits for the value.
func (o BroadcastRecvOp[T]) Await(co *future.Co) (T, error) { return future.AwaitOp(co, o) }
