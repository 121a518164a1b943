package netio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// How a file is sent.
//
// On Linux sendfile moves a slice at a time, on the thread that polls, from the page cache to the socket. That waits
// if the pages are not in memory yet, and no worker may wait for a disk: so each slice is asked for before
// (preadv2 with RWF_NOWAIT, of its first and last byte), and what is not there is read by a call on DiskPool, which does
// nothing else: it brings pages into memory and moves nothing, so a Drop has nothing to undo. Where the file system
// does not tell, everything is read so, a megabyte at a time, unless it lives in memory.
//
// Rejected: sendfile itself on the pool (it would go on sending after a Drop), and trusting that what is served often is in
// memory (one cold file would hold up every connection of the worker).
//
// Everywhere else, for files that sendfile does not take, and for writers that are no Conn (TLS), a call on the pool
// reads a piece into a buffer, which is written from there.
const (
	sendSlice = 256 << 10 // some 50 µs of a worker
	loadPiece = 1 << 20   // hides what a call on the pool costs, some 20 µs
	copyPiece = 128 << 10
)

// DiskPool is what a [SendFileOp] waits for disks on; nothing else uses it. Its Limit and Queue may be set before the first one: with a
// Queue, one that finds it full fails with future.ErrPoolFull.
var DiskPool = &future.BlockingPool{Limit: 64}

// SendFileOp is a part of a file being sent, made by [Conn.SendFile] and [SendFile]. See [future.Op].
type SendFileOp struct {
	c     *Conn
	w     aio.Writer // if c is nil
	f     *os.File
	off   int64
	left  int64 // negative: to the end
	n     int64
	state opState
	copy  bool // by a buffer
	turn  turn
	known int64 // up to where the file is known to be in memory
	load  *load // under way, or read and not written yet
}

// SendFile returns an operation that sends n bytes of a regular file, from byte off on, and comes to their number; all
// there are up to its end if n is negative. If the file is shorter it fails with io.ErrUnexpectedEOF after what there
// was. f must stay open until the operation is ready or dropped; its own offset is neither used nor moved.
//
// On Linux the bytes go from the page cache to the socket without a copy. The polling thread never waits for the disk: what is
// not in memory is brought there on [DiskPool]. It allocates nothing if the file is in memory. A deadline that passes,
// or a Close, while the disk reads is seen when that is done.
//
// A Drop in the middle gives up what is not sent yet: [SendFileOp.Sent] tells how much was.
func (c *Conn) SendFile(f *os.File, off, n int64) SendFileOp {
	c.check()
	return sendFile(c, nil, f, off, n)
}

// SendFile is [Conn.SendFile] for any writer, such as a connection under TLS: the file is read on [DiskPool], by 128 KB, and written from
// there. It allocates once for each of these. If w is a *Conn it is what its method does. A Drop loses nothing but what is
// neither read nor written.
func SendFile(w aio.Writer, f *os.File, off, n int64) SendFileOp {
	if w == nil {
		panic("netio: SendFile to a nil Writer")
	}
	if c, ok := w.(*Conn); ok {
		return c.SendFile(f, off, n)
	}
	return sendFile(nil, w, f, off, n)
}

func sendFile(c *Conn, w aio.Writer, f *os.File, off, n int64) SendFileOp {
	if f == nil || off < 0 {
		panic(fmt.Sprintf("netio: SendFile of %v from byte %d on: want an open file, and 0 or more", f, off))
	}
	return SendFileOp{c: c, w: w, f: f, off: off, left: n, state: opNew, copy: c == nil || !canSendFile}
}

// Sent returns how many bytes have been sent so far, also after a Drop.
func (o *SendFileOp) Sent() int64 {
	mustBe(o != nil, "SendFileOp")
	return o.n
}

// Poll implements future.Future.
func (o *SendFileOp) Poll(cx *waker.Context) future.Poll[int64] {
	mustBe(o != nil, "SendFileOp")
	o.state.check("SendFileOp")
	if o.left == 0 && !cx.Spend() { // nothing is asked of the socket
		return future.Pending[int64]()
	}
	for o.left != 0 {
		n, err := o.step(cx)
		if err == errPending {
			if o.c != nil {
				o.c.keepTurn(reactor.Write, &o.turn, false)
			}
			o.state.note(false)
			return future.Pending[int64]()
		}
		o.n += n
		o.off += n
		if o.left > 0 {
			o.left -= n
		}
		if err == io.EOF && o.left < 0 {
			break
		}
		if err != nil {
			return o.end(o.explain(err))
		}
	}
	return o.end(nil)
}

func (o *SendFileOp) end(err error) future.Poll[int64] {
	if o.c != nil {
		o.c.keepTurn(reactor.Write, &o.turn, true)
	}
	n := o.n
	*o = SendFileOp{n: n}
	return future.Done(n, err)
}

