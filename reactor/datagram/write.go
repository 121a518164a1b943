package datagram

import (
	"io"
	"net/netip"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/codec"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/waker"
)

// FramedWrite is a sink (see package future/sink) of frames and their addresses: a [codec.Encoder] makes a datagram of each. It borrows the
// Writer, and closes nothing. It is for one task at a time.
//
// It holds one datagram, which is sent by the flush, or before the next one is taken. Of one whose sending fails nothing is left, and the sink goes on. An
// error of the Encoder is that frame's. In steady state it allocates nothing.
type FramedWrite[T any] struct {
	w    Writer
	enc  codec.Encoder[T]
	buf  []byte
	to   netip.AddrPort
	full bool // a datagram is in buf, which may have no bytes
}

// NewFramedWrite returns a sink of frames that enc makes datagrams of, for w.
func NewFramedWrite[T any](w Writer, enc codec.Encoder[T]) *FramedWrite[T] {
	notNil(w != nil, "NewFramedWrite", "Writer")
	notNil(enc != nil, "NewFramedWrite", "Encoder")
	return &FramedWrite[T]{w: w, enc: enc}
}

func (f *FramedWrite[T]) check() {
	mustBe(f != nil && f.w != nil, "FramedWrite")
}

// Send returns an operation that sends a frame to an address, or, if that is not valid, to the peer of a connected socket. See [sink.Send].
func (f *FramedWrite[T]) Send(frame T, to netip.AddrPort) sink.SendOp[Message[T]] {
	f.check()
	return sink.Send(f, Message[T]{frame, to})
}

// PollReady is ready when the datagram before has been sent. Its error is that of this one.
func (f *FramedWrite[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	return f.PollFlush(cx)
}

// Put takes a message, which is the caller's again when it returns. It fails with the Encoder's error. It panics while the one before
// has not been sent.
func (f *FramedWrite[T]) Put(m Message[T]) error {
	f.check()
	if f.full {
		panic("datagram: Put into a FramedWrite that has no room: PollReady must be ready before each Put")
	}
	buf, err := f.enc.Encode(f.buf[:0], m.Frame)
	if err == nil {
		f.buf, f.to, f.full = buf, m.Addr, true
	}
	return err
}

// PollFlush sends what was put.
func (f *FramedWrite[T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	f.check()
	if !f.full {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
		return future.Ready(future.Unit{})
	}
	p := f.w.PollWriteTo(cx, f.buf, f.to)
	if p.IsPending() {
		return future.Pending[future.Unit]()
	}
	f.full = false
	n, err := p.Result()
	if err == nil && n != len(f.buf) {
		err = io.ErrShortWrite
	}
	return future.Done(future.Unit{}, err)
}

// PollClose is PollFlush: nobody can be told that no more datagrams come.
func (f *FramedWrite[T]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	return f.PollFlush(cx)
}

// StopSending implements sink.Pauser. What was put is sent by the next flush.
func (f *FramedWrite[T]) StopSending() {
	f.check()
	if w, ok := f.w.(aio.WriteForgetter); ok {
		w.ForgetWrite()
	}
}

// Conn is both directions of a socket, as a netio.PacketConn.
type Conn interface {
	Reader
	Writer
}

// Framed is frames in both directions of a socket. One task may read while another one sends: each has its half.
type Framed[In, Out any] struct {
	*FramedRead[In]
	*FramedWrite[Out]
}

// NewFramed returns the frames of c, in both directions of conn.
func NewFramed[In, Out any](conn Conn, c codec.Codec[In, Out]) *Framed[In, Out] {
	notNil(conn != nil, "NewFramed", "Conn")
	notNil(c != nil, "NewFramed", "Codec")
	return &Framed[In, Out]{NewFramedRead[In](conn, c), NewFramedWrite[Out](conn, c)}
}

// Whole is the codec of datagrams as they are: each is one frame, also one without any bytes. Its zero value is ready to use.
type Whole struct{}

// Decode implements codec.Decoder. The frame is a part of src.
func (Whole) Decode(src []byte, end bool) ([]byte, int, error) { return src, len(src), nil }

// Encode implements codec.Encoder.
func (Whole) Encode(dst, frame []byte) ([]byte, error) { return append(dst, frame...), nil }

// notNil panics at construction for what is missing.
func notNil(present bool, who, what string) {
	if !present {
		panic("datagram: " + who + " with a nil " + what)
	}
}

// mustBe panics for a nil or zero value of a type that has to be made.
func mustBe(made bool, what string) {
	if !made {
		panic("datagram: a nil or zero " + what + ": New" + what + " makes them")
	}
}
