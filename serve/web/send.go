package web

import (
	"errors"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve/internal/unreturned"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// How an answer becomes bytes in out: whole, by finish, or begun by stream and then finished.

// notCopied is from which size on content is sent by a write of its own.
const notCopied = 16 << 10

// call has the handler answer.
func (x *exchange) call(cx *waker.Context, h Handler) {
	returned := false
	x.req.cx = cx
	defer func() {
		x.req.cx = nil
		if !returned {
			x.panicked(unreturned.Error(recover()))
		}
	}()
	h(&x.resp, &x.req)
	returned = true
}

// poll is one of fut, which may panic.
func (x *exchange) poll(cx *waker.Context) (p future.Poll[future.Unit]) {
	returned := false
	x.req.cx = cx
	defer func() {
		x.req.cx = nil
		if !returned {
			x.fut = nil // who panics is not dropped
			p = future.Failed[future.Unit](unreturned.Error(recover()))
		}
	}()
	p = x.fut.Poll(cx)
	returned = true
	return p
}

// panicked is called in place of what the handler would have done.
func (x *exchange) panicked(err error) {
	if f := x.fut; f != nil {
		x.fut = nil
		future.Drop(f)
	}
	x.failed(err)
}

// failed ends the answer, and the connection, with an error.
func (x *exchange) failed(err error) {
	x.closes = true
	x.stays()
	if wire := (*http1.Error)(nil); errors.As(err, &wire) && errors.Is(err, x.bad) && !x.resp.streams {
		x.resp.Error(wire.Status, wire.Error()) // and not 500: it is the client's fault
		x.lingers = true
		return
	}
	if x.err == nil {
		x.err = err
	}
	if x.resp.streams {
		x.resp.over = true // cut short, as the client is to see
		return
	}
	x.resp.Error(500, http1.StatusText(500))
}

// refuse answers what is no request.
func (x *exchange) refuse(err error) {
	var wire *http1.Error
	if !errors.As(err, &wire) {
		wire = http1.ErrRequestLine
	}
	x.closes, x.lingers = true, true
	x.resp.reset()
	x.resp.Error(wire.Status, wire.Error())
	x.resp.finish(false)
}

// finish puts into out what is left of the answer.
func (x *exchange) finish() {
	x.resp.finish(x.req.msg.IsHead())
}

func (w *Response) finish(toHead bool) {
	x := w.x
	switch {
	case w.over:
		return
	case w.streams:
		w.endStream(toHead)
		return
	}
	content := w.body
	if w.lent != nil {
		content = w.lent
	}
	if w.gzip {
		content = w.compress(content)
	}
	status := w.Status()
	if x.switched != nil && w.status == 0 {
		status = 101
	}
	bare := isBare(status) || x.switched != nil
	length := int64(len(content))
	if w.hasLength {
		if length == 0 && toHead {
			length = w.length
		} else if length != w.length && !bare {
			w.hasLength = false
			err := errTooLong
			if length < w.length {
				err = errTooShort
			}
			x.failed(err)
			w.finish(toHead)
			return
		}
	}
	if x.req.msg.ContentLength()-x.req.msg.Content() > maxSkip {
		x.closes = true // what nobody will read, and is too much to skip; so the client is told
	}
	w.header(status, len(content) > 0)
	if !bare && (!toHead || length > 0 || w.hasLength) { // a HEAD whose handler has written nothing says nothing of what a GET would get
		x.out = http1.AppendLength(x.out, length)
	}
	x.out = http1.AppendEnd(x.out)
	w.over = true
	switch {
	case toHead || bare || len(content) == 0:
	case len(content) < notCopied:
		x.out = append(x.out, content...)
	default:
		x.sendLarge(content)
	}
}

// sendLarge puts content after out. No other answer is made before that is sent, see hasRoom.
func (x *exchange) sendLarge(content []byte) {
	x.tail = content
	if cap(x.resp.body) > 0 && len(content) > 0 && &content[0] == &x.resp.body[:1][0] {
		x.resp.body = nil // it is tail's now
	}
}

// isBare reports whether an answer has neither content nor anything that frames it.
func isBare(status int) bool { return status == 101 || status == 204 || status == 304 }

// header appends the status line and the fields, but for those that frame the content.
func (w *Response) header(status int, hasContent bool) {
	x := w.x
	out := http1.AppendStatus(x.out, status)
	if !w.hasDate {
		out = append(out, x.c.srv.clock.second.Load().date...)
	}
	switch {
	case w.hasTyp && w.typ == "": // not even the default
	case w.hasTyp:
		out = append(out, "Content-Type: "...)
		out = append(out, w.typ...)
		out = append(out, "\r\n"...)
	case hasContent:
		out = append(out, "Content-Type: text/plain; charset=utf-8\r\n"...)
	}
	if out = append(out, w.fields...); w.varies && !w.fieldHas("vary", "accept-encoding") {
		out = append(out, "Vary: Accept-Encoding\r\n"...)
	}
	msg := &x.req.msg
	switch {
	case x.switched != nil:
		if status == 101 {
			out = append(out, "Connection: Upgrade\r\n"...)
		}
	case x.closes || !msg.KeepAlive() || x.c.Draining() || x.awaits() && !x.told:
		if x.closes = true; status != 101 { // of which an http.Handler has set the field
			out = append(out, "Connection: close\r\n"...)
		}
	case msg.HTTP10():
		out = append(out, "Connection: keep-alive\r\n"...)
	}
	x.out = out
}

// begin sends the header of an answer whose content comes piece by piece.
func (w *Response) begin() {
	x := w.x
	w.streams = true
	status := w.Status()
	bare := isBare(status)
	w.chunked = !w.hasLength && !bare && !x.req.msg.HTTP10()
	if !w.hasLength && !bare && !w.chunked {
		x.closes = true // the end of the connection is that of the content
	}
	w.header(status, !bare)
	switch {
	case bare:
		w.hasLength, w.length = true, 0
	case w.chunked && !x.req.msg.IsHead():
		x.out = http1.AppendChunked(x.out)
	case w.hasLength:
		x.out = http1.AppendLength(x.out, w.length)
	}
	x.out = http1.AppendEnd(x.out)
	content := w.body
	if w.lent != nil {
		content = w.lent
	}
	w.stream(content)
	w.body, w.lent = w.body[:0], nil
}

// stream appends content to out.
func (w *Response) stream(p []byte) {
	x := w.x
	w.written += int64(len(p))
	switch {
	case x.req.msg.IsHead() || w.over:
	case w.hasLength && w.written > w.length:
		x.failed(errTooLong)
	case w.chunked:
		x.out = http1.AppendChunk(x.out, p)
	default:
		x.out = append(x.out, p...)
	}
}

func (w *Response) endStream(toHead bool) {
	x := w.x
	switch {
	case toHead:
	case w.hasLength && w.written != w.length:
		x.failed(errTooShort)
	case w.chunked:
		x.out = http1.AppendLastChunk(x.out)
		x.out = append(x.out, w.trailers...)
		x.out = http1.AppendEnd(x.out)
	}
	w.over = true
}

// FlushOp is what [Response.Flush] returns.
type FlushOp struct{ w *Response }

// Flush returns an operation that sends what was written so far, with the header, and waits until the system has taken
// it: what a handler that streams awaits after each piece, so that a client that reads slowly makes it wait. From
// then on the content goes out in chunks, unless [Response.SetLength] was called. It fails when the client is gone.
func (w *Response) Flush() FlushOp { return FlushOp{w} }

// Await waits for it, see future.Await.
func (o FlushOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, o) }

// Poll implements future.Future.
func (o *FlushOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	w := o.w
	if w == nil {
		panic("web: a FlushOp that Response.Flush did not make")
	}
	if !w.streams {
		w.begin()
	}
	pending, err := w.x.flush(cx)
	switch {
	case err != nil:
		return future.Failed[future.Unit](err)
	case pending:
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}
