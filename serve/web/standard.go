package web

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/serve/internal/unreturned"
	"github.com/magpie-go/magpie/waker"
)

// How an http.Handler answers.
//
// It runs on a goroutine of the pool, which reads and writes the connection itself, blocking, while the connection's task waits
// for its end: so the memory of a goroutine is paid for requests that are served, and not for connections.
//
// Protocol: the exchange is the goroutine's from the poll that starts it until its call is over, in two halves that two goroutines of
// the handler's may use at once: the answer, behind the lock of the standardWriter, and the content with the input, behind that of the
// standardBody. Who reads tells a client that waits to go on by the writer's lock, and that the content is broken, which ends the connection,
// by a word of its own. Before the answer is finished the body is closed, which ends a read that is left.
//
// Whose reading is says reader: the goroutine's while there is content that it may read, then, by
// readerTask, the task's, which reads ahead to see the client go and then cancels the request's context. Only the goroutine
// moves reader from its own hands, and it wakes the task after that. A hijack takes everything away from the task: the goroutine
// asks it to hand the connection over (see talk), the task stops reading, detaches the socket, answers and ends.
// A task that is dropped cancels the context and forgets the exchange, which is left to the goroutine; the socket is closed
// by the loop, so what the goroutine still reads and writes fails.
//
// Rejected: handing what is written to the task, to be sent by it: a wake-up of a worker for each piece. But under TLS it is
// done so (asksWrite), as there the loop itself sends, after each poll, what is in the connection's buffer: it and the
// goroutine would be two that write, of which only the last one is woken.
const (
	readerGoroutine uint32 = iota
	readerTask
)

// Standard returns a handler that has an [http.Handler] answer, on a goroutine, so that it may block. It finds what net/http's server
// would give it: Flusher, Hijacker and io.ReaderFrom (also by [http.ResponseController], whose deadlines take the place of
// BodyTimeout and WriteTimeout), a context that is
// cancelled when the client is gone, trailers, 100-continue when it reads, 500 or the end of the connection when it panics,
// silently with [http.ErrAbortHandler]; that of one whose connection was cut, or taken by Hijack, is told to Config.Conns.OnError too. Not there: http.ServerContextKey in the context, HTTP/2, and Hijack under TLS, where
// [Response.Switch] does the same.
func Standard(h http.Handler) Handler {
	if h == nil {
		panic("web: Standard of a nil http.Handler")
	}
	return func(w *Response, r *Request) {
		if !r.isPing() {
			w.Await(&standardCall{x: r.x, h: h})
		}
	}
}

// standardCall is one request that an http.Handler answers.
type standardCall struct {
	x      *exchange
	h      http.Handler
	op     future.BlockingOp[outcome]
	begun  bool
	reader word.Uint32
	talk   talk
	tls    *tls.ConnectionState
	ctx    context.Context
	cancel context.CancelFunc
	w      standardWriter
	body   *standardBody // nil: there is none

	reads, writes deadline
}

// Poll implements future.Future.
func (s *standardCall) Poll(cx *waker.Context) future.Poll[future.Unit] {
	x := s.x
	if !s.begun {
		// What is owed to requests before goes first; the goroutine sends the rest.
		pending, err := x.flush(cx)
		switch {
		case err != nil:
			return future.Failed[future.Unit](err)
		case pending:
			return future.Pending[future.Unit]()
		}
		x.expects = x.req.msg.WantsContinue()
		x.lent, s.begun = true, true
		if x.req.msg.Done() {
			s.reader.Store(readerTask)
		}
		s.ctx, s.cancel = context.WithCancel(context.WithValue(context.Background(), http.LocalAddrContextKey, x.c.LocalAddr()))
		s.w.wait = sleepers.Get().(*sleeper)
		s.talk.asker = s.w.wait.cx.Waker()
		s.tls = x.c.TLS()
		s.op = future.BlockingOn(x.c.srv.config.Pool, s.run)
	}
	s.talk.task.Register(cx.Waker())
	p := s.op.Poll(cx)
	if p.IsReady() {
		s.over()
		x.lent = false
		came, err := p.Result()
		if err == nil { // else the pool is full, or closed, or the handler has ended its goroutine
			err = came.err
		}
		return future.Done(future.Unit{}, err)
	}
	switch s.talk.asked() {
	case asksWrite:
		if pending, err := x.write(cx); !pending {
			s.talk.say(answered{err: err})
		}
	case asksHandOver:
		s.handOver()
		return future.Ready(future.Unit{})
	}
	if s.reader.Load() == readerTask && !x.eof {
		if err := x.c.watch(cx); err != nil {
			x.eof = true
		}
		if x.eof {
			s.cancel()
		}
	}
	return future.Pending[future.Unit]()
}

// over lets go of the wakers and the context.
func (s *standardCall) over() {
	wake.Forget(&s.talk.task)
	s.cancel()
}

// Drop implements future.Dropper.
func (s *standardCall) Drop() {
	if !s.begun {
		return
	}
	s.over()
	s.x.c.x = nil // the goroutine's
	s.op.Drop()
	s.talk.leave()
}

