package aio

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// FromStream returns a Reader of the bytes that a stream comes to, piece by piece. What is left of a piece is kept for the
// next read, and the piece is not touched after that: pieces that are good until the next poll of the stream
// only, as frames are, will do. Where the stream ends there is io.EOF, and the stream is not polled any
// more; an error of the stream is one of the read, and the next read goes on. It takes the stream over: Drop drops it.
func FromStream(s future.Stream[[]byte]) *StreamReader {
	notNil(s != nil, "FromStream", "Stream")
	return &StreamReader{s: s}
}

// StreamReader is what [FromStream] returns.
type StreamReader struct {
	s     future.Stream[[]byte]
	piece []byte // what is left of it
	ended bool
}

// PollRead implements Reader.
func (r *StreamReader) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	mustBe(r != nil && r.s != nil, "StreamReader", "FromStream")
	spent := false
	for len(r.piece) == 0 && !r.ended && len(p) > 0 {
		a := r.s.PollNext(cx)
		if a.IsPending() {
			return future.Pending[int]()
		}
		piece, err := a.Result()
		if err != nil && err != future.ErrEnd {
			return future.Failed[int](err)
		}
		r.piece, r.ended, spent = piece, err != nil, true
	}
	if !spent && !cx.Spend() {
		return future.Pending[int]()
	}
	if len(r.piece) == 0 && len(p) > 0 {
		return future.Failed[int](io.EOF)
	}
	n := copy(p, r.piece)
	if r.piece = r.piece[n:]; len(r.piece) == 0 {
		r.piece = nil
	}
	return future.Ready(n)
}

// ForgetRead implements ReadForgetter.
func (r *StreamReader) ForgetRead() {
	mustBe(r != nil && r.s != nil, "StreamReader", "FromStream")
	future.StopWaiting(r.s)
}

// Drop implements future.Dropper: it drops the stream.
func (r *StreamReader) Drop() {
	mustBe(r != nil && r.s != nil, "StreamReader", "FromStream")
	r.piece, r.ended = nil, true
	future.Drop(r.s)
}

// Pieces returns a stream of what is read from r into buf, as it comes: each piece is a part of buf, good until the next poll. An
// error of r ends it, as the end does, after it was told. It borrows r.
func Pieces(r Reader, buf []byte) *PieceStream {
	notNil(r != nil, "Pieces", "Reader")
	if len(buf) == 0 {
		panic("aio: Pieces with a buffer of no length; pass one for a byte or more")
	}
	return &PieceStream{r: r, buf: buf}
}

// PieceStream is what [Pieces] returns.
type PieceStream struct {
	r    Reader
	buf  []byte
	over bool
}

// PollNext implements future.Stream.
func (s *PieceStream) PollNext(cx *waker.Context) future.Poll[[]byte] {
	mustBe(s != nil && s.r != nil, "PieceStream", "Pieces")
	if s.over {
		if !cx.Spend() {
			return future.Pending[[]byte]()
		}
		return future.Failed[[]byte](future.ErrEnd)
	}
	a := pollRead(cx, s.r, s.buf)
	if a.IsPending() {
		return future.Pending[[]byte]()
	}
	n, err := a.Result()
	if err == nil {
		return future.Ready(s.buf[:n])
	}
	if s.over = true; err == io.EOF {
		err = future.ErrEnd
	}
	return future.Failed[[]byte](err)
}

// StopWaiting implements future.Pauser.
func (s *PieceStream) StopWaiting() {
	mustBe(s != nil && s.r != nil, "PieceStream", "Pieces")
	forgetRead(s.r)
}

// Drop implements future.Dropper: it ends the stream.
func (s *PieceStream) Drop() {
	s.StopWaiting()
	s.over = true
}
