package fasthttphandler_test

import (
	"net"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

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
