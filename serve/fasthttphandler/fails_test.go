package fasthttphandler_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/serve/fasthttphandler"
)

// A stream that is not sent, as the handler has failed in some way, is closed all the same.
func TestStreamOfAHandlerThatFails(t *testing.T) {
	for name, fail := range map[string]func(ctx *fasthttp.RequestCtx){
		"panic":  func(*fasthttp.RequestCtx) { panic("no") },
		"header": func(ctx *fasthttp.RequestCtx) { ctx.Response.Header.Set("not a name", "x") },
		"status": func(ctx *fasthttp.RequestCtx) { ctx.SetStatusCode(1000) },
		"hijack": func(ctx *fasthttp.RequestCtx) { ctx.Hijack(func(net.Conn) {}) },
	} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{})
			h := func(ctx *fasthttp.RequestCtx) {
				ctx.SetBodyStream(&endless{closed}, -1)
				fail(ctx)
			}
			both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
				closed = make(chan struct{})
				p := s.dial(t)
				p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				p.want("GET", 500, "Internal Server Error\n")
				select {
				case <-closed:
				case <-time.After(10 * time.Second):
					t.Error("the stream is open")
				}
			})
		})
	}
}

// where is a stream that tells, when it is closed, whether that is done on a worker, where nothing may block.
type where struct {
	io.Reader
	closed chan error
}

func (w where) Close() error {
	_, err := future.BlockOn(future.Box[future.Unit](clock.Sleep(time.Microsecond)))
	w.closed <- err
	return nil
}

// Closing a stream may block, however its answer ends, so it is not done on a worker.
func TestStreamIsNotClosedOnAWorker(t *testing.T) {
	for name, c := range map[string]struct {
		method  string
		status  int
		end     error // of the stream, after "stream"
		size    int
		content string
	}{
		"to its end": {"GET", 200, io.EOF, -1, "stream"},
		"in part":    {"GET", 200, io.EOF, 4, "stre"},
		"nothing":    {"GET", 200, io.EOF, 0, ""},
		"HEAD":       {"HEAD", 200, io.EOF, 6, ""},
		"fails":      {"GET", 1000, io.EOF, 6, ""},
		"breaks off": {"GET", 200, errors.New("no more"), 10, ""},
	} {
		t.Run(name, func(t *testing.T) {
			closed := make(chan error, 2)
			h := func(ctx *fasthttp.RequestCtx) {
				src := io.MultiReader(strings.NewReader("stream"), iotest.ErrReader(c.end))
				ctx.SetStatusCode(c.status)
				ctx.SetBodyStream(where{src, closed}, c.size)
			}
			both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
				p := s.dial(t)
				p.send(c.method + " / HTTP/1.1\r\nHost: x\r\n\r\n")
				if c.status == 200 && c.end == io.EOF {
					p.want(c.method, 200, c.content)
				}
				select {
				case err := <-closed:
					if err != nil {
						t.Error(err)
					}
				case <-time.After(patience):
					t.Error("the stream is open")
				}
			})
			if len(closed) > 0 {
				t.Error("the stream was closed twice")
			}
		})
	}
}
