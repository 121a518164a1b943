package aio

import (
	"bytes"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/waker"
)

// ToSink returns a Writer that sends a copy of what each write has to s, which may keep it, as a channel does. A write takes all of
// its bytes or none, and allocates the copy. A flush flushes s, and CloseWrite with the flush after it, as the function [CloseWrite]
// does, closes it. It takes s over: Drop drops it.
func ToSink(s sink.Sink[[]byte]) *SinkWriter {
	notNil(s != nil, "ToSink", "Sink")
	return &SinkWriter{s: s, copies: true}
}

// LendToSink is [ToSink] without the copy: for a sink that does not keep what it is put, such as codec.FramedWrite. It allocates nothing.
func LendToSink(s sink.Sink[[]byte]) *SinkWriter {
	notNil(s != nil, "LendToSink", "Sink")
	return &SinkWriter{s: s}
}

// SinkWriter is what [ToSink] and [LendToSink] return.
type SinkWriter struct {
	s      sink.Sink[[]byte]
	copies bool
	closed bool
}

func (w *SinkWriter) check() {
	mustBe(w != nil && w.s != nil, "SinkWriter", "ToSink")
}

// PollWrite implements Writer. After CloseWrite it fails with io.ErrClosedPipe.
func (w *SinkWriter) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	w.check()
	if w.closed || len(p) == 0 {
		if !cx.Spend() {
			return future.Pending[int]()
		}
		if w.closed {
			return future.Failed[int](io.ErrClosedPipe)
		}
		return future.Ready(0)
	}
	a := w.s.PollReady(cx)
	if a.IsPending() {
		return future.Pending[int]()
	}
	err := a.Err()
	if err == nil {
		piece := p
		if w.copies {
			piece = bytes.Clone(p)
		}
		err = w.s.Put(piece)
	}
	if err != nil {
		return future.Failed[int](err)
	}
	return future.Ready(len(p))
}

// PollFlush implements Flusher: it flushes the sink, and closes it after CloseWrite.
func (w *SinkWriter) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	w.check()
	if w.closed {
		return w.s.PollClose(cx)
	}
	return w.s.PollFlush(cx)
}

// CloseWrite implements CloseWriter: the next flush closes the sink.
func (w *SinkWriter) CloseWrite() error {
	w.check()
	w.closed = true
	return nil
}

// ForgetWrite implements WriteForgetter.
func (w *SinkWriter) ForgetWrite() {
	w.check()
	sink.StopSending(w.s)
}

// Drop implements future.Dropper: it drops the sink.
func (w *SinkWriter) Drop() {
	w.check()
	w.closed = true
	defer future.Drop(w.s)
	sink.StopSending(w.s)
}
