package aio

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// firstRead is the room that reading to the end begins with, as that of io.ReadAll.
const firstRead = 512

// ReadAll returns an operation that reads to the end, and comes to all of it. It fails with [ErrTooLong]
// if there are more than limit bytes; what was read stands beside an error. A peer decides how much
// there is: math.MaxInt is a limit for one that is trusted. It panics for less than 0.
//
// It allocates what it returns, at most limit+1 bytes, growing by doubling. A Drop loses what it has
// read.
func ReadAll(r Reader, limit int) ReadAllOp { return AppendAll(nil, r, limit) }

// AppendAll is [ReadAll] that appends to dst, and comes to that. The limit is for what is appended. It does not
// allocate while there is room for what comes, and one byte more.
func AppendAll(dst []byte, r Reader, limit int) ReadAllOp {
	notNil(r != nil, "ReadAll", "Reader")
	if limit < 0 {
		panic(fmt.Sprintf("aio: ReadAll with a limit of %d; pass 0 or more, math.MaxInt for none", limit))
	}
	return ReadAllOp{r: r, buf: dst, from: len(dst), limit: limit}
}

// ReadAllOp is what [ReadAll] and [AppendAll] return.
type ReadAllOp struct {
	r     Reader
	buf   []byte
	from  int // what is appended begins here
	limit int
}

// Poll implements future.Future.
func (o *ReadAllOp) Poll(cx *waker.Context) future.Poll[[]byte] {
	live(o != nil && o.r != nil, "a ReadAllOp", "ReadAll or AppendAll")
	for {
		o.grow()
		room := o.buf[len(o.buf):cap(o.buf)]
		if left := o.limit - (len(o.buf) - o.from); left < len(room) {
			room = room[:left+1] // one more than there may be, to see whether there is
		}
		a := pollRead(cx, o.r, room)
		if a.IsPending() {
			return future.Pending[[]byte]()
		}
		n, err := a.Result()
		o.buf = o.buf[:len(o.buf)+n]
		if len(o.buf)-o.from > o.limit {
			o.buf, err = o.buf[:o.from+o.limit], ErrTooLong
		}
		if err == nil {
			continue
		}
		if err == io.EOF {
			err = nil
		}
		all := o.buf
		*o = ReadAllOp{}
		return future.Done(all, err)
	}
}

// grow makes room for one byte at least.
func (o *ReadAllOp) grow() {
	if len(o.buf) < cap(o.buf) {
		return
	}
	more := max(len(o.buf), firstRead)
	if left := o.limit - (len(o.buf) - o.from); left < more {
		more = left + 1
	}
	grown := make([]byte, len(o.buf), len(o.buf)+more)
	copy(grown, o.buf)
	o.buf = grown
}

// Drop implements future.Dropper.
func (o *ReadAllOp) Drop() {
	if o.r != nil {
		forgetRead(o.r)
	}
	*o = ReadAllOp{}
}

// Await waits for it, see [future.Await].
func (o ReadAllOp) Await(co *future.Co) ([]byte, error) { return future.AwaitOp(co, o) }
