package fasthttphandler

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/waker"
)

// call is a handler that runs on a goroutine, or whose answer is a stream. Steps follow each other, but reading and sending are repeated.
type call struct {
	w    *web.Response
	pool *future.BlockingPool
	step step
	op   future.BlockingOp[*exchange] // if running
	e    *exchange                    // after that
	err  error                        // of the handler that did not have to run

	src   io.Reader
	left  int64 // bytes of it that are sent at most; negative: all
	buf   []byte
	read  future.BlockingOp[piece]
	flush web.FlushOp
	last  error // of the read before; io.EOF: it was the last
}

type step uint8

const (
	running   step = iota
	answering      // the handler has returned
	reading        // a piece of the stream, on a goroutine
	sending
	over
)

// piece is what a read of a stream has come to.
type piece struct {
	n   int
	err error
}

// pieceSize is how much of a stream is read at once.
const pieceSize = 8 << 10

// Poll implements future.Future.
func (c *call) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		switch c.step {
		case running:
			p := c.op.Poll(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			c.e, c.err = p.Result()
			c.step = answering
		case answering:
			if c.err != nil {
				return c.end(c.err)
			}
			streams, err := c.e.answer(c.w)
			if !streams && err == nil {
				c.e = nil // answer has let go of it
			}
			if !streams || !c.begin() {
				return c.end(err)
			}
		case reading:
			p := c.read.Poll(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			got, err := p.Result()
			if err != nil {
				return c.end(err)
			}
			c.last = got.err
			if c.left >= 0 {
				c.left -= int64(got.n)
			}
			if got.err != nil || c.left == 0 {
				c.e = nil // its stream is closed
			}
			_, _ = c.w.Write(c.buf[:got.n])
			c.flush, c.step = c.w.Flush(), sending
		case sending:
			p := c.flush.Poll(cx)
			switch {
			case p.IsPending():
				return future.Pending[future.Unit]()
			case p.Err() != nil:
				return c.end(p.Err())
			case c.last == io.EOF || c.left == 0:
				return c.end(nil)
			case c.last != nil:
				return c.end(c.last)
			}
			c.next()
		case over:
			panic("fasthttphandler: Poll of a call that is over")
		}
	}
}

// begin has the stream be read, and reports whether it is to be.
func (c *call) begin() bool {
	resp := c.e.answers()
	c.src, c.left = resp.BodyStream(), int64(resp.Header.ContentLength())
	if c.left == 0 || c.e.ctx.IsHead() {
		return false
	}
	c.buf = make([]byte, pieceSize)
	c.next()
	return true
}

// next reads a piece. After the last one the stream is closed, by the same goroutine, so that it is before the answer ends.
func (c *call) next() {
	src, buf, left, e := c.src, c.buf, c.left, c.e
	if left >= 0 {
		buf = buf[:min(int64(len(buf)), left)]
	}
	c.read = future.BlockingOn(c.pool, func() (piece, error) {
		n, err := src.Read(buf)
		if err != nil || int64(n) == left {
			e.closeStream()
		}
		return piece{n, err}, nil
	})
	c.step = reading
}

func (c *call) end(err error) future.Poll[future.Unit] {
	c.step = over
	if e := c.e; e != nil {
		c.e = nil
		e.Drop()
	}
	if err != nil {
		return future.Failed[future.Unit](err)
	}
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper. A handler that runs goes on, and what it answers is dropped by the operation.
func (c *call) Drop() {
	switch c.step {
	case running:
		c.op.Drop()
	case reading:
		c.read.Drop()
	}
	c.step = over
	if e := c.e; e != nil {
		c.e = nil
		e.Drop() // a read may be under way that only this ends
	}
}
