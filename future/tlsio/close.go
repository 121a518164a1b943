package tlsio

import (
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/wake"
)

// CloseWrite says the end: a close_notify, after which the peer reads io.EOF and nothing can be written; reading goes on. It does not end the
// stream's own direction. It waits for nothing: what the stream does not take at once is sent by the next PollRead or PollFlush. aio.CloseWrite(c)
// flushes first. It fails before the handshake is done and after Close, and does nothing the second time.
func (c *Conn) CloseWrite() error {
	c.check()
	if err := c.usable(); err != nil {
		return err
	}
	c.guard.ask(sayEnd, c)
	return nil
}

// Close ends the connection and closes the stream: what waits fails with net.ErrClosed. If no other thread is at the connection at this
// moment, and the stream has room, the peer is sent a close_notify first, with what was still in the buffer. It does not block, and any
// thread may call it. A second call does what the stream's does.
func (c *Conn) Close() error {
	c.check()
	at := c.guard.set(closed)
	if at&(established|closed|held) == established {
		c.guard.ask(sayEnd, c)
	}
	return c.stream.Close()
}

// Drop is Close, for who discards the connection.
func (c *Conn) Drop() { _ = c.Close() }

// ForgetRead implements aio.ReadForgetter.
func (c *Conn) ForgetRead() {
	c.check()
	wake.Forget(&c.guard.cells[reading])
	c.guard.ask(forgetRead, c)
}

// ForgetWrite implements aio.WriteForgetter. A reader that waits sends what was taken.
func (c *Conn) ForgetWrite() {
	c.check()
	wake.Forget(&c.guard.cells[writing])
	c.guard.ask(forgetWrite, c)
}

// do implements holder.
func (c *Conn) do(chores state) {
	if chores&forgetRead != 0 {
		if f, ok := c.stream.(aio.ReadForgetter); ok {
			f.ForgetRead()
		}
		if c.flushing[reading] {
			c.stopFlushing(reading)
		}
	}
	if chores&forgetWrite != 0 && c.flushing[writing] {
		c.stopFlushing(writing)
	}
	if chores&sayEnd != 0 && !c.said && c.writeErr == nil {
		c.said = true
		busy := c.out.left() > 0
		_ = c.tls.CloseWrite() // an alert is written, which cannot fail
		if !busy || c.guard.load()&closed != 0 {
			c.flushNow()
		}
	}
	if (c.out.left() > 0 || c.unflushed) && !c.flushing[writing] && !c.flushing[reading] {
		wake.Cell(&c.guard.cells[reading], nil)
	}
}

// stopFlushing has a side wait for the stream no more.
func (c *Conn) stopFlushing(s side) {
	c.flushing[s] = false
	if s == writing && c.flushing[reading] {
		c.returnPlace()
		return
	}
	if f, ok := c.stream.(aio.WriteForgetter); ok && !c.flushing[s.other()] {
		f.ForgetWrite()
	}
}
