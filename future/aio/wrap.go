package aio

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Take returns a Reader that ends after n bytes of r, or where r ends. It reads no more than n from r, and at the end
// nothing. It panics for less than 0.
func Take(r Reader, n int64) *Taking {
	notNil(r != nil, "Take", "Reader")
	if n < 0 {
		panic(fmt.Sprintf("aio: Take of %d bytes; pass 0 or more", n))
	}
	return &Taking{readEnd: readEnd{r}, left: n}
}

// Taking is what [Take] and [Limit] return.
type Taking struct {
	readEnd
	left  int64
	limit bool
	probe [1]byte // what is read to see whether there is more
}

// Limit returns a Reader that reads what r has, and fails with [ErrTooLong] if that is more than n bytes: what
// Take would pass off as the end. It panics for less than 0.
func Limit(r Reader, n int64) *Taking {
	notNil(r != nil, "Limit", "Reader")
	if n < 0 {
		panic(fmt.Sprintf("aio: Limit of %d bytes; pass 0 or more", n))
	}
	return &Taking{readEnd: readEnd{r}, left: n, limit: true}
}

// Left returns how many bytes may still be read.
func (t *Taking) Left() int64 { return t.left }

// PollRead implements Reader.
func (t *Taking) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	mustBe(t != nil && t.r != nil, "Taking", "Take and Limit")
	if t.left == 0 && len(p) > 0 {
		return t.over(cx)
	}
	if int64(len(p)) > t.left {
		p = p[:t.left]
	}
	a := pollRead(cx, t.r, p)
	n, _ := a.Result()
	t.left -= int64(n)
	return a
}

// over is a read after the last byte that was allowed.
func (t *Taking) over(cx *waker.Context) future.Poll[int] {
	if t.limit {
		a := pollRead(cx, t.r, t.probe[:])
		if n, _ := a.Result(); n > 0 {
			return future.Failed[int](ErrTooLong)
		}
		return a
	}
	return eof(cx)
}

// eof is the end, which is told as often as others are read.
func eof(cx *waker.Context) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	return future.Failed[int](io.EOF)
}

// Chain returns a Reader of all that each of rs has, one after the other.
func Chain(rs ...Reader) *Chained {
	for _, r := range rs {
		notNil(r != nil, "Chain", "Reader")
	}
	return &Chained{append([]Reader(nil), rs...)}
}

// Chained is what [Chain] returns.
type Chained struct{ rs []Reader }

// PollRead implements Reader.
func (c *Chained) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	for len(c.rs) > 0 {
		a := pollRead(cx, c.rs[0], p)
		n, err := a.Result()
		if err != io.EOF {
			return a
		}
		c.rs[0] = nil
		c.rs = c.rs[1:]
		if n > 0 {
			return future.Ready(n)
		}
	}
	if len(p) == 0 {
		return future.Ready(0)
	}
	return eof(cx)
}

// ForgetRead implements ReadForgetter.
func (c *Chained) ForgetRead() {
	if len(c.rs) > 0 {
		forgetRead(c.rs[0])
	}
}

// Inspect returns a Reader of r that calls f with what was read, at once and on the thread that polls. f must neither
// keep nor change it.
func Inspect(r Reader, f func(p []byte)) Reader {
	notNil(r != nil, "Inspect", "Reader")
	notNil(f != nil, "Inspect", "func")
	return &inspectReader{readEnd{r}, f}
}

type inspectReader struct {
	readEnd
	f func(p []byte)
}

func (i *inspectReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	a := pollRead(cx, i.r, p)
	if n, _ := a.Result(); n > 0 {
		i.f(p[:n])
	}
	return a
}

// InspectWriter returns a Writer to w that calls f with what w has taken, as [Inspect] does. It flushes and
// closes as w does.
func InspectWriter(w Writer, f func(p []byte)) Writer {
	notNil(w != nil, "InspectWriter", "Writer")
	notNil(f != nil, "InspectWriter", "func")
	return &inspectWriter{writeEnd{w}, f}
}

type inspectWriter struct {
	writeEnd
	f func(p []byte)
}

func (i *inspectWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	a := pollWrite(cx, i.w, p)
	if n, _ := a.Result(); n > 0 {
		i.f(p[:n])
	}
	return a
}

// PollWriteVectored implements VectoredWriter. If w does not, it takes the first of bufs that is not empty.
func (i *inspectWriter) PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int] {
	v, ok := i.w.(VectoredWriter)
	if !ok {
		for _, b := range bufs {
			if len(b) > 0 {
				return i.PollWrite(cx, b)
			}
		}
		return i.PollWrite(cx, nil)
	}
	a := v.PollWriteVectored(cx, bufs)
	n, _ := a.Result()
	for _, b := range bufs {
		if b = b[:min(len(b), n)]; len(b) > 0 {
			i.f(b)
		}
		n -= len(b)
	}
	return a
}
