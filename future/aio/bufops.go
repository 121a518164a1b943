package aio

import (
	"bytes"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Read is the function [Read].
func (b *BufReader) Read(p []byte) ReadOp {
	b.check()
	return ReadOp{r: b, p: p}
}

// Fill returns an operation that is ready when something is buffered, and comes to that: at once if something is
// already. It fails with io.EOF at the end. Nothing is consumed: see [BufReader.Consume].
func (b *BufReader) Fill() PeekOp { return b.Peek(1) }

// Peek returns an operation that is ready when n bytes are buffered, and comes to all that are, at least n. If the end comes
// before, it fails with io.EOF, and what there is stands beside it. Nothing is consumed. The buffer grows
// to n bytes if it is smaller. It panics for less than 0.
func (b *BufReader) Peek(n int) PeekOp {
	b.check()
	if n < 0 {
		panic(fmt.Sprintf("aio: Peek of %d bytes; pass 0 or more", n))
	}
	return PeekOp{b: b, n: n}
}

// PeekOp is what [BufReader.Peek] and [BufReader.Fill] return.
type PeekOp struct {
	b *BufReader
	n int
}

// Poll implements future.Future.
func (o *PeekOp) Poll(cx *waker.Context) future.Poll[[]byte] {
	live(o != nil && o.b != nil, "a PeekOp", "BufReader.Peek or Fill")
	b := o.b
	if len(b.Buffered()) >= o.n {
		if !cx.Spend() {
			return future.Pending[[]byte]()
		}
		*o = PeekOp{}
		return future.Ready(b.Buffered())
	}
	for {
		a := b.PollFill(cx, max(o.n, len(b.buf)))
		if a.IsPending() {
			return a
		}
		if p, err := a.Result(); err != nil || len(p) >= o.n {
			*o = PeekOp{}
			return a
		}
	}
}

// Drop implements future.Dropper.
func (o *PeekOp) Drop() {
	if o.b != nil {
		o.b.ForgetRead()
	}
	*o = PeekOp{}
}

// Await waits for it, see [future.Await].
func (o PeekOp) Await(co *future.Co) ([]byte, error) { return future.AwaitOp(co, o) }

// Byte returns an operation that reads one byte; io.EOF at the end.
func (b *BufReader) Byte() ByteOp {
	b.check()
	return ByteOp{b.Peek(1)}
}

// ByteOp is what [BufReader.Byte] returns.
type ByteOp struct{ peek PeekOp }

// Poll implements future.Future.
func (o *ByteOp) Poll(cx *waker.Context) future.Poll[byte] {
	live(o != nil && o.peek.b != nil, "a ByteOp", "BufReader.Byte")
	b := o.peek.b
	a := o.peek.Poll(cx)
	if a.IsPending() {
		return future.Pending[byte]()
	}
	p, err := a.Result()
	if err != nil {
		return future.Failed[byte](err)
	}
	c := p[0]
	b.Consume(1)
	return future.Ready(c)
}

// Drop implements future.Dropper.
func (o *ByteOp) Drop() { o.peek.Drop() }

// Await waits for it, see [future.Await].
func (o ByteOp) Await(co *future.Co) (byte, error) { return future.AwaitOp(co, o) }

// ReadUntil returns an operation that reads up to delim, and comes to that with delim at its end: good until the next call.
// If the end comes before, what there is stands beside io.EOF, and is consumed. If limit bytes hold no delim, it
// fails with [ErrTooLong], and they stay in the buffer: a peer that sends no delim costs no more than that. It panics for
// a limit of less than 1.
func (b *BufReader) ReadUntil(delim byte, limit int) ReadUntilOp {
	b.check()
	checkLimit("ReadUntil", limit)
	return ReadUntilOp{b: b, delim: delim, limit: limit}
}

// ReadLine returns an operation that reads a line, and comes to it without the \n, or \r\n, at its end: good until
// the next call. The last one need not have an end; io.EOF comes after it. If limit bytes, the end
// among them, are no whole line, it fails with [ErrTooLong], and they stay in the buffer. It panics for a limit
// of less than 1.
func (b *BufReader) ReadLine(limit int) ReadUntilOp {
	b.check()
	checkLimit("ReadLine", limit)
	return ReadUntilOp{b: b, delim: '\n', limit: limit, line: true}
}

func checkLimit(who string, limit int) {
	if limit < 1 {
		panic(fmt.Sprintf("aio: %s with a limit of %d bytes; pass 1 or more", who, limit))
	}
}

// ReadUntilOp is what [BufReader.ReadUntil] and [BufReader.ReadLine] return.
type ReadUntilOp struct {
	b     *BufReader
	delim byte
	line  bool
	limit int
	seen  int // so many buffered bytes are not delim
}

// Poll implements future.Future.
func (o *ReadUntilOp) Poll(cx *waker.Context) future.Poll[[]byte] {
	live(o != nil && o.b != nil, "a ReadUntilOp", "BufReader.ReadUntil or ReadLine")
	filled := false
	for p := o.b.Buffered(); ; {
		if i := bytes.IndexByte(p[o.seen:min(len(p), o.limit)], o.delim); i >= 0 {
			if !filled && !cx.Spend() {
				return future.Pending[[]byte]()
			}
			return o.end(p[:o.seen+i+1], nil)
		}
		o.seen = min(len(p), o.limit)
		a := o.b.PollFill(cx, o.limit)
		if a.IsPending() {
			return a
		}
		filled = true
		var err error
		if p, err = a.Result(); err != nil {
			return o.end(p, err)
		}
	}
}

// end consumes what was read, and returns it.
func (o *ReadUntilOp) end(p []byte, err error) future.Poll[[]byte] {
	b, line := o.b, o.line
	*o = ReadUntilOp{}
	if err != nil && err != io.EOF {
		return future.Failed[[]byte](err)
	}
	b.Consume(len(p))
	if !line {
		return future.Done(p, err)
	}
	if err != nil && len(p) == 0 {
		return future.Failed[[]byte](err)
	}
	return future.Ready(trimLine(p))
}

// trimLine takes the end off a line.
func trimLine(p []byte) []byte {
	if n := len(p); n > 0 && p[n-1] == '\n' {
		p = p[:n-1]
		if n := len(p); n > 0 && p[n-1] == '\r' {
			p = p[:n-1]
		}
	}
	return p
}

// Drop implements future.Dropper.
func (o *ReadUntilOp) Drop() {
	if o.b != nil {
		o.b.ForgetRead()
	}
	*o = ReadUntilOp{}
}

// Await waits for it, see [future.Await].
func (o ReadUntilOp) Await(co *future.Co) ([]byte, error) { return future.AwaitOp(co, o) }
