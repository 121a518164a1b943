package aio

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// blockingSize is how much a blocking call reads or writes at most.
const blockingSize = 8 << 10

// BlockingReader is an io.Reader that may block as a [Reader]: it is read on a goroutine of a
// pool, by up to 8 KB, from where the bytes are copied. A read that is given up goes on there, and what it brings is for
// the next one. After Drop nothing more is read, and what a read that is under way brings is lost: a Reader that is to be
// unblocked is closed by its owner.
type BlockingReader struct {
	r        io.Reader
	pool     *future.BlockingPool
	buf      []byte
	from, to int
	err      error // to be told when the buffer is empty
	call     future.BlockingOp[int]
	under    bool // call is under way
	dropped  bool
}

// NewBlockingReader returns a BlockingReader on a pool; nil for the one that future.Blocking uses.
func NewBlockingReader(r io.Reader, pool *future.BlockingPool) *BlockingReader {
	notNil(r != nil, "NewBlockingReader", "io.Reader")
	return &BlockingReader{r: r, pool: pool}
}

// PollRead implements Reader. Each call on the pool allocates once.
func (b *BlockingReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	mustBe(b != nil && b.r != nil, "BlockingReader", "NewBlockingReader")
	spent := false
	if b.from == b.to && b.err == nil && len(p) > 0 {
		if b.dropped {
			return future.Failed[int](io.ErrClosedPipe)
		}
		a := b.fill(cx)
		if a.IsPending() {
			return a
		}
		spent = true
	}
	if !spent && !cx.Spend() {
		return future.Pending[int]()
	}
	if b.from < b.to || len(p) == 0 {
		n := copy(p, b.buf[b.from:b.to])
		b.from += n
		return future.Ready(n)
	}
	err := b.err
	b.err = nil
	return future.Failed[int](err)
}

// fill reads on the pool.
func (b *BlockingReader) fill(cx *waker.Context) future.Poll[int] {
	if !b.under {
		if b.buf == nil {
			b.buf = make([]byte, blockingSize)
		}
		r, buf := b.r, b.buf
		b.call, b.under = onPool(b.pool, func() (int, error) { return readSome(r, buf) }), true
	}
	a := b.call.Poll(cx)
	if a.IsReady() {
		b.under = false
		b.from = 0
		b.to, b.err = a.Result()
	}
	return a
}

// ForgetRead implements ReadForgetter. The call on the pool goes on, for the next read.
func (b *BlockingReader) ForgetRead() {
	mustBe(b != nil && b.r != nil, "BlockingReader", "NewBlockingReader")
	if b.under {
		quiet := waker.FromWaker(waker.Noop())
		b.fill(&quiet)
	}
}

func onPool(pool *future.BlockingPool, f func() (int, error)) future.BlockingOp[int] {
	if pool == nil {
		return future.Blocking(f)
	}
	return future.BlockingOn(pool, f)
}

// Drop implements future.Dropper.
func (b *BlockingReader) Drop() {
	if b.dropped = true; b.under {
		b.under = false
		b.call.Drop()
		b.buf = nil // that call may still write to it
	}
	b.from, b.to, b.err = 0, 0, nil
}

// BlockingWriter is an io.Writer that may block as a [Writer]: what it takes, up to 8 KB at a time, is written on a goroutine of a
// pool, and the next write waits for that. So an error is told by a later write, or by the flush, which
// waits until all is written. A Drop forgets what is under way, which is written all the same; after it everything fails.
type BlockingWriter struct {
	w     io.Writer
	pool  *future.BlockingPool
	buf   []byte
	err   error
	call  future.BlockingOp[int]
	under bool
}

// NewBlockingWriter returns a BlockingWriter on a pool; nil for the one that future.Blocking uses.
func NewBlockingWriter(w io.Writer, pool *future.BlockingPool) *BlockingWriter {
	notNil(w != nil, "NewBlockingWriter", "io.Writer")
	return &BlockingWriter{w: w, pool: pool}
}

// PollWrite implements Writer. Each call on the pool allocates once.
func (b *BlockingWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	switch a := b.PollFlush(cx); {
	case a.IsPending():
		return future.Pending[int]()
	case a.Err() != nil:
		return future.Failed[int](a.Err())
	case len(p) == 0:
		return future.Ready(0)
	}
	if b.buf == nil {
		b.buf = make([]byte, 0, blockingSize)
	}
	b.buf = append(b.buf[:0], p[:min(len(p), cap(b.buf))]...)
	w, buf := b.w, b.buf
	b.call, b.under = onPool(b.pool, func() (int, error) { return w.Write(buf) }), true
	b.call.Poll(cx) // hands it over: a first poll is never ready
	return future.Ready(len(buf))
}

// PollFlush implements Flusher.
func (b *BlockingWriter) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	mustBe(b != nil && b.w != nil, "BlockingWriter", "NewBlockingWriter")
	if !b.under {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
		return future.Done(future.Unit{}, b.err)
	}
	a := b.call.Poll(cx)
	if a.IsPending() {
		return future.Pending[future.Unit]()
	}
	b.under = false
	n, err := a.Result()
	if err == nil && n < len(b.buf) {
		err = io.ErrShortWrite
	}
	b.err = err
	return future.Done(future.Unit{}, err)
}

// ForgetWrite implements WriteForgetter. The call on the pool goes on.
func (b *BlockingWriter) ForgetWrite() {
	mustBe(b != nil && b.w != nil, "BlockingWriter", "NewBlockingWriter")
	if b.under {
		quiet := waker.FromWaker(waker.Noop())
		b.PollFlush(&quiet) // whose error stays
	}
}

// Drop implements future.Dropper.
func (b *BlockingWriter) Drop() {
	// The call is not dropped, for one that waits for its turn would not be made.
	if b.ForgetWrite(); b.under {
		b.under = false
		b.buf = nil // the call may still read it
	}
	b.err = io.ErrClosedPipe
}
