// Package fasthttphandler has handlers of fasthttp answer on a server of package web.
//
//	h := func(ctx *fasthttp.RequestCtx) { fmt.Fprintf(ctx, "Hello, %s!\n", ctx.QueryArgs().Peek("name")) }
//
//	mux := new(web.Mux)
//	mux.Handle("/", fasthttphandler.Pooled(h, fasthttphandler.Config{}))
//	server, err := web.New(web.Config{Handler: mux.Serve})
//
// A connection stays a task: while it waits for a request it has no goroutine and no buffer, which on fasthttp's own server are a
// goroutine and 4 KB at least. What refuses and limits requests, answers pipelined ones and drains is package web.
//
// [Pooled] runs the handler on a goroutine, so that it may block. [Direct] runs it on the worker, in the poll of the connection: that spares the hand-over, and
// a handler that blocks there holds up all connections of that worker.
//
// # What it costs
//
// Package web has read the request, and it is copied into a RequestCtx, field by field; and back, the answer. No memory is allocated for that in
// steady state by Direct, and by Pooled what a call on a goroutine takes.
//
// # What is different
//
//   - A handler that panics is answered with 500, and told to serve.Config.OnError. fasthttp's server lets the process end.
//   - The content of a request is there as a whole, up to Config.MaxBody; there is no StreamRequestBody. Content of answers is streamed
//     if the handler has set a stream, by Pooled's goroutines in either case.
//   - A handler that hijacks the connection, or asks for a deadline of it, is told by an error. [web.Response.Switch] does the former.
//   - Of the connection a RequestCtx has the addresses and the state of TLS. ConnRequestNum is 0.
package fasthttphandler

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"github.com/valyala/fasthttp"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve/web"
)

// Config is what handlers go by. The zero Config has the defaults.
type Config struct {
	// MaxBody is how many bytes of content a request may have; 0: fasthttp.DefaultMaxRequestBodySize. Further ones are answered with 413.
	MaxBody int
	// Pool is where handlers run, and streams are read; nil: one of this handler's own, which runs 10,000 at once.
	Pool *future.BlockingPool
	// Logger is what RequestCtx.Logger writes to; nil: fasthttp's.
	Logger fasthttp.Logger
}

const defaultPoolLimit = 10_000

// Pooled returns a handler that has h answer on a goroutine of Config.Pool. A client that goes away meanwhile does not end h; what it answers
// is thrown away. It panics if h is nil or Config.MaxBody negative.
func Pooled(h fasthttp.RequestHandler, c Config) web.Handler { return handler(h, c, true) }

// Direct returns a handler that has h answer on the worker. h must not block: it is for what answers from memory. It panics if h is nil or
// Config.MaxBody negative.
func Direct(h fasthttp.RequestHandler, c Config) web.Handler { return handler(h, c, false) }

func handler(h fasthttp.RequestHandler, c Config, pooled bool) web.Handler {
	if h == nil {
		panic("fasthttphandler: the fasthttp.RequestHandler is nil")
	}
	if c.MaxBody < 0 {
		panic(fmt.Sprintf("fasthttphandler: Config.MaxBody is %d; it takes bytes, or 0 for %d", c.MaxBody, fasthttp.DefaultMaxRequestBodySize))
	}
	if c.MaxBody == 0 {
		c.MaxBody = fasthttp.DefaultMaxRequestBodySize
	}
	if c.Pool == nil {
		c.Pool = &future.BlockingPool{Limit: defaultPoolLimit}
	}
	return web.WithContent(c.MaxBody, func(w *web.Response, r *web.Request) {
		e := exchanges.Get().(*exchange)
		e.take(r, c.Logger)
		if pooled {
			w.Await(&call{w: w, pool: c.Pool, op: future.BlockingOn(c.Pool, func() (*exchange, error) { return e, e.run(h) })})
			return
		}
		err := e.run(h)
		if err == nil && !e.answers().IsBodyStream() {
			if _, err = e.answer(w); err == nil {
				return
			}
		}
		w.Await(&call{w: w, pool: c.Pool, step: answering, e: e, err: err})
	})
}

// exchange is a request and what the handler answers. It is used again unless the handler has left it to somebody else.
type exchange struct {
	ctx  fasthttp.RequestCtx
	conn conn
	tls  secureConn
	typ  string // the last Content-Type, so that it need not be allocated for each answer

	closing sync.Once // of the stream that the handler has set
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// errHijack is what a handler's answer is that would have the connection.
var errHijack = errors.New("fasthttphandler: the handler has called RequestCtx.Hijack, for which the connection is not there: web.Response.Switch hands it over")

// run has the handler answer. A stream that it has set before it fails, or panics, is closed.
func (e *exchange) run(h fasthttp.RequestHandler) error {
	answers := false
	defer func() {
		if !answers {
			e.Drop()
		}
	}()
	h(&e.ctx)
	if e.ctx.Hijacked() {
		return errHijack
	}
	answers = true
	return nil
}

// answers returns what is to be sent: the handler's response, or that of one that has timed out.
func (e *exchange) answers() *fasthttp.Response {
	if late := e.ctx.LastTimeoutErrorResponse(); late != nil {
		return late
	}
	return &e.ctx.Response
}

// release lets go of it, once the answer has been copied.
func (e *exchange) release() {
	if e.ctx.LastTimeoutErrorResponse() != nil || e.ctx.Hijacked() {
		return // a goroutine of the handler's may still use it
	}
	e.ctx.ResetUserValues()
	e.ctx.Request.Reset()
	e.ctx.Response.Reset()
	e.conn, e.tls = conn{}, secureConn{}
	exchanges.Put(e)
}

// closeStream closes the stream that the handler has set, if there is one. It may block.
func (e *exchange) closeStream() {
	e.closing.Do(func() { _ = e.answers().CloseBodyStream() })
}

// Drop ends what nobody is to have: a client has gone, the server ends, or the handler has failed. A worker may call it, so it closes the stream on a
// goroutine of its own.
func (e *exchange) Drop() {
	go func() {
		defer func() {
			if v := recover(); v != nil { // nobody watches over this goroutine
				slog.Error("fasthttphandler: Close of a body stream panicked", "panic", v, "stack", string(debug.Stack()))
			}
		}()
		e.closeStream()
	}()
}
