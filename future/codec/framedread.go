package codec

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

const (
	// readSize is the buffer that a FramedRead begins with; as tokio's.
	readSize = 8 << 10
	// DefaultLimit is the limit of a FramedRead's buffer: 16 MB, more than the longest frame of the codecs here needs.
	DefaultLimit = 16 << 20
)

// FramedRead is a stream of the frames that a [Decoder] finds in what is read. It borrows both, and
// closes nothing.
//
// It ends with future.ErrEnd where its Reader ends. If that is within a frame, there is an io.ErrUnexpectedEOF before
// it. After an error of the Reader it ends; after one of the Decoder it goes on if bytes were used up for it (see [Decoder]).
//
// Its buffer is made at the first read, and grows to what a frame needs, up to its limit. In steady state
// it allocates nothing.
type FramedRead[T any] struct {
	r        aio.Reader
	dec      Decoder[T]
	buf      []byte
	from, to int  // what was read and is not used up
	untried  bool // there may be a whole frame in that
	ended    bool // r has
	over     bool // the stream has
	limit    int
}

// NewFramedRead returns a stream of the frames that dec finds in r.
func NewFramedRead[T any](r aio.Reader, dec Decoder[T]) *FramedRead[T] {
	notNil(r != nil, "NewFramedRead", "Reader")
	notNil(dec != nil, "NewFramedRead", "Decoder")
	return &FramedRead[T]{r: r, dec: dec, limit: DefaultLimit}
}

func (f *FramedRead[T]) check() {
	mustBe(f != nil && f.r != nil, "FramedRead", "NewFramedRead")
}

// PollNext implements future.Stream. The frame is good until the next call if it is a part of the buffer, as those of this
// package's codecs are.
func (f *FramedRead[T]) PollNext(cx *waker.Context) future.Poll[T] {
	f.check()
	if f.over || f.untried {
		if !cx.Spend() {
			return future.Pending[T]()
		}
		if f.over {
			return future.Failed[T](future.ErrEnd)
		}
	}
	for {
		if f.untried {
			if frame, err := f.decode(); err != ErrMore {
				return future.Done(frame, err)
			}
		}
		if a := f.fill(cx); a.IsPending() {
			return future.Pending[T]()
		} else if err := a.Err(); err != nil {
			f.over = true
			return future.Failed[T](err)
		}
	}
}

// decode returns what the decoder makes of the buffer: ErrMore if that is no frame. At the end it is the end.
func (f *FramedRead[T]) decode() (T, error) {
	frame, n, err := f.dec.Decode(f.buf[f.from:f.to], f.ended)
	if n < 0 || n > f.to-f.from {
		panic(fmt.Sprintf("codec: %T says that it has used %d of %d bytes", f.dec, n, f.to-f.from))
	}
	f.from += n
	switch {
	case err == nil:
		return frame, nil
	case err != ErrMore:
		f.over = n == 0
		return frame, err
	}
	f.untried = false
	if !f.ended {
		return frame, ErrMore
	}
	if f.over = true; f.from < f.to {
		return frame, io.ErrUnexpectedEOF
	}
	return frame, future.ErrEnd
}

// fill reads once.
func (f *FramedRead[T]) fill(cx *waker.Context) future.Poll[int] {
	if !f.makeRoom() {
		return future.Failed[int](tooLong("a frame", uint64(f.to-f.from), f.limit))
	}
	read := aio.Read(f.r, f.buf[f.to:])
	a := read.Poll(cx)
	if a.IsPending() {
		return a
	}
	n, err := a.Result()
	f.to += n
	switch {
	case err == io.EOF:
		f.ended = true
	case err != nil:
		return future.Failed[int](err)
	}
	f.untried = true
	return future.Ready(n)
}

// makeRoom makes room for a byte, unless a frame has as many as the limit. It copies no more bytes than were used up, or doubles
// the buffer.
func (f *FramedRead[T]) makeRoom() bool {
	have, room := f.to-f.from, len(f.buf)-f.to
	switch {
	case have == 0:
		if f.buf == nil {
			f.buf = make([]byte, min(readSize, f.limit))
		}
	case have >= f.limit:
		return false
	case f.from >= have && room < len(f.buf)/2:
		copy(f.buf, f.buf[f.from:f.to])
	case room > 0:
		return true
	case len(f.buf) < f.limit:
		grown := make([]byte, min(2*len(f.buf), f.limit))
		copy(grown, f.buf[f.from:f.to])
		f.buf = grown
	default:
		copy(f.buf, f.buf[f.from:f.to])
	}
	f.from, f.to = 0, have
	return true
}

// SetLimit has the buffer never grow beyond n bytes: a frame that does not fit fails with [ErrTooLong], and the stream ends. It
// panics for less than 1.
func (f *FramedRead[T]) SetLimit(n int) {
	f.check()
	if n < 1 {
		panic(fmt.Sprintf("codec: SetLimit to %d bytes; pass 1 or more", n))
	}
	f.limit = n
}

// Buffered returns what was read and is not used up, good until the next call: what a protocol that is switched to begins with.
func (f *FramedRead[T]) Buffered() []byte {
	f.check()
	return f.buf[f.from:f.to]
}

// Restore puts a copy of p behind what is buffered, as if it had been read: what another FramedRead, or whoever read
// before, has left.
func (f *FramedRead[T]) Restore(p []byte) {
	f.check()
	if len(p) > 0 {
		f.buf = append(f.buf[f.from:f.to:f.to], p...)
		f.from, f.to, f.untried = 0, len(f.buf), true
		f.buf = f.buf[:cap(f.buf)]
	}
}

// Reader returns what is read from.
func (f *FramedRead[T]) Reader() aio.Reader {
	f.check()
	return f.r
}

// Decoder returns what finds the frames.
func (f *FramedRead[T]) Decoder() Decoder[T] {
	f.check()
	return f.dec
}

// SetDecoder has frames be found by another one from here on. To go on with frames of another type, make another
// FramedRead and [FramedRead.Restore] what is buffered.
func (f *FramedRead[T]) SetDecoder(dec Decoder[T]) {
	f.check()
	notNil(dec != nil, "SetDecoder", "Decoder")
	f.dec, f.untried = dec, f.from < f.to || f.ended
}

// StopWaiting implements future.Pauser.
func (f *FramedRead[T]) StopWaiting() {
	f.check()
	if r, ok := f.r.(aio.ReadForgetter); ok {
		r.ForgetRead()
	}
}

// Drop implements future.Dropper: it ends the stream, and forgets what is buffered. The Reader is not closed.
func (f *FramedRead[T]) Drop() {
	f.StopWaiting()
	f.buf, f.from, f.to, f.over = nil, 0, 0, true
}
