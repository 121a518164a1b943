package ws

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Message is one that was received. Data is the receiver's.
type Message struct {
	Op   wire.Op // Text or Binary
	Data []byte
}

// inbox is what a connection has received and nobody has taken, where messages are taken by Receive instead of given to a callback.
//
// Protocol: lock guards all of it. The connection's task puts messages in; a receiver takes them out. The task does not read from the socket
// while the inbox is full: it asks hasRoom, which notes that it was refused, before it waits, with its waker registered. Who takes so much out that there
// is room again clears the note, and wakes the task. A receiver that finds nothing registers its waker, looks once more, and then waits.
//
// The end comes behind all messages. When the peer has closed the task waits until a receiver was told, so that what it has to say to the last messages
// is still sent, and is woken then.
//
// Invariant: a task that was refused is woken when the inbox is half empty; a receiver that waits is woken by the next message, and by the end.
//
// Rejected: a channel of package coord (it counts values, and one may be 16 MiB).
type inbox struct {
	lock    spin.Lock
	queue   []Message
	bytes   int
	refused bool // the task was, and waits for room
	told    bool // a receiver was, how it has ended
	err     error

	receiver waker.AtomicWaker
}

const (
	// maxInbox is how many bytes may wait in an inbox before no more is read. What one read brings is put in all the same.
	maxInbox = 64 << 10
	// perMessage is what a message counts beside its bytes.
	perMessage = 64
)

// put is the task's.
func (b *inbox) put(m Message) {
	b.lock.Lock()
	b.queue = append(b.queue, m)
	b.bytes += len(m.Data) + perMessage
	b.lock.Unlock()
	b.receiver.Wake()
}

// hasRoom is the task's: whether it may read. If not it is woken when it may.
func (b *inbox) hasRoom() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.refused = b.bytes >= maxInbox
	return !b.refused
}

// isFull reports whether the task does not read.
func (b *inbox) isFull() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.refused
}

// isTold reports whether a receiver knows how it has ended.
func (b *inbox) isTold() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.told
}

// take returns the first message, or with none how it has ended; wake says that the task waits for that.
func (b *inbox) take() (m Message, got, wake bool, err error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	if len(b.queue) == 0 {
		wake = b.err != nil && !b.told
		b.told = b.err != nil
		return m, false, wake, b.err
	}
	m = b.queue[0]
	b.queue[0] = Message{}
	if b.queue = b.queue[1:]; len(b.queue) == 0 {
		b.queue = nil
	}
	b.bytes -= len(m.Data) + perMessage
	if wake = b.refused && b.bytes <= maxInbox/2; wake {
		b.refused = false
	}
	return m, true, wake, nil
}

// end is the task's. The first one counts.
func (b *inbox) end(err error) {
	b.lock.Lock()
	if b.err == nil {
		b.err = err
	}
	b.lock.Unlock()
	b.receiver.Wake()
}

// Receive returns an operation that comes to the next message. It is for connections without a callback for messages: those of a server with
// Config.Handle, or of a client without ClientConfig.Message. One receives at a time, in any task or goroutine (future.BlockOn); it may be
// another one each time. When all messages were received it fails with what has ended the connection: a *CloseError if the peer has sent a close
// frame, be it an answer to ours, ErrClosed if it has not answered ours in time. If it is dropped before its end nothing is lost.
//
// While nobody receives, and 64 KiB wait, nothing is read from the peer, so that it has to wait as well, and its pings are not answered.
func (c *Conn) Receive() ReceiveOp {
	if c.inbox == nil {
		panic("ws: Receive from a connection whose messages are given to a callback: leave Message nil")
	}
	return ReceiveOp{c}
}

// ReceiveOp is what [Conn.Receive] returns. See future.Op.
type ReceiveOp struct{ c *Conn }

// Poll implements future.Future.
func (o *ReceiveOp) Poll(cx *waker.Context) future.Poll[Message] {
	c := o.c
	if c == nil {
		panic("ws: Poll of a ReceiveOp that is over, or zero; Conn.Receive makes them")
	}
	if !cx.Spend() {
		return future.Pending[Message]()
	}
	registered := false
	for {
		m, got, wake, err := c.inbox.take()
		if wake {
			c.waker.Wake()
		}
		if got || err != nil {
			o.Drop()
			return future.Done(m, err)
		}
		if registered {
			return future.Pending[Message]()
		}
		c.inbox.receiver.Register(cx.Waker())
		registered = true
	}
}

// Await waits, see future.Await.
func (o ReceiveOp) Await(co *future.Co) (Message, error) { return future.AwaitOp(co, o) }

// Drop implements future.Dropper.
func (o *ReceiveOp) Drop() {
	if c := o.c; c != nil {
		o.c = nil
		wake.Forget(&c.inbox.receiver)
	}
}
