package aio

import (
	"errors"
	"fmt"
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Reader is where bytes come from.
type Reader interface {
	// PollRead reads what there is into p, and returns how many bytes that was: at least 1, unless
	// p is empty. It returns Pending while there is nothing, and io.EOF at the end. p is
	// not kept.
	PollRead(cx *waker.Context, p []byte) future.Poll[int]
}

// Writer is where bytes go.
type Writer interface {
	// PollWrite takes as much of p as there is room for, and returns how many bytes that was: at
	// least 1, unless p is empty. It returns Pending while there is no room. p is not kept.
	PollWrite(cx *waker.Context, p []byte) future.Poll[int]
}

// ReadWriter is a stream in both directions. One task may read while another one writes.
type ReadWriter interface {
	Reader
	Writer
}

// CloseWriter is a Writer that can be told that nothing more comes. Its peer then reads io.EOF after
// what was written. CloseWrite does not wait: of a Flusher the end too is sent for certain only by a flush
// after it, as the function [CloseWrite] does.
type CloseWriter interface {
	CloseWrite() error
}

// Conn is what a connection has, in memory too: two directions, the end of one of them, and the end of
// both. Close may be called at any time from any thread, and has what waits fail.
type Conn interface {
	ReadWriter
	CloseWriter
	io.Closer
}

// Flusher is a Writer that keeps what it has taken for a while.
type Flusher interface {
	// PollFlush is ready when all that was taken has been handed on.
	PollFlush(cx *waker.Context) future.Poll[future.Unit]
}

// VectoredWriter is a Writer that takes several buffers at once.
type VectoredWriter interface {
	// PollWriteVectored is PollWrite for the bytes of all of bufs in their order. It keeps neither bufs
	// nor what is in it, and changes nothing there.
	PollWriteVectored(cx *waker.Context, bufs [][]byte) future.Poll[int]
}

// ReadForgetter is a Reader that gives back the waker that the last poll has left, for a read that
// is given up: what it belongs to is then not kept alive by an idle stream. The task that reads calls it.
type ReadForgetter interface{ ForgetRead() }

// WriteForgetter is to writing what [ReadForgetter] is to reading.
type WriteForgetter interface{ ForgetWrite() }

// ErrTooLong is the error of what does not end within the limit that was given for it.
var ErrTooLong = errors.New("aio: longer than the limit")

// pollRead reads from r, and does not trust it.
func pollRead(cx *waker.Context, r Reader, p []byte) future.Poll[int] {
	a := r.PollRead(cx, p)
	if a.IsReady() {
		n, err := a.Result()
		checkCount(n, len(p), r, "read")
		if n == 0 && err == nil && len(p) > 0 {
			return future.Failed[int](io.ErrNoProgress)
		}
	}
	return a
}

// pollWrite writes to w, and does not trust it.
func pollWrite(cx *waker.Context, w Writer, p []byte) future.Poll[int] {
	a := w.PollWrite(cx, p)
	if a.IsReady() {
		n, err := a.Result()
		checkCount(n, len(p), w, "write")
		if n == 0 && err == nil && len(p) > 0 {
			return future.Failed[int](io.ErrShortWrite)
		}
	}
	return a
}

func checkCount(n, limit int, of any, did string) {
	if n < 0 || n > limit {
		panic(fmt.Sprintf("aio: %T says that it has %s %d bytes of a buffer of %d", of, did, n, limit))
	}
}

// pollFlush flushes what can be flushed.
func pollFlush(cx *waker.Context, w Writer) future.Poll[future.Unit] {
	if f, ok := w.(Flusher); ok {
		return f.PollFlush(cx)
	}
	if !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}

// closeWrite tells the peer that nothing more comes, where that can be told.
func closeWrite(w Writer) error {
	if c, ok := w.(CloseWriter); ok {
		return c.CloseWrite()
	}
	return nil
}

func forgetRead(r Reader) {
	if f, ok := r.(ReadForgetter); ok {
		f.ForgetRead()
	}
}

func forgetWrite(w Writer) {
	if f, ok := w.(WriteForgetter); ok {
		f.ForgetWrite()
	}
}

// notNil panics at construction for what is missing.
func notNil(present bool, who, what string) {
	if !present {
		panic("aio: " + who + " with a nil " + what)
	}
}

// mustBe panics for a nil or zero value of a type that has to be made.
func mustBe(made bool, what, maker string) {
	if !made {
		panic("aio: a nil or zero " + what + ": " + maker + " makes them")
	}
}

// live panics for an operation that has ended, or was never made.
func live(there bool, what, maker string) {
	if !there {
		panic("aio: " + what + " polled after Ready (or after Drop), or a nil or zero one: make another with " + maker)
	}
}
