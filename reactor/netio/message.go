package netio

import (
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// MaxFiles is the most files that one message carries; the system's own limit is 253.
const MaxFiles = 64

// Message is what [Conn.ReadMessage] has taken off a Unix socket: some bytes, and what came with them.
type Message struct {
	// N is how many bytes there are. On a stream 0 of them, without an error, do not occur.
	N int
	// Files were passed by the peer, and are the receiver's to close: see Close.
	Files []*os.File
	// From is the path, or abstract name, of who has sent a datagram of "unixgram"; empty if it has none.
	From string
	// Credentials are of who has sent it, as the system vouches, if they were asked for by [Conn.SetPassCredentials]; else nil.
	Credentials *Credentials
	// Truncated reports that a message of "unixpacket" or "unixgram" was longer than the buffer; the rest is lost.
	Truncated bool
	// FilesLost reports that more files were passed than could be taken, as when there are no descriptors left. The system has
	// closed the others.
	FilesLost bool
}

// Close closes the files: for a message that nobody takes.
func (m Message) Close() error {
	var err error
	for _, f := range m.Files {
		if e := f.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Credentials are who was at the other end of a Unix socket when it was connected, or who has sent a [Message]. A PID of 0 is that
// of a process that the system does not tell.
type Credentials struct{ PID, UID, GID int }

// ReadMessageOp is one read that takes files too, made by [Conn.ReadMessage]. See [future.Op].
type ReadMessageOp struct {
	c     *Conn
	p     []byte
	state opState
	turn  turn
}

// ReadMessage returns an operation that reads into p from a Unix socket, and takes the files that the peer has passed with what it
// reads: as new descriptors, which children do not inherit. They are the caller's. io.EOF is the end. p must not be empty, but for a
// datagram of "unixgram". [Conn.Read] leaves no descriptor behind: there the system closes what was passed.
//
// A Drop loses nothing: what arrives, files too, is for the next read.
func (c *Conn) ReadMessage(p []byte) ReadMessageOp {
	c.check()
	return ReadMessageOp{c: c, p: p, state: opNew}
}

// Poll implements future.Future.
func (o *ReadMessageOp) Poll(cx *waker.Context) future.Poll[Message] {
	mustBe(o != nil, "ReadMessageOp")
	o.state.check("ReadMessageOp")
	r := o.c.pollReadMessage(cx, o.p, &o.turn)
	o.c.keepTurn(reactor.Read, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper.
func (o *ReadMessageOp) Drop() {
	mustBe(o != nil, "ReadMessageOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Read, &o.turn)
	}
	*o = ReadMessageOp{}
}

// Await waits for it, see [future.Await].
func (o ReadMessageOp) Await(co *future.Co) (Message, error) { return future.AwaitOp(co, o) }

// WriteMessageOp is one write that passes files, made by [Conn.WriteMessage]. See [future.Op].
type WriteMessageOp struct {
	c     *Conn
	p     []byte
	files []*os.File
	to    string // empty: the peer
	state opState
	turn  turn
}

// WriteMessage returns an operation that writes p to a Unix socket, and with its first byte passes files to the peer, which gets
// descriptors of its own. It comes to the number of bytes written, possibly fewer than len(p) on a stream: the files have gone with
// them. p must not be empty, and there are [MaxFiles] at most; they stay the caller's, and must stay open until the operation is ready
// or dropped. Dropped while it waits it has passed nothing.
func (c *Conn) WriteMessage(p []byte, files ...*os.File) WriteMessageOp {
	c.check()
	return WriteMessageOp{c: c, p: p, files: files, state: opNew}
}

// WriteMessageTo is [Conn.WriteMessage] to the socket at a path, or of an abstract name, by a socket of [ListenUnixgram]. It does not wait
// for a receiver that is behind: then, or when the socket's own buffer is full, it fails with syscall.EAGAIN, and is to be tried again later, as of
// that the system does not tell.
func (c *Conn) WriteMessageTo(to string, p []byte, files ...*os.File) WriteMessageOp {
	c.check()
	mustName(to)
	return WriteMessageOp{c: c, p: p, files: files, to: to, state: opNew}
}

// Poll implements future.Future.
func (o *WriteMessageOp) Poll(cx *waker.Context) future.Poll[int] {
	mustBe(o != nil, "WriteMessageOp")
	o.state.check("WriteMessageOp")
	r := o.c.pollWriteMessage(cx, o.p, o.files, o.to, &o.turn)
	o.c.keepTurn(reactor.Write, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper.
func (o *WriteMessageOp) Drop() {
	mustBe(o != nil, "WriteMessageOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Write, &o.turn)
	}
	*o = WriteMessageOp{}
}

// Await waits for it, see [future.Await].
func (o WriteMessageOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// TryReadMessage is [Conn.ReadMessage] without waiting: it returns [ErrWouldBlock] when there is nothing to read. It belongs after
// [Conn.Readable], and panics while an operation of this connection waits to read.
func (c *Conn) TryReadMessage(p []byte) (Message, error) {
	c.check()
	return c.tryReadMessage(p)
}

// TryWriteMessage is [Conn.WriteMessage] without waiting: it returns [ErrWouldBlock], and has passed nothing, when there is no room. It
// belongs after [Conn.Writable], and panics while an operation of this connection waits to write.
func (c *Conn) TryWriteMessage(p []byte, files ...*os.File) (int, error) {
	c.check()
	return c.tryWriteMessage(p, files, "")
}

// TryWriteMessageTo is [Conn.WriteMessageTo], but for a receiver that is behind, of which it says [ErrWouldBlock]; when to try again
// [Conn.Writable] does not tell.
func (c *Conn) TryWriteMessageTo(to string, p []byte, files ...*os.File) (int, error) {
	c.check()
	mustName(to)
	return c.tryWriteMessage(p, files, to)
}

func mustName(to string) {
	if to == "" {
		panic("netio: a message to nobody: want a path, or an abstract name; WriteMessage sends to the peer of a connected socket")
	}
}
