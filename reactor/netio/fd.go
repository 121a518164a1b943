package netio

import (
	"errors"
	"os"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// FD is a descriptor of any kind that the system's poller can watch, such as an eventfd, inotify, a tun device, netlink, or
// a socket of a library written in C: what waits is here, and the calls are its user's. It is what AsyncFd is to tokio and syscall.RawConn to package
// os. For sockets and pipes there are [Conn], [PacketConn] and [PipeReader], which do more.
//
//	f, err := netio.NewFD(os.NewFile(uintptr(eventfd), "eventfd"))
//	...
//	_, err = f.Read(func(fd int) error {
//		_, err := unix.Read(fd, buf)
//		return err
//	}).Await(co)
//
// A call is made only while the descriptor is open, also if another thread closes the FD meanwhile, and is repeated after EINTR. It must not block, close the descriptor or
// change what it is. One task at a time waits in each direction; any thread may close it. What a call returns comes out as it is; other errors are *net.OpError of
// the network fd. The portable build has no FD.
type FD struct{ c Conn }

// NewFD makes an FD of an open file that is not regular and no folder, and takes f over: it is closed, and what stands for it from then on is
// the FD, also after an error. Of what others share with f it makes reading and writing non-blocking for all.
// That the poller cannot watch it is said by the first operation that waits.
func NewFD(f *os.File) (*FD, error) {
	if f == nil {
		return nil, errors.New("netio: NewFD of a nil *os.File: os.NewFile makes one of a descriptor")
	}
	d := new(FD)
	if err := adoptFD(&d.c, f); err != nil {
		return nil, err
	}
	return d, nil
}

func (f *FD) conn() *Conn {
	if f == nil || !f.c.there() {
		panic("netio: a nil or zero FD: NewFD makes them")
	}
	return &f.c
}

// FDOp is a call that waits until it would not block, made by [FD.Read] and [FD.Write]. See [future.Op].
type FDOp struct {
	c     *Conn
	call  func(fd int) error
	turn  turn
	dir   reactor.Direction
	state opState
}

// Read returns an operation that calls call as often as there may be something to read, until it returns something else than EAGAIN,
// and comes to that. It fails with net.ErrClosed, and with os.ErrDeadlineExceeded after the read deadline.
func (f *FD) Read(call func(fd int) error) FDOp { return f.op(reactor.Read, call, "Read") }

// Write is to writing what [FD.Read] is to reading.
func (f *FD) Write(call func(fd int) error) FDOp { return f.op(reactor.Write, call, "Write") }

func (f *FD) op(d reactor.Direction, call func(fd int) error, name string) FDOp {
	c := f.conn()
	f.mustCall(call, name)
	return FDOp{c: c, call: call, dir: d, state: opNew}
}

func (f *FD) mustCall(call func(fd int) error, name string) {
	if call == nil {
		panic("netio: FD." + name + " of a nil func: it takes the system call that is to be made")
	}
}

// Poll implements future.Future.
func (o *FDOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	mustBe(o != nil, "FDOp")
	o.state.check("FDOp")
	o.c.checkTurn(o.dir, &o.turn)
	r := o.c.pollCall(cx, o.dir, &o.turn, o.call)
	o.c.keepTurn(o.dir, &o.turn, r.IsReady())
	o.state.note(r.IsReady())
	return r
}

// Drop implements future.Dropper: it gives up the wait.
func (o *FDOp) Drop() {
	mustBe(o != nil, "FDOp")
	if o.turn != 0 {
		o.c.giveUp(o.dir, &o.turn)
	}
	*o = FDOp{}
}

// Await waits for it, see [future.Await].
func (o FDOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// PollRead calls call if there may be something to read, and returns Pending, with the waker of cx left to be woken, once it returns
// EAGAIN. See [Conn.PollRead].
func (f *FD) PollRead(cx *waker.Context, call func(fd int) error) future.Poll[future.Unit] {
	return f.poll(cx, reactor.Read, call, "PollRead")
}

// PollWrite is to writing what [FD.PollRead] is to reading.
func (f *FD) PollWrite(cx *waker.Context, call func(fd int) error) future.Poll[future.Unit] {
	return f.poll(cx, reactor.Write, call, "PollWrite")
}

func (f *FD) poll(cx *waker.Context, d reactor.Direction, call func(fd int) error, name string) future.Poll[future.Unit] {
	c := f.conn()
	f.mustCall(call, name)
	c.checkTurn(d, nil)
	return c.pollCall(cx, d, nil, call)
}

// Readable is [Conn.Readable]. A call by [FD.TryRead] that finds nothing to read is what it waits from.
func (f *FD) Readable() ReadyOp { return f.conn().Readable() }

// Writable is [Conn.Writable].
func (f *FD) Writable() ReadyOp { return f.conn().Writable() }

// TryRead calls call now, and returns what that returned; [ErrWouldBlock] for EAGAIN. It does not allocate.
func (f *FD) TryRead(call func(fd int) error) error { return f.try(reactor.Read, call, "TryRead") }

// TryWrite is to writing what [FD.TryRead] is to reading.
func (f *FD) TryWrite(call func(fd int) error) error { return f.try(reactor.Write, call, "TryWrite") }

func (f *FD) try(d reactor.Direction, call func(fd int) error, name string) error {
	c := f.conn()
	f.mustCall(call, name)
	return c.tryCall(d, call)
}

// SetDeadline is [Conn.SetDeadline].
func (f *FD) SetDeadline(t time.Time) error { return f.conn().SetDeadline(t) }

// SetReadDeadline is [Conn.SetReadDeadline].
func (f *FD) SetReadDeadline(t time.Time) error { return f.conn().SetReadDeadline(t) }

// SetWriteDeadline is [Conn.SetWriteDeadline].
func (f *FD) SetWriteDeadline(t time.Time) error { return f.conn().SetWriteDeadline(t) }

// Control is [Conn.Control].
func (f *FD) Control(call func(fd uintptr)) error { return f.conn().Control(call) }

// Close closes the descriptor, once no call is under way: what waits fails with net.ErrClosed. See [Conn.Close].
func (f *FD) Close() error { return f.conn().Close() }

// Release hands the descriptor over to package os: it returns a file that stands for it from then on, non-blocking as it is, and is the caller's
// to close, and closes f, also after an error. Nobody may be waiting on f.
func (f *FD) Release() (*os.File, error) { return f.conn().releaseFile() }
