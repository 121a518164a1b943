package codec

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

// DefaultHighWater is the high-water mark of a FramedWrite: 8 KB.
const DefaultHighWater = 8 << 10

// FramedWrite is a sink of frames (see package future/sink): an [Encoder] makes bytes of them, which are gathered and written to a Writer. It borrows
// both, and closes the Writer by [FramedWrite.CloseWrite] and PollClose only. It is for one task at a time.
//
// Feed and Send take a frame as soon as less than the high-water mark is gathered, and else first write what the Writer takes. So no
// more is held than the mark and one frame. After an error of the Writer everything fails with that; an
// error of the Encoder is that frame's alone. In steady state it allocates nothing.
type FramedWrite[T any] struct {
	w    aio.Writer
	enc  Encoder[T]
	buf  []byte
	from int // of buf: what is before it was written
	mark int
	err  error
	told bool // the Writer, that nothing more comes
}

// NewFramedWrite returns a sink of frames that enc makes bytes of, for w.
func NewFramedWrite[T any](w aio.Writer, enc Encoder[T]) *FramedWrite[T] {
	notNil(w != nil, "NewFramedWrite", "Writer")
	notNil(enc != nil, "NewFramedWrite", "Encoder")
	return &FramedWrite[T]{w: w, enc: enc, mark: DefaultHighWater}
}

func (f *FramedWrite[T]) check() {
	mustBe(f != nil && f.w != nil, "FramedWrite", "NewFramedWrite")
}

// PollReady is ready when a frame may be put: if what is gathered has reached the high-water mark, it writes until it is less.
func (f *FramedWrite[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	f.check()
	if f.err == nil && f.Pending() >= f.mark {
		if a := f.drain(cx); a.IsReady() || f.Pending() >= f.mark {
			return a
		}
		return future.Ready(future.Unit{}) // the waker that was left does no harm
	}
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	return future.Done(future.Unit{}, f.err)
}

// Put gathers a frame, which must have been preceded by a PollReady that was ready; else more is gathered than there
// should be. It fails with the Encoder's error. v is the caller's again when it returns.
func (f *FramedWrite[T]) Put(v T) error {
	f.check()
	if f.err != nil {
		return f.err
	}
	if f.from > 0 && f.from >= f.Pending() { // what was written takes more room than what was not
		f.buf = append(f.buf[:0], f.buf[f.from:]...)
		f.from = 0
	}
	buf, err := f.enc.Encode(f.buf, v)
	if err == nil {
		f.buf = buf
	}
	return err
}

// drain writes what is gathered.
func (f *FramedWrite[T]) drain(cx *waker.Context) future.Poll[future.Unit] {
	for f.err == nil && f.from < len(f.buf) {
		write := aio.Write(f.w, f.buf[f.from:])
		a := write.Poll(cx)
		if a.IsPending() {
			return future.Pending[future.Unit]()
		}
		n, err := a.Result()
		f.from, f.err = f.from+n, err
	}
	if f.err == nil {
		f.buf, f.from = f.buf[:0], 0
	}
	return future.Done(future.Unit{}, f.err)
}

// PollFlush writes what is gathered, and flushes the Writer if it is an aio.Flusher.
func (f *FramedWrite[T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	f.check()
	a := f.drain(cx)
	if a.IsPending() || a.Err() != nil {
		return a
	}
	flush := aio.Flush(f.w)
	a = flush.Poll(cx)
	f.err = a.Err()
	return a
}

// PollClose flushes, and then tells the Writer's peer that nothing more comes, if it is an aio.CloseWriter.
func (f *FramedWrite[T]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	for {
		a := f.PollFlush(cx)
		c, ok := f.w.(aio.CloseWriter)
		if a.IsPending() || a.Err() != nil || f.told || !ok {
			return a
		}
		if err := c.CloseWrite(); err != nil {
			return future.Failed[future.Unit](err)
		}
		f.told = true // what says the end may be bytes too, as in TLS, and the peer waits for them
	}
}

// Pending returns how many bytes are gathered and not written.
func (f *FramedWrite[T]) Pending() int {
	f.check()
	return len(f.buf) - f.from
}

// SetHighWater has frames wait when so many bytes are gathered: with 0 each is written before the next one is taken. It panics for
// less.
func (f *FramedWrite[T]) SetHighWater(n int) {
	f.check()
	if n < 0 {
		panic(fmt.Sprintf("codec: SetHighWater to %d bytes; pass 0 or more", n))
	}
	f.mark = max(n, 1)
}

// Writer returns what is written to.
func (f *FramedWrite[T]) Writer() aio.Writer {
	f.check()
	return f.w
}

// Encoder returns what makes bytes of frames.
func (f *FramedWrite[T]) Encoder() Encoder[T] {
	f.check()
	return f.enc
}

// SetEncoder has another one make bytes of the frames from here on.
func (f *FramedWrite[T]) SetEncoder(enc Encoder[T]) {
	f.check()
	notNil(enc != nil, "SetEncoder", "Encoder")
	f.enc = enc
}

// StopSending ends a wait that is given up, see package future/sink.
func (f *FramedWrite[T]) StopSending() {
	f.check()
	if w, ok := f.w.(aio.WriteForgetter); ok {
		w.ForgetWrite()
	}
}
