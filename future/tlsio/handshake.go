package tlsio

import (
	"context"
	"crypto/tls"
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// ErrNoHandshake is the error of reading and writing before the handshake is done.
var ErrNoHandshake = errors.New("tlsio: read or write before the handshake is done: await Conn.Handshake first")

// ErrHandshakeDropped is the error of a connection whose handshake was given up in the middle. It can only be closed.
var ErrHandshakeDropped = errors.New("tlsio: the handshake was dropped before its end")

// Handshake returns the operation that makes the connection: it exchanges keys, shows and verifies certificates. It has to be
// ready, without an error, before anything is read or written; a second one after that is ready at once. What it fails
// with is crypto/tls's error or the stream's, and then nothing but Close is left to do; the alert that tells the peer has been sent.
//
// It computes for 0.1 to 1 ms, by the kind of key. Until it is ready it has a coroutine, and binds the task that polls it to its worker
// (see future.Async): a task of its own, that hands the connection on to another one, leaves that free to move. Callbacks of the
// configuration run on the coroutine, and must not block.
//
// Dropped in the middle, it leaves nothing behind but a connection that fails with [ErrHandshakeDropped].
func (c *Conn) Handshake() HandshakeOp {
	c.check()
	return HandshakeOp{c: c}
}

// HandshakeOp is what [Conn.Handshake] returns. See future.Op.
type HandshakeOp struct {
	c     *Conn
	run   future.AsyncOp[future.Unit]
	begun bool
}

// Poll implements future.Future.
func (o *HandshakeOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	live(o != nil && o.c != nil, "a HandshakeOp", "Conn.Handshake")
	c := o.c
	if !o.begun {
		if at := c.guard.load(); at&(established|broken|closed) != 0 {
			if !cx.Spend() {
				return future.Pending[future.Unit]()
			}
			*o = HandshakeOp{}
			return future.Done(future.Unit{}, c.usable())
		}
		if c.shaking {
			panic("tlsio: a handshake polled while another one of the same connection is under way: make one, and share its outcome")
		}
		c.shaking = true
		o.run, o.begun = future.Do(c.handshake), true
	}
	a := o.run.Poll(cx)
	if a.IsReady() {
		*o = HandshakeOp{}
	}
	return a
}

// Drop implements future.Dropper. See [Conn.Handshake].
func (o *HandshakeOp) Drop() {
	live(o != nil, "a HandshakeOp", "Conn.Handshake")
	c, run, begun := o.c, o.run, o.begun
	*o = HandshakeOp{}
	if begun {
		defer c.broke(ErrHandshakeDropped)
		run.Drop()
	}
}

// Await waits for it, see future.Await.
func (o HandshakeOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// handshake runs on the coroutine. What it reads and writes comes to exchangeOp.
func (c *Conn) handshake(co *future.Co) error {
	c.wire.co = co
	returned := false
	defer func() {
		c.wire.co = nil
		if !returned { // a callback has panicked, or we are dropped
			c.broke(ErrHandshakeDropped)
		}
	}()
	err := c.tls.HandshakeContext(context.Background())
	if err == nil && (c.client || c.tls.ConnectionState().Version < tls.VersionTLS13) {
		_, err = future.AwaitOp(co, exchangeOp{c: c}) // the peer needs it for the end of its handshake
	} else if _, sending := c.flush(co.Context(), writing, true); err == nil {
		// Tickets of a server, or an alert: nobody waits for a peer that may itself wait to be read. Reading sends the tickets.
		err = sending
	}
	returned = true
	if err != nil {
		c.out.release()
		c.broke(err)
		return err
	}
	c.flushing = [2]bool{}
	c.guard.set(established)
	return nil
}

// broke notes that there will be no connection, unless that was known.
func (c *Conn) broke(err error) {
	if c.failed == nil && c.guard.load()&established == 0 {
		c.failed = err
		c.guard.set(broken)
	}
}

// usable returns why the connection is not to be used, if it is not.
func (c *Conn) usable() error {
	switch at := c.guard.load(); {
	case at&closed != 0:
		return errClosed
	case at&established != 0:
		return nil
	case at&broken != 0:
		return c.failed
	}
	return ErrNoHandshake
}

// exchangeOp is a read of the handshake: it sends the flight that was written, in one, and then waits for the peer's. Without a buffer
// it is the last one, and only sends.
type exchangeOp struct {
	c *Conn
	p []byte
}

// Poll implements future.Future.
func (o *exchangeOp) Poll(cx *waker.Context) future.Poll[int] {
	c := o.c
	if done, err := c.flush(cx, writing, true); err != nil {
		return future.Failed[int](err)
	} else if !done {
		return future.Pending[int]()
	}
	if o.p == nil {
		return future.Ready(0)
	}
	return c.stream.PollRead(cx, o.p)
}

// Drop implements future.Dropper.
func (o *exchangeOp) Drop() {
	o.c.out.release()
	o.c.do(forgetRead | forgetWrite)
}

// Await waits for it, see future.Await.
func (o exchangeOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// ConnectionState returns what was agreed upon: version, cipher, protocol (ALPN), certificates of the peer. Before the handshake is done it
// is zero, but for HandshakeComplete, which is false then. It copies some 300 bytes under a mutex of crypto/tls, so it is to be asked
// once a connection and not at every read.
func (c *Conn) ConnectionState() tls.ConnectionState {
	c.check()
	if c.guard.load()&established == 0 {
		return tls.ConnectionState{}
	}
	return c.tls.ConnectionState()
}
