package aio

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Split hands a stream out as two halves, one to read from and one to write to, for two tasks. What knows of
// halves itself, as netio.Conn does, splits so that each can be closed; these cannot, and the stream stays the caller's to close.
func Split(rw ReadWriter) (*ReadHalf, *WriteHalf) {
	notNil(rw != nil, "Split", "ReadWriter")
	s := &struct {
		r ReadHalf
		w WriteHalf
	}{}
	s.r.rw, s.w.rw = rw, rw
	s.r.other = &s.w
	return &s.r, &s.w
}

// ReadHalf is the half of a stream that is read from. See [Split].
type ReadHalf struct {
	rw    ReadWriter
	other *WriteHalf
}

// WriteHalf is the half of a stream that is written to. See [Split].
type WriteHalf struct{ rw ReadWriter }

// IsPairOf reports whether both are halves of one Split.
func (r *ReadHalf) IsPairOf(w *WriteHalf) bool { return r.stream() != nil && r.other == w }

// ErrNotPair is the error of [ReadHalf.Unsplit] for halves of different streams.
var ErrNotPair = errors.New("aio: Unsplit of halves that do not come from one Split")

// Unsplit makes one stream of its two halves, which must not be used any more. It fails with [ErrNotPair] for halves
// that do not belong together, and leaves them as they are.
func (r *ReadHalf) Unsplit(w *WriteHalf) (ReadWriter, error) {
	rw := r.stream()
	if !r.IsPairOf(w) {
		return nil, ErrNotPair
	}
	*r, *w = ReadHalf{}, WriteHalf{}
	return rw, nil
}

func (r *ReadHalf) stream() ReadWriter {
	mustBe(r != nil && r.rw != nil, "ReadHalf (or one after Unsplit)", "Split")
	return r.rw
}

func (w *WriteHalf) stream() ReadWriter {
	mustBe(w != nil && w.rw != nil, "WriteHalf (or one after Unsplit)", "Split")
	return w.rw
}

// PollRead implements Reader.
func (r *ReadHalf) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	return r.stream().PollRead(cx, p)
}

// ForgetRead implements ReadForgetter.
func (r *ReadHalf) ForgetRead() { forgetRead(r.stream()) }

// PollWrite implements Writer.
func (w *WriteHalf) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return w.stream().PollWrite(cx, p)
}

// PollFlush implements Flusher.
func (w *WriteHalf) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	return pollFlush(cx, w.stream())
}

// CloseWrite implements CloseWriter, if the stream does; else it does nothing.
func (w *WriteHalf) CloseWrite() error { return closeWrite(w.stream()) }

// ForgetWrite implements WriteForgetter.
func (w *WriteHalf) ForgetWrite() { forgetWrite(w.stream()) }

// Join makes a stream of two that have one direction each.
func Join(r Reader, w Writer) *Joined {
	notNil(r != nil, "Join", "Reader")
	notNil(w != nil, "Join", "Writer")
	return &Joined{readEnd{r}, writeEnd{w}}
}

// Joined is what [Join] returns: reading is its Reader's affair, and writing its Writer's.
type Joined struct {
	readEnd
	writeEnd
}

// Reader returns what is read from.
func (j *Joined) Reader() Reader { return j.r }

// Writer returns what is written to.
func (j *Joined) Writer() Writer { return j.w }

type readEnd struct{ r Reader }

// PollRead implements Reader.
func (e readEnd) PollRead(cx *waker.Context, p []byte) future.Poll[int] { return e.r.PollRead(cx, p) }

// ForgetRead implements ReadForgetter.
func (e readEnd) ForgetRead() { forgetRead(e.r) }

type writeEnd struct{ w Writer }

// PollWrite implements Writer.
func (e writeEnd) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	return e.w.PollWrite(cx, p)
}

// PollFlush implements Flusher.
func (e writeEnd) PollFlush(cx *waker.Context) future.Poll[future.Unit] { return pollFlush(cx, e.w) }

// CloseWrite implements CloseWriter, if its Writer does; else it does nothing.
func (e writeEnd) CloseWrite() error { return closeWrite(e.w) }

// ForgetWrite implements WriteForgetter.
func (e writeEnd) ForgetWrite() { forgetWrite(e.w) }
