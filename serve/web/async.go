package web

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// Async returns a handler that answers by the operation that f returns: most often that of an async function that asyncgen
// has compiled.
//
//	//magpie:async
//	func user(co *future.Co, w *web.Response, r *web.Request) error { ... }
//
//	mux.Handle("GET /users/{id}", web.Async(userAsync))
//
// It allocates the operation, once a request.
func Async[F future.Op[future.Unit]](f func(w *Response, r *Request) F) Handler {
	if f == nil {
		panic("web: Async of a nil function")
	}
	return func(w *Response, r *Request) { w.Await(future.Box[future.Unit](f(w, r))) }
}

// AsyncFunc returns a handler whose body may await, as a coroutine: for a function that is not compiled. The connection stays
// on its worker while it runs.
func AsyncFunc(f func(co *future.Co, w *Response, r *Request) error) Handler {
	if f == nil {
		panic("web: AsyncFunc of a nil function")
	}
	return func(w *Response, r *Request) {
		w.Await(future.Do(func(co *future.Co) error { return f(co, w, r) }))
	}
}

// Stream makes the content what src has, sent as it comes and no faster than the client reads: n bytes, or until
// io.EOF, in chunks, if n is negative. The handler returns after it. src is polled in the connection's
// task; if it has a Drop or a Close it is ended with the answer.
func (w *Response) Stream(src aio.Reader, n int64) {
	if src == nil {
		panic("web: Stream of a nil Reader")
	}
	if n >= 0 {
		w.SetLength(n)
	}
	w.copying = copying{w: w, src: src}
	w.Await(&w.copying)
}

// copying sends what a reader has.
type copying struct {
	w   *Response
	src aio.Reader
}

// Poll implements future.Future.
func (c *copying) Poll(cx *waker.Context) future.Poll[future.Unit] {
	w := c.w
	x := w.x
	if !w.streams {
		w.begin()
	}
	for {
		if len(x.out)-x.sent >= maxAnswers {
			pending, err := x.flush(cx)
			switch {
			case err != nil:
				c.Drop()
				return future.Failed[future.Unit](err)
			case pending:
				return future.Pending[future.Unit]()
			}
		}
		x.flushing = false
		if x.req.msg.IsHead() || w.over || w.hasLength && w.written >= w.length {
			break
		}
		buf := sched.Scratch(cx)
		if w.hasLength {
			buf = buf[:min(int64(len(buf)), w.length-w.written)]
		}
		a := c.src.PollRead(cx, buf)
		if a.IsPending() {
			return future.Pending[future.Unit]() // what is owed is sent meanwhile
		}
		n, err := a.Result()
		w.stream(buf[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			c.Drop()
			return future.Failed[future.Unit](err)
		}
	}
	c.Drop()
	return future.Ready(future.Unit{})
}

// Drop implements future.Dropper.
func (c *copying) Drop() {
	if src := c.src; src != nil {
		c.src = nil
		future.Discard(src)
	}
}
