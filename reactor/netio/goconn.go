package netio

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// GoConn is a connection as a net.Conn for ordinary goroutines, as those of package net are: any number of them may call its
// methods at once, reads take turns and so do writes, a deadline or Close ends those that wait. It is for
// libraries that start goroutines of their own which use the connection, where a [Stream] would panic.
//
// Its reads and writes block. They belong on goroutines: on a worker of a runtime one that would have to wait fails
// with [future.ErrOnWorker] instead. A goroutine that waits is woken by the reactor that all who poll
// without one share. In steady state reads and writes allocate nothing.
type GoConn struct {
	c           *Conn
	read, write goWait
	readOp      ReadOp     // of who has the turn to read; here it needs no allocation
	writeOp     WriteAllOp // of who has the turn to write
}

var _ net.Conn = (*GoConn)(nil)

// NewGoConn returns c as a net.Conn for goroutines, which takes it over: c is read and written by it alone.
func NewGoConn(c *Conn) *GoConn {
	c.check()
	g := &GoConn{c: c}
	g.read.init()
	g.write.init()
	return g
}

// Conn returns the connection, for its options.
func (g *GoConn) Conn() *Conn {
	if g == nil || g.c == nil {
		panic(zeroGoConn)
	}
	return g.c
}

// Read reads what there is into p, at least a byte unless p is empty, and blocks while there is nothing. See [Conn.PollRead].
func (g *GoConn) Read(p []byte) (int, error) {
	c := g.Conn()
	if !g.read.enter() {
		return 0, c.fail("read", errOnWorker)
	}
	defer g.read.leave()
	g.readOp = c.Read(p)
	n, err, ended := g.read.do(&g.readOp)
	if !ended {
		return 0, c.fail("read", errOnWorker)
	}
	return n, err
}

// Write writes all of p, and blocks while the peer is slower. With an error it returns how much of p was written.
func (g *GoConn) Write(p []byte) (int, error) {
	c := g.Conn()
	if !g.write.enter() {
		return 0, c.fail("write", errOnWorker)
	}
	defer g.write.leave()
	g.writeOp = c.WriteAll(p)
	n, err, ended := g.write.do(&g.writeOp)
	if !ended {
		return g.writeOp.Written(), c.fail("write", errOnWorker)
	}
	return n, err
}

// Close closes the connection. What waits fails with net.ErrClosed. See [Conn.Close].
func (g *GoConn) Close() error { return g.Conn().Close() }

// CloseWrite ends the sending side. See [Conn.CloseWrite].
func (g *GoConn) CloseWrite() error { return g.Conn().CloseWrite() }

// LocalAddr returns the address of this end.
func (g *GoConn) LocalAddr() net.Addr { return g.Conn().LocalAddr() }

// RemoteAddr returns the address of the peer.
func (g *GoConn) RemoteAddr() net.Addr { return g.Conn().RemoteAddr() }

// SetDeadline sets both deadlines, also for what waits already. See [Conn.SetDeadline].
func (g *GoConn) SetDeadline(t time.Time) error { return g.Conn().SetDeadline(t) }

// SetReadDeadline sets the deadline of reading.
func (g *GoConn) SetReadDeadline(t time.Time) error { return g.Conn().SetReadDeadline(t) }

// SetWriteDeadline sets the deadline of writing.
func (g *GoConn) SetWriteDeadline(t time.Time) error { return g.Conn().SetWriteDeadline(t) }

// goWait is one direction: whose turn it is, and how its goroutine sleeps.
type goWait struct {
	turn  sync.Mutex
	token chan struct{} // has one if the goroutine is to poll again
	cx    waker.Context
}

func (w *goWait) init() {
	w.token = make(chan struct{}, 1)
	w.cx = waker.FromWaker(waker.FromFunc(func() {
		select {
		case w.token <- struct{}{}:
		default:
		}
	}))
}

// enter waits for the turn. It reports false where that would block a worker.
func (w *goWait) enter() bool {
	if w.turn.TryLock() {
		return true
	}
	if thread.Current() != nil {
		return false
	}
	w.turn.Lock()
	return true
}

func (w *goWait) leave() { w.turn.Unlock() }

// goOp is an operation of a connection.
type goOp interface {
	Poll(cx *waker.Context) future.Poll[int]
	Drop()
}

// do polls an operation until it has ended, and sleeps in between. It reports ended false, and has dropped the operation, where that
// would block a worker.
func (w *goWait) do(op goOp) (n int, err error, ended bool) {
	for checked := false; ; checked = true {
		if a := op.Poll(&w.cx); a.IsReady() {
			n, err = a.Result()
			return n, err, true
		}
		if !checked && thread.Current() != nil {
			op.Drop()
			return 0, nil, false
		}
		<-w.token
	}
}

var errOnWorker = fmt.Errorf("a GoConn blocks, use a Stream or the Conn: %w", future.ErrOnWorker)

// GoListener is a listener as a net.Listener for ordinary goroutines, such as those of an http.Server: what it accepts are
// GoConns.
type GoListener struct{ l *Listener }

var _ net.Listener = (*GoListener)(nil)

// NewGoListener returns l as a net.Listener for goroutines.
func NewGoListener(l *Listener) *GoListener {
	l.check()
	return &GoListener{l}
}

// Accept blocks until there is a connection, which is a *GoConn. Any number of goroutines may call it at once.
func (g *GoListener) Accept() (net.Conn, error) {
	c, err := future.BlockOn(future.Box[*Conn](g.Listener().Accept()))
	if err != nil {
		return nil, err
	}
	return NewGoConn(c), nil
}

// Close closes the listener. What waits in Accept fails with net.ErrClosed.
func (g *GoListener) Close() error { return g.Listener().Close() }

// Addr returns where it listens.
func (g *GoListener) Addr() net.Addr { return g.Listener().Addr() }

// Listener returns the listener under it.
func (g *GoListener) Listener() *Listener {
	if g == nil || g.l == nil {
		panic(zeroGoConn)
	}
	return g.l
}

// GoDial connects as [Dial] does, from an ordinary goroutine, which it blocks until then or until ctx is done. With it as the DialContext
// of an http.Transport, or of a client of a database, those run on this reactor.
func GoDial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := future.BlockOn(future.WithContext(ctx, future.Box[*Conn](Dial(network, addr))))
	if err != nil {
		return nil, err
	}
	return NewGoConn(c), nil
}
