package tlsio

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

// Read returns an operation that comes to the number of bytes read into p: at least 1, unless p is empty; io.EOF at the end. See [Conn.PollRead].
func (c *Conn) Read(p []byte) aio.ReadOp {
	c.check()
	return aio.Read(c, p)
}

// Write returns an operation that writes some of p, up to 16 KB, and is ready when the stream has taken that. Dropped, it may have written it
// already: see [WriteOp.Written].
func (c *Conn) Write(p []byte) WriteOp {
	c.check()
	return WriteOp{c: c, p: p}
}

// WriteAll returns an operation that writes p to its end, and is ready when the stream has taken all of it; the number of bytes
// written stands beside an error.
func (c *Conn) WriteAll(p []byte) WriteOp {
	c.check()
	return WriteOp{c: c, p: p, all: true}
}

// Flush returns an operation that is ready when the stream has taken all that was written. See [Conn.PollFlush].
func (c *Conn) Flush() aio.FlushOp {
	c.check()
	return aio.Flush(c)
}

// WriteOp is what [Conn.Write] and [Conn.WriteAll] return. See future.Op. While it waits its buffer must not be changed.
type WriteOp struct {
	c       *Conn
	p       []byte
	n       int
	all     bool
	flushes bool
}

// Written returns how many bytes have been taken so far, which are sent if the connection lives on; also after a Drop.
func (o *WriteOp) Written() int {
	if o == nil {
		return 0
	}
	return o.n
}

// Poll implements future.Future.
func (o *WriteOp) Poll(cx *waker.Context) future.Poll[int] {
	live(o != nil && o.c != nil, "a WriteOp", "Conn.Write or WriteAll")
	for !o.flushes {
		a := o.c.PollWrite(cx, o.p[o.n:])
		if a.IsPending() {
			return a
		}
		n, err := a.Result()
		o.n += n
		if err != nil {
			return o.end(err)
		}
		o.flushes = !o.all || o.n == len(o.p)
	}
	a := o.c.PollFlush(cx)
	if a.IsPending() {
		return future.Pending[int]()
	}
	return o.end(a.Err())
}

func (o *WriteOp) end(err error) future.Poll[int] {
	n := o.n
	*o = WriteOp{n: n}
	return future.Done(n, err)
}

// Drop implements future.Dropper.
func (o *WriteOp) Drop() {
	live(o != nil, "a WriteOp", "Conn.Write or WriteAll")
	if o.c != nil {
		o.c.ForgetWrite()
	}
	*o = WriteOp{n: o.n}
}

// Await waits for it, see future.Await.
func (o WriteOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// live panics for an operation that has ended, or was never made.
func live(there bool, what, maker string) {
	if !there {
		panic("tlsio: " + what + " polled after Ready (or after Drop), or a nil or zero one: make another with " + maker)
	}
}
