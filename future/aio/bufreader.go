package aio

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// defaultBuffer is the size of a buffer for which none was given, as that of package bufio.
const defaultBuffer = 4096

// BufReader reads from another Reader by the buffer, for who wants bytes, lines, or to look before he
// reads. It is for one task at a time, as its Reader is. Once it was made its Reader must not be
// read from directly.
//
// Operations consume what they return when they are ready, and nothing before: a Drop loses nothing.
// The bytes that Peek, ReadUntil and ReadLine return are in the buffer: they are good until the next call to
// the BufReader.
type BufReader struct {
	r        Reader
	buf      []byte
	from, to int // what is buffered
	err      error
}

// NewBufReader returns a BufReader of r with a buffer of so many bytes; 4,096 for 0. It panics for less. The
// buffer grows when a line is longer, up to the limit of the line.
func NewBufReader(r Reader, size int) *BufReader {
	notNil(r != nil, "NewBufReader", "Reader")
	return &BufReader{r: r, buf: newBuffer(size, "NewBufReader")}
}

// newBuffer makes a buffer of so many bytes.
func newBuffer(size int, who string) []byte {
	if size < 0 {
		panic(fmt.Sprintf("aio: %s with a size of %d; pass 1 or more, or 0 for %d", who, size, defaultBuffer))
	}
	if size == 0 {
		size = defaultBuffer
	}
	return make([]byte, size)
}

// Reader returns what is read from. What is buffered is not in it any more.
func (b *BufReader) Reader() Reader {
	b.check()
	return b.r
}

func (b *BufReader) check() { mustBe(b != nil && b.r != nil, "BufReader", "NewBufReader") }

// Buffered returns the bytes that are in the buffer, good until the next call.
func (b *BufReader) Buffered() []byte {
	b.check()
	return b.buf[b.from:b.to]
}

// Consume takes n bytes off what is buffered. It panics if there are fewer.
func (b *BufReader) Consume(n int) {
	if have := len(b.Buffered()); n < 0 || n > have {
		panic(fmt.Sprintf("aio: Consume of %d bytes where %d are buffered", n, have))
	}
	b.from += n
	if b.from == b.to {
		b.from, b.to = 0, 0
	}
}

// PollFill reads once, behind what is buffered, and returns what is then buffered: good until the next
// call, and more than before unless the buffer is full, for which it grows to limit bytes at most. It returns
// io.EOF at the end, and [ErrTooLong] if limit bytes are buffered, which stay there.
func (b *BufReader) PollFill(cx *waker.Context, limit int) future.Poll[[]byte] {
	b.check()
	if b.err != nil && b.to-b.from < limit {
		if !cx.Spend() {
			return future.Pending[[]byte]()
		}
		err := b.err
		b.err = nil
		return future.Done(b.Buffered(), err)
	}
	if !b.makeRoom(limit) {
		return future.Done(b.Buffered(), ErrTooLong)
	}
	a := pollRead(cx, b.r, b.buf[b.to:])
	if a.IsPending() {
		return future.Pending[[]byte]()
	}
	n, err := a.Result()
	b.to += n
	if n > 0 {
		b.err, err = err, nil
	}
	return future.Done(b.Buffered(), err)
}

// makeRoom makes room for a byte, unless limit bytes are buffered.
func (b *BufReader) makeRoom(limit int) bool {
	have := b.to - b.from
	switch {
	case have >= limit:
		return false
	case b.to < len(b.buf):
		return true
	case have < len(b.buf):
		copy(b.buf, b.buf[b.from:b.to])
	default:
		grown := make([]byte, min(2*len(b.buf), limit))
		copy(grown, b.buf)
		b.buf = grown
	}
	b.from, b.to = 0, have
	return true
}

// PollRead implements Reader. It reads into p directly if nothing is buffered and p is no smaller than the buffer.
func (b *BufReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	b.check()
	if len(p) > 0 && b.from == b.to {
		if len(p) >= len(b.buf) && b.err == nil {
			return pollRead(cx, b.r, p)
		}
		if a := b.PollFill(cx, len(b.buf)); a.IsPending() {
			return future.Pending[int]()
		} else if err := a.Err(); err != nil {
			return future.Failed[int](err)
		}
	} else if !cx.Spend() {
		return future.Pending[int]()
	}
	n := copy(p, b.Buffered())
	b.Consume(n)
	return future.Ready(n)
}

// ForgetRead implements ReadForgetter.
func (b *BufReader) ForgetRead() {
	b.check()
	forgetRead(b.r)
}
