package tlsio

import (
	"fmt"
	"io"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

const (
	// recordRoom is what is taken of a write at once: the plain text of a record of full length.
	recordRoom = 16 << 10
	// outRoom holds that, in the small records too that crypto/tls begins with: 14 of up to 53 bytes more each.
	outRoom = 18 << 10
	// outLimit is how much may wait to be sent before reading stops. A writer adds no more than outRoom: all else is answers
	// to a peer that asks for them and reads none.
	outLimit = 2 * outRoom
)

var outBuffers = sync.Pool{New: func() any { return new([outRoom]byte) }}

// output is records that are to be sent. It has a buffer while it has a record.
type output struct {
	b    []byte
	sent int
}

func (o *output) left() int { return len(o.b) - o.sent }

func (o *output) add(p []byte) {
	if o.b == nil {
		o.b = outBuffers.Get().(*[outRoom]byte)[:0]
	}
	o.b = append(o.b, p...)
}

func (o *output) took(n int) {
	if o.sent += n; o.sent == len(o.b) {
		o.release()
	}
}

// release gives the buffer back, with what is in it.
func (o *output) release() {
	if cap(o.b) == outRoom {
		outBuffers.Put((*[outRoom]byte)(o.b[:outRoom]))
	}
	*o = output{}
}

// flush hands to the stream what is to be sent, and reports whether all of that is done. If not, and there is no error, the stream will
// wake cx. through has the stream, if it is a Flusher, hand it on as well.
//
// An error of the stream is the last one of writing, but for a deadline, after which it goes on where it was.
func (c *Conn) flush(cx *waker.Context, as side, through bool) (done bool, err error) {
	for c.out.left() > 0 {
		p := c.out.b[c.out.sent:]
		a := c.stream.PollWrite(cx, p)
		if a.IsPending() {
			c.flushing[as] = true
			return false, nil
		}
		n, err := a.Result()
		checkCount(n, len(p), c.stream, "written")
		if n == 0 && err == nil {
			err = io.ErrShortWrite
		}
		c.out.took(n)
		c.unflushed = c.flusher != nil
		if err != nil {
			return c.flushed(as, c.sendFailed(err))
		}
	}
	if through && c.unflushed {
		a := c.flusher.PollFlush(cx)
		if a.IsPending() {
			c.flushing[as] = true
			return false, nil
		}
		if err := a.Err(); err != nil {
			return c.flushed(as, c.sendFailed(err))
		}
		c.unflushed = false
	}
	return c.flushed(as, nil)
}

// flushed tells the other side, if it waits for the same.
func (c *Conn) flushed(as side, err error) (bool, error) {
	c.flushing[as] = false
	if other := as.other(); c.flushing[other] {
		c.flushing[other] = false
		wake.Cell(&c.guard.cells[other], nil)
	}
	return err == nil, err
}

func (c *Conn) sendFailed(err error) error {
	if !late(err) {
		c.writeErr = err
		c.out.release()
	}
	return err
}

// flushAside is flush for the reader, who has other business: errors are kept for the writer, and a writer that waits for the stream
// keeps its place there.
func (c *Conn) flushAside(cx *waker.Context) {
	if !c.flushing[writing] {
		_, _ = c.flush(cx, reading, true)
	}
}

// flushNow is flush without anybody who could wait.
func (c *Conn) flushNow() {
	cx := waker.FromWaker(waker.Noop())
	c.flushAndGo(&cx, true)
}

// flushAndGo is flush for a writer who does not wait. What is not sent is sent by whoever comes next. An error is told to the next writer.
func (c *Conn) flushAndGo(cx *waker.Context, through bool) {
	_, _ = c.flush(cx, writing, through)
	if c.flushing[writing] {
		c.flushing[writing] = false
		c.returnPlace()
	}
}

// returnPlace has a reader who waits for the stream take its place there again. The stream keeps one waker only, and now has that of a
// writer who does not wait any more.
func (c *Conn) returnPlace() {
	if c.flushing[reading] {
		c.flushing[reading] = false
		wake.Cell(&c.guard.cells[reading], nil)
	}
}

// PollFlush is ready when all that was written has been handed to the stream, and by the stream to what is below it, if it is an
// aio.Flusher itself. It implements aio.Flusher. The writer's task calls it.
func (c *Conn) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	c.check()
	if !c.guard.enter(cx, writing) {
		return future.Pending[future.Unit]()
	}
	defer c.guard.leave(c)
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	err := c.usable()
	if err == nil {
		err = c.writeErr
	}
	if err != nil {
		return future.Failed[future.Unit](err)
	}
	done, err := c.flush(cx, writing, true)
	if !done && err == nil {
		return future.Pending[future.Unit]()
	}
	return future.Done(future.Unit{}, err)
}

func checkCount(n, limit int, of any, did string) {
	if n < 0 || n > limit {
		panic(fmt.Sprintf("tlsio: %T says that it has %s %d bytes of a buffer of %d", of, did, n, limit))
	}
}
