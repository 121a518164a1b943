package aio

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Read returns an operation that reads what there is into p, and comes to the number of bytes: at
// least 1, unless p is empty; io.EOF at the end. A Drop loses nothing.
func Read(r Reader, p []byte) ReadOp {
	notNil(r != nil, "Read", "Reader")
	return ReadOp{r: r, p: p}
}

// ReadOp is what [Read] returns.
type ReadOp struct {
	r Reader
	p []byte
}

// Poll implements future.Future.
func (o *ReadOp) Poll(cx *waker.Context) future.Poll[int] {
	live(o != nil && o.r != nil, "a ReadOp", "Read")
	a := pollRead(cx, o.r, o.p)
	if a.IsReady() {
		*o = ReadOp{}
	}
	return a
}

// Drop implements future.Dropper.
func (o *ReadOp) Drop() {
	if o.r != nil {
		forgetRead(o.r)
	}
	*o = ReadOp{}
}

// Await waits for it, see [future.Await].
func (o ReadOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }

// ReadFull returns an operation that fills p, and comes to len(p). Like io.ReadFull it fails with io.EOF if
// there is nothing at all, and with io.ErrUnexpectedEOF if there is less; the number of bytes
// read stands beside an error. If it is dropped, what it has read is in p: see [ReadFullOp.Filled].
func ReadFull(r Reader, p []byte) ReadFullOp {
	notNil(r != nil, "ReadFull", "Reader")
	return ReadFullOp{r: r, p: p, least: len(p)}
}

// ReadAtLeast is [ReadFull] for as much as there is, but for at least so many bytes. It panics if p has less
// room.
func ReadAtLeast(r Reader, p []byte, least int) ReadFullOp {
	notNil(r != nil, "ReadAtLeast", "Reader")
	if least < 0 || least > len(p) {
		panic(fmt.Sprintf("aio: ReadAtLeast of %d bytes into a buffer of %d; pass from 0 to the length of the buffer", least, len(p)))
	}
	return ReadFullOp{r: r, p: p, least: least}
}

// ReadFullOp is what [ReadFull] and [ReadAtLeast] return.
type ReadFullOp struct {
	r     Reader
	p     []byte
	least int
	n     int
}

// Filled returns how many bytes have been read so far; also after a Drop.
func (o *ReadFullOp) Filled() int { return o.n }

// Poll implements future.Future.
func (o *ReadFullOp) Poll(cx *waker.Context) future.Poll[int] {
	live(o != nil && o.r != nil, "a ReadFullOp", "ReadFull or ReadAtLeast")
	if o.least == 0 { // nothing is asked of r, which would wait
		if !cx.Spend() {
			return future.Pending[int]()
		}
		return o.end(nil)
	}
	for {
		a := pollRead(cx, o.r, o.p[o.n:])
		if a.IsPending() {
			return a
		}
		n, err := a.Result()
		o.n += n
		switch {
		case o.n >= o.least:
			return o.end(nil)
		case err == io.EOF && o.n > 0:
			return o.end(io.ErrUnexpectedEOF)
		case err != nil:
			return o.end(err)
		}
	}
}

func (o *ReadFullOp) end(err error) future.Poll[int] {
	n := o.n
	*o = ReadFullOp{n: n}
	return future.Done(n, err)
}

// Drop implements future.Dropper.
func (o *ReadFullOp) Drop() {
	if o.r != nil {
		forgetRead(o.r)
	}
	*o = ReadFullOp{n: o.n}
}

// Await waits for it, see [future.Await].
func (o ReadFullOp) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }
