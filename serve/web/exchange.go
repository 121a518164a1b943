package web

import (
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// exchange is a request with its answer, and what a connection needs while there is one. A connection takes it from a
// pool when bytes arrive and gives it back when all that they asked for was sent: an idle one has none.
//
// Where the bytes are. A read goes into the worker's scratch buffer, in, and requests that are whole are answered out of
// that: nothing is copied. What has to outlive the poll, or a future of the user's, which may use the scratch buffer too, is
// copied by keep: the header under way into header, and what comes after it into own, which in then is.
type exchange struct {
	c    *conn
	req  Request
	resp Response

	in        []byte // what was read; in[r:] is not understood yet
	r         int
	at        int    // in in, where the header under way begins
	borrowed  bool   // in is the scratch buffer
	own       []byte // in, if it is not
	header    []byte // of the request under way
	hasHeader bool   // it is in header

	piece      []byte // of content that was understood and is not read yet: it ends at in[r]
	content    []byte // all of it, see WithContent; a part of in unless hasContent
	contentBuf []byte
	hasContent bool
	skipped    int64 // bytes of content that nobody has read

	out  []byte // answers; out[sent:] is to be sent
	sent int
	tail []byte // sent after out: content that is not copied

	fut       future.Future[future.Unit] // that answers
	switched  func(c *serve.Conn, rest []byte) future.Future[future.Unit]
	lost      func() // in its place, if it is not called
	flushing  bool   // fut waits until nothing is owed
	wantsBody bool   // fut waits for content
	sends     bool   // fut waits for the client to take content that the system sends
	lent      bool   // a goroutine reads and writes, see Standard
	told      bool   // "100 Continue" was sent, or is not to be
	expects   bool   // while it is lent: whether the client waits for that
	eof       bool   // the client has closed its side
	closes    bool   // no request follows this one
	lingers   bool   // the client may be sending yet
	bad       error  // what is wrong with the content of the request under way
	err       error  // that the connection ends with
}

// Buffers above these sizes are not kept: by the pool, and by a connection that waits.
const (
	keepPooled  = 64 << 10
	keepWaiting = 4 << 10
)

var exchanges = sync.Pool{New: func() any {
	x := new(exchange)
	x.req.x, x.resp.x = x, x
	x.req.msg.Keep = true
	return x
}}

func (c *conn) begin() *exchange {
	x := exchanges.Get().(*exchange)
	x.c = c
	x.req.msg.MaxHead = c.srv.config.MaxHeader
	x.req.msg.Reset()
	c.x = x
	return x
}

// release gives the exchange back.
func (c *conn) release() {
	x := c.x
	c.x = nil
	x.next()
	x.c, x.in, x.r, x.at, x.borrowed, x.eof, x.closes, x.lingers, x.err = nil, nil, 0, 0, false, false, false, false, nil
	x.own, x.out, x.sent, x.tail = x.own[:0], x.out[:0], 0, nil
	x.trim(keepPooled)
	exchanges.Put(x)
}

// trim lets large buffers go.
func (x *exchange) trim(limit int) {
	for _, b := range []*[]byte{&x.own, &x.header, &x.contentBuf, &x.out, &x.resp.fields, &x.resp.body} {
		if cap(*b) > limit && len(*b) == 0 {
			*b = nil
		}
	}
}

// next prepares for the next request.
func (x *exchange) next() {
	x.req.reset()
	x.resp.reset()
	x.header, x.hasHeader = x.header[:0], false
	x.piece, x.content, x.contentBuf, x.hasContent, x.skipped = nil, nil, x.contentBuf[:0], false, 0
	x.stays()
	x.fut, x.told, x.bad = nil, false, nil
	x.flushing, x.wantsBody, x.sends, x.lent, x.expects = false, false, false, false, false
	x.at = x.r
}

// needed returns where in in begins what is needed yet: a header that is not complete, or content that is not read.
func (x *exchange) needed() int {
	if x.req.msg.HeadDone() {
		return x.r - len(x.piece)
	}
	return x.at
}

// keep makes all that is needed later the exchange's own.
func (x *exchange) keep() {
	x.keepHeader()
	if !x.borrowed {
		return
	}
	if len(x.content) > 0 && !x.hasContent {
		x.contentBuf = append(x.contentBuf[:0], x.content...)
		x.content, x.hasContent = x.contentBuf, true
	}
	from := x.needed()
	x.own = append(x.own[:0], x.in[from:]...)
	x.moved(x.own, from)
	x.borrowed = false
}

func (x *exchange) keepHeader() {
	if x.req.msg.HeadDone() && !x.hasHeader {
		x.header = append(x.header[:0], x.in[x.at:x.at+x.req.msg.HeadLen()]...)
		x.req.msg.Bind(x.header)
		x.hasHeader = true
	}
}

// moved says that the input is in in now, without its first n bytes.
func (x *exchange) moved(in []byte, n int) {
	x.in = in
	x.r -= n
	x.at -= n
	if k := len(x.piece); k > 0 {
		x.piece = in[x.r-k : x.r]
	}
}

// add appends what was read, p, which is a part of the scratch buffer.
func (x *exchange) add(p []byte) {
	x.keepHeader()
	from := x.needed()
	if from == len(x.in) && (x.content == nil || x.hasContent) {
		x.in, x.r, x.at, x.borrowed = p, 0, 0, true
		return
	}
	x.keep()
	if from = x.needed(); from > len(x.in)/2 {
		x.own = x.own[:copy(x.own, x.in[from:])]
		x.moved(x.own, from)
	}
	x.own = append(x.own, p...)
	x.moved(x.own, 0)
}

// owes reports whether something is to be sent.
func (x *exchange) owes() bool { return x.sent < len(x.out) || len(x.tail) > 0 }

// hasRoom reports whether another answer may be collected.
func (x *exchange) hasRoom() bool { return len(x.out) < maxAnswers && len(x.tail) == 0 }

// isWaiting is called when a poll ends with an exchange under way.
func (x *exchange) isWaiting() {
	x.keep()
	if !x.owes() {
		x.out, x.sent = x.out[:0], 0
		x.trim(keepWaiting)
	}
}

// flush is write for fut, which is polled again when all is sent.
func (x *exchange) flush(cx *waker.Context) (pending bool, err error) {
	x.flushing, err = x.write(cx)
	return x.flushing, err
}

// write sends what is owed: pending means that the peer has no room.
func (x *exchange) write(cx *waker.Context) (pending bool, err error) {
	for x.owes() {
		p := x.out[x.sent:]
		if len(p) == 0 {
			p = x.tail
		}
		a := x.c.PollWrite(cx, p)
		if a.IsPending() {
			return true, nil
		}
		n, err := a.Result()
		if err != nil {
			return false, err
		}
		x.c.progress()
		if x.sent < len(x.out) {
			x.sent += n
		} else {
			x.tail = x.tail[n:]
		}
	}
	x.out, x.sent, x.tail = x.out[:0], 0, nil
	return false, nil
}
