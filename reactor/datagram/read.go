package datagram

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// Reader is where datagrams come from, as a netio.PacketConn.
type Reader interface {
	PollReadFrom(cx *waker.Context, b []byte) future.Poll[netio.Packet]
}

// Writer is where datagrams go, as a netio.PacketConn.
type Writer interface {
	PollWriteTo(cx *waker.Context, b []byte, to netip.AddrPort) future.Poll[int]
}

// Message is a frame, and who sent it, or is to get it. An address that is not valid stands for the peer of a connected socket.
type Message[T any] struct {
	Frame T
	Addr  netip.AddrPort
}

// DefaultLimit is the limit of a datagram for which none was given: more than one of UDP has.
const DefaultLimit = 64 << 10

// FramedRead is a stream of the frames that a [codec.Decoder] finds in datagrams, with their senders. It borrows the Reader, and closes
// nothing. It is for one task at a time.
//
// Each datagram is decoded by itself. What is wrong with one is an error, beside which stands its sender, and the next one follows: an error
// of the decoder, which ends its datagram if no bytes were used up; an io.ErrUnexpectedEOF, if the last frame is not whole; a
// [codec.ErrTooLong], if the datagram is longer than the limit. So is an error of the Reader, but for a net.ErrClosed, after which the
// stream ends.
//
// Its buffer, as long as the limit, is made at the first read. After that it allocates nothing.
type FramedRead[T any] struct {
	r         Reader
	dec       codec.Decoder[T]
	buf       []byte
	from, end int  // what is left of a datagram
	to        int  // where the last of those that came as one ends
	segment   int  // how long each of them is but the last, if there are several
	cut       bool // the last one is
	untried   bool // there may be a frame
	over      bool
	addr      netip.AddrPort
	limit     int
}

// NewFramedRead returns a stream of the frames that dec finds in the datagrams of r.
func NewFramedRead[T any](r Reader, dec codec.Decoder[T]) *FramedRead[T] {
	notNil(r != nil, "NewFramedRead", "Reader")
	notNil(dec != nil, "NewFramedRead", "Decoder")
	return &FramedRead[T]{r: r, dec: dec, limit: DefaultLimit}
}

func (f *FramedRead[T]) check() {
	mustBe(f != nil && f.r != nil, "FramedRead")
}

// SetLimit has a datagram of more than n bytes fail: a buffer of so many bytes is made for the next one. It panics for less than 1.
func (f *FramedRead[T]) SetLimit(n int) {
	f.check()
	if n < 1 {
		panic(fmt.Sprintf("datagram: SetLimit to %d bytes; pass 1 or more", n))
	}
	f.limit = n
}

// PollNext implements future.Stream. The frame is good until the next call if it is a part of the buffer, as those of package codec are.
func (f *FramedRead[T]) PollNext(cx *waker.Context) future.Poll[Message[T]] {
	f.check()
	if f.over || f.untried {
		if !cx.Spend() {
			return future.Pending[Message[T]]()
		}
		if f.over {
			return future.Failed[Message[T]](future.ErrEnd)
		}
	}
	for {
		for f.untried {
			if m, err := f.decode(); err != codec.ErrMore {
				return future.Done(m, err)
			}
		}
		if len(f.buf) != f.limit {
			f.buf = make([]byte, f.limit)
		}
		p := f.r.PollReadFrom(cx, f.buf)
		if p.IsPending() {
			return future.Pending[Message[T]]()
		}
		got, err := p.Result()
		if err != nil {
			f.over = errors.Is(err, net.ErrClosed)
			return future.Failed[Message[T]](err)
		}
		f.addr, f.segment, f.cut = got.Addr, got.Segment, got.Truncated
		f.end, f.to = 0, got.N
		f.begin()
	}
}

// begin goes to the next datagram of those that have come as one.
func (f *FramedRead[T]) begin() {
	f.from, f.end = f.end, f.to
	if f.segment > 0 {
		f.end = min(f.from+f.segment, f.to)
	}
	f.untried = true
}

// leave ends the datagram.
func (f *FramedRead[T]) leave() {
	if f.untried = f.end < f.to; f.untried {
		f.begin()
	}
}

// decode returns the next frame of the datagram, or ErrMore if it has no more.
func (f *FramedRead[T]) decode() (m Message[T], err error) {
	m.Addr = f.addr
	if f.cut && f.end == f.to {
		f.leave()
		return m, fmt.Errorf("datagram: more than %d bytes: %w", f.limit, codec.ErrTooLong)
	}
	var n int
	m.Frame, n, err = f.dec.Decode(f.buf[f.from:f.end], true)
	if n < 0 || n > f.end-f.from {
		panic(fmt.Sprintf("datagram: %T says that it has used %d of %d bytes", f.dec, n, f.end-f.from))
	}
	f.from += n
	left := f.from < f.end
	if !left || err == codec.ErrMore || err != nil && n == 0 {
		f.leave()
	}
	if left && err == codec.ErrMore {
		err = io.ErrUnexpectedEOF
	}
	return m, err
}

// StopWaiting implements future.Pauser.
func (f *FramedRead[T]) StopWaiting() {
	f.check()
	if r, ok := f.r.(aio.ReadForgetter); ok {
		r.ForgetRead()
	}
}

// Drop implements future.Dropper: it ends the stream. The Reader is not closed.
func (f *FramedRead[T]) Drop() {
	f.StopWaiting()
	f.buf, f.over, f.untried = nil, true, false
}
