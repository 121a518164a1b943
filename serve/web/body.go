package web

import (
	"io"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
)

// Body is the content of a request as a stream, an [aio.Reader], for a handler that answers by a future. The first read
// tells a client that waits for it to go on ("100 Continue").
type Body exchange

var _ interface {
	aio.Reader
	aio.ReadForgetter
} = (*Body)(nil)

// chunkBuffer is what content in chunks is read into.
const chunkBuffer = 4 << 10

// Read returns an operation that reads into p: see [Body.PollRead].
func (b *Body) Read(p []byte) aio.ReadOp { return aio.Read(b, p) }

// PollRead reads content into p, at least a byte unless p is empty. It returns io.EOF at the end, and an
// [*http1.Error] if the client breaks the rules; a handler that fails with that, or wraps it, has it answered.
func (b *Body) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	x := (*exchange)(b)
	x.wantsBody = false
	if len(p) == 0 {
		return future.Ready(0)
	}
	for {
		n, err := x.takeBody(p)
		switch {
		case n > 0:
			return future.Ready(n)
		case err != nil:
			if err != io.EOF {
				x.closes, x.lingers = true, true
			}
			return future.Failed[int](err)
		}
		n, pending, err := x.readBody(cx, p)
		switch {
		case pending:
			x.wantsBody = true
			return future.Pending[int]()
		case err != nil:
			return future.Failed[int](err)
		case n > 0:
			return future.Ready(n)
		}
	}
}

// ForgetRead implements aio.ReadForgetter: nobody waits for content any more.
func (b *Body) ForgetRead() {
	x := (*exchange)(b)
	x.wantsBody = false
	x.c.ForgetRead()
}

// takeBody hands over what is there of the content. The error is io.EOF after the last of it.
func (x *exchange) takeBody(p []byte) (n int, err error) {
	if len(x.piece) == 0 {
		if err := x.understandBody(); err != nil {
			return 0, err
		}
	}
	n = copy(p, x.piece)
	x.piece = x.piece[n:]
	return n, nil
}

// understandBody looks for the next piece in what was read. The error is io.EOF after the last one.
func (x *exchange) understandBody() error {
	msg := &x.req.msg
	if !msg.HeadDone() || msg.Done() {
		return io.EOF
	}
	for {
		n, piece, err := x.feedBody(x.in[x.r:])
		x.r += n
		switch {
		case err != nil:
			return err
		case len(piece) > 0:
			x.piece = piece
			return nil
		case msg.Done():
			return io.EOF
		case n == 0:
			return nil
		}
	}
}

// feedBody has content understood. What is wrong with it is noted: it is the client's fault, as no other *http1.Error is that a handler comes to.
func (x *exchange) feedBody(p []byte) (n int, piece []byte, err error) {
	if n, piece, err = x.req.msg.FeedBody(p); err != nil {
		x.bad = err
	}
	return n, piece, err
}

// goOn tells a client that waits for it to send its content, unless the answer has begun: it would be read as a part of that.
func (x *exchange) goOn() {
	if x.awaits() && !x.told && !x.resp.streams {
		x.told = true
		x.out = append(x.out, "HTTP/1.1 100 Continue\r\n\r\n"...)
	}
}

// awaits reports whether the client waits for that. While the exchange is lent another goroutine may be reading content,
// which the request's state tells of.
func (x *exchange) awaits() bool {
	if x.lent {
		return x.expects
	}
	return x.req.msg.WantsContinue()
}

// readBody is receiveBody once the client knows all that it may wait for.
func (x *exchange) readBody(cx *waker.Context, p []byte) (n int, pending bool, err error) {
	x.goOn()
	if pending, err = x.write(cx); pending || err != nil {
		return 0, pending, err
	}
	return x.receiveBody(cx, p)
}