// handOver ends the task's part in a connection that is hijacked.
func (s *standardCall) handOver() {
	x := s.x
	x.c.ForgetRead()
	var a answered
	a.conn, a.err = x.c.Detach().Release()
	wake.Forget(&s.talk.task)
	x.c.x = nil
	s.op.Drop() // the function goes on
	s.talk.say(a)
}

// outcome is what a handler has come to. If no task is there to get it, as that was cut, or has handed the connection over, its operation drops it.
type outcome struct {
	s   *standardCall
	err error // what the handler has panicked with
}

// Drop tells of a panic that no task will. It may be called on the handler's goroutine, which nobody watches over.
func (o outcome) Drop() {
	defer func() {
		if v := recover(); v != nil {
			slog.Error("web: Config.Conns.OnError panicked", "panic", v, "stack", string(debug.Stack()))
		}
	}()
	if tell := o.s.x.c.srv.config.Conns.OnError; tell != nil && o.err != nil && o.err != http.ErrAbortHandler {
		tell(&o.s.x.c.Conn, o.err)
	}
}

// run is the goroutine's.
func (s *standardCall) run() (came outcome, _ error) {
	x := s.x
	w := &s.w
	w.s, w.header = s, http.Header{}
	s.reads.set, s.reads.nc = (*netio.Conn).SetReadDeadline, x.c.Net()
	s.writes.set, s.writes.nc = (*netio.Conn).SetWriteDeadline, x.c.Net()
	defer func() { // nobody waits any more
		s.end()
		sleepers.Put(w.wait)
		if s.body != nil {
			sleepers.Put(s.body.wait)
		}
	}()
	req, err := s.request()
	if err != nil {
		http.Error(w, "400 Bad Request: "+err.Error(), http.StatusBadRequest)
		x.closes = true
		w.finish()
		return came, nil
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		s.end()
		if !w.isHijacked {
			x.closes = true
		}
		if came.s, came.err = s, http.ErrAbortHandler; p != http.ErrAbortHandler {
			came.err = unreturned.Error(p)
		}
	}()
	s.h.ServeHTTP(w, req)
	returned = true
	if s.body != nil {
		_ = s.body.Close()
	}
	w.finish()
	return came, nil
}

// end is called when the handler has returned, whatever else still has what it was given. The task may be gone, or have handed the connection
// over, so that the context is ended here.
func (s *standardCall) end() {
	if s.body != nil {
		_ = s.body.Close()
	}
	s.w.end()
	s.reads.end()
	s.writes.end()
	s.cancel()
}

// request makes what the handler is given.
func (s *standardCall) request() (*http.Request, error) {
	x := s.x
	msg := &x.req.msg
	target := string(msg.Target())
	bare := http.Request{ // on the stack: what has the context is a copy
		Method: x.req.Method(), RequestURI: target, Host: string(msg.Host()),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		ContentLength: msg.ContentLength(), Close: !msg.KeepAlive(),
		RemoteAddr: textOf(x.c.RemoteAddr()), Body: http.NoBody, Pattern: x.req.Pattern(), TLS: s.tls,
	}
	req := bare.WithContext(s.ctx)
	if msg.HTTP10() {
		req.Proto, req.ProtoMinor = "HTTP/1.0", 0
	}
	var err error
	if req.Method == http.MethodConnect && !strings.HasPrefix(target, "/") {
		req.URL, err = url.ParseRequestURI("http://" + target)
		if err == nil {
			req.URL.Scheme = ""
		}
	} else {
		req.URL, err = url.ParseRequestURI(target)
	}
	if err != nil {
		return nil, err
	}
	req.Header = make(http.Header, msg.Len())
	values := make([]string, 0, msg.Len())
	for i := range msg.Len() {
		n, v := msg.Field(i)
		name, value := textproto.CanonicalMIMEHeaderKey(string(n)), string(v)
		switch name {
		case "Host", "Transfer-Encoding":
			continue
		case "Trailer":
			req.Trailer = announced(req.Trailer, value)
			continue
		}
		if have := req.Header[name]; have != nil {
			req.Header[name] = append(have, value)
			continue
		}
		values = append(values, value)
		req.Header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	if msg.ContentLength() < 0 {
		req.TransferEncoding = []string{"chunked"}
	}
	if !msg.Done() {
		s.body = &standardBody{s: s}
		s.body.wait = sleepers.Get().(*sleeper)
		s.body.req = req // whose Trailer it sets
		req.Body = s.body
	}
	if rt := x.req.route; rt != nil {
		for _, name := range rt.names {
			req.SetPathValue(name, string(x.req.PathValue(name)))
		}
	}
	return req, nil
}

// textOf is what String of an address returns, with one allocation.
func textOf(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.Zone == "" {
		if ap := t.AddrPort(); ap.IsValid() {
			return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()).String()
		}
	}
	return a.String()
}

// announced adds the names of a Trailer field.
func announced(h http.Header, names string) http.Header {
	if h == nil {
		h = http.Header{}
	}
	for name := range strings.SplitSeq(names, ",") {
		if name = textproto.CanonicalMIMEHeaderKey(textproto.TrimString(name)); name != "" {
			h[name] = nil
		}
	}
	return h
}