// explain says what the end of the file, and a closed one, are to who sends it.
func (o *SendFileOp) explain(err error) error {
	switch {
	case err == io.EOF:
		return &fs.PathError{Op: "sendfile", Path: o.f.Name(), Err: fmt.Errorf("it ends %d bytes early: %w", o.left, io.ErrUnexpectedEOF)}
	case errors.Is(err, errBadFile):
		return &fs.PathError{Op: "sendfile", Path: o.f.Name(), Err: fs.ErrClosed}
	}
	return err
}

// errBadFile is what a step comes to if the file is closed.
var errBadFile = errors.New("netio: the file is closed")

// step sends some bytes: those that are in the buffer, or those in memory, or it loads more.
func (o *SendFileOp) step(cx *waker.Context) (int64, error) {
	if o.load != nil {
		if err := o.load.wait(cx); err != nil {
			return 0, err
		}
		if o.copy && len(o.load.data) > 0 {
			return o.write(cx)
		}
		err := o.load.err
		o.known = o.load.end()
		o.load.free()
		o.load = nil
		if o.copy || err != nil {
			return 0, err
		}
	}
	want := int64(sendSlice)
	if o.left > 0 {
		want = min(want, o.left)
	}
	if o.off < o.known {
		want = min(want, o.known-o.off)
	}
	if !o.copy && (o.off < o.known || o.inMemory(want)) {
		n, err := o.c.pollSendFile(cx, o.f, o.off, int(want), &o.turn)
		if err != errNoSendFile {
			return int64(n), err
		}
		o.copy = true
	}
	o.load = newLoad(o.f, o.off, o.left, o.copy)
	return 0, nil
}

// write writes of what a load has read.
func (o *SendFileOp) write(cx *waker.Context) (int64, error) {
	var p future.Poll[int]
	if o.c != nil {
		p = o.c.pollWrite(cx, o.load.data, &o.turn)
	} else {
		p = o.w.PollWrite(cx, o.load.data)
	}
	if p.IsPending() {
		return 0, errPending
	}
	n, err := p.Result()
	o.load.data = o.load.data[n:]
	if n == 0 && err == nil {
		err = io.ErrShortWrite
	}
	return int64(n), err
}

// Drop implements future.Dropper.
func (o *SendFileOp) Drop() {
	mustBe(o != nil, "SendFileOp")
	if o.turn != 0 {
		o.c.giveUp(reactor.Write, &o.turn)
	} else if w, ok := o.w.(aio.WriteForgetter); ok && o.state == opWaiting {
		w.ForgetWrite()
	}
	if o.load != nil {
		o.load.call.Drop()
	}
	*o = SendFileOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o SendFileOp) Await(co *future.Co) (int64, error) { return future.AwaitOp(co, o) }

// load is a call on the pool that reads a piece of a file: only to have it in memory, or into a buffer that is to be
// written. An abandoned one keeps what it has.
type load struct {
	call future.BlockingOp[int]
	over bool
	off  int64
	size int
	buf  *[copyPiece]byte
	data []byte // read and not written yet
	err  error  // after data
}

var copyBuffers = sync.Pool{New: func() any { return new([copyPiece]byte) }}

// newLoad begins to read at off, at most left bytes unless that is negative.
func newLoad(f *os.File, off, left int64, keep bool) *load {
	size := int64(loadPiece)
	if keep {
		size = copyPiece
	}
	if left > 0 {
		size = min(size, left)
	}
	l := &load{off: off, size: int(size), buf: copyBuffers.Get().(*[copyPiece]byte)}
	buf := l.buf
	l.call = future.BlockingOn(DiskPool, func() (int, error) { return readAt(f, off, int(size), buf[:]) })
	return l
}

// readAt reads size bytes from off on, through a buffer that has the last ones in the end.
func readAt(f *os.File, off int64, size int, buf []byte) (n int, err error) {
	for n < size && err == nil {
		var m int
		m, err = f.ReadAt(buf[:min(size-n, len(buf))], off+int64(n))
		n += m
	}
	if err == io.EOF && n > 0 {
		err = nil // the next one finds it
	}
	return n, err
}

// wait is over when the call is.
func (l *load) wait(cx *waker.Context) error {
	if l.over {
		return nil
	}
	p := l.call.Poll(cx)
	if p.IsPending() {
		return errPending
	}
	n, err := p.Result()
	l.over, l.err = true, err
	l.size = n
	l.data = l.buf[:min(n, copyPiece)]
	return nil
}

func (l *load) end() int64 { return l.off + int64(l.size) }

func (l *load) free() { copyBuffers.Put(l.buf) }