// receiveBody reads more: content of known length into p, n bytes of it, and what comes in chunks into in.
func (x *exchange) receiveBody(cx *waker.Context, p []byte) (n int, pending bool, err error) {
	msg := &x.req.msg
	if x.eof {
		return 0, false, io.ErrUnexpectedEOF
	}
	x.keep()
	left := msg.ContentLength() - msg.Content()
	counted := msg.ContentLength() >= 0
	buf := p
	if counted {
		buf = p[:min(int64(len(p)), left)]
	} else {
		rest := x.in[x.r:]
		if cap(x.own) < len(rest)+chunkBuffer {
			x.own = make([]byte, 0, len(rest)+chunkBuffer)
		}
		x.own = append(x.own[:0], rest...)
		x.in, x.r, x.at = x.own, 0, 0
		buf = x.own[len(rest):cap(x.own)]
	}
	a := x.c.PollRead(cx, buf)
	if a.IsPending() {
		return 0, true, nil
	}
	n, err = a.Result()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		x.eof = true
		return 0, false, err
	}
	x.c.progress()
	if counted {
		took, _, err := x.feedBody(buf[:n])
		return took, false, err
	}
	x.own = x.own[:len(x.own)+n]
	x.in = x.own
	return 0, false, nil
}

// WithContent returns a handler that has h answer once all of the content is there, for [Request.Content]. Content
// of more than limit bytes is refused, with 413. Content that came together with its header is not copied.
func WithContent(limit int, h Handler) Handler {
	if h == nil {
		panic("web: WithContent of a nil Handler")
	}
	if limit < 0 {
		panic("web: WithContent takes a limit of 0 bytes or more")
	}
	return func(w *Response, r *Request) {
		x := r.x
		if r.msg.ContentLength() > int64(limit) {
			w.tooLarge()
			return
		}
		if whole := r.msg.ContentLength(); whole >= 0 && whole <= int64(len(x.in)-x.r) {
			n, piece, err := x.feedBody(x.in[x.r:])
			if err != nil {
				x.failed(err)
				return
			}
			x.r += n
			x.content = piece
			h(w, r)
			return
		}
		x.content, x.hasContent = x.contentBuf[:0], true
		w.Await(&collecting{x: x, h: h, limit: limit})
	}
}

func (w *Response) tooLarge() {
	w.Error(413, "the content is larger than the limit")
	w.Close()
}

// collecting reads all of the content, and then has the handler answer.
type collecting struct {
	x     *exchange
	h     Handler
	limit int
}

// Poll implements future.Future.
func (c *collecting) Poll(cx *waker.Context) future.Poll[future.Unit] {
	x := c.x
	for {
		err := x.understandBody()
		if err == io.EOF {
			break
		}
		if err != nil {
			return future.Failed[future.Unit](err)
		}
		if len(x.piece) == 0 {
			x.contentBuf = grown(x.contentBuf)
			free := x.contentBuf[len(x.contentBuf):cap(x.contentBuf)]
			n, pending, err := x.readBody(cx, free)
			x.wantsBody = pending
			switch {
			case pending:
				return future.Pending[future.Unit]()
			case err != nil:
				return future.Failed[future.Unit](err)
			}
			x.contentBuf = x.contentBuf[:len(x.contentBuf)+n]
			continue
		}
		if len(x.contentBuf)+len(x.piece) > c.limit {
			x.resp.tooLarge()
			return future.Ready(future.Unit{})
		}
		x.contentBuf = append(x.contentBuf, x.piece...)
		x.piece = nil
	}
	x.content, x.hasContent = x.contentBuf, true
	x.fut = nil
	x.call(cx, c.h)
	if x.fut != nil {
		x.req.cx = cx
		return x.fut.Poll(cx)
	}
	return future.Ready(future.Unit{})
}

// grown returns b with some room.
func grown(b []byte) []byte {
	if cap(b)-len(b) >= 512 {
		return b
	}
	return append(make([]byte, 0, max(2*cap(b), chunkBuffer)), b...)
}
