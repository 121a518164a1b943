//go:build !portable && !race

// Left out of the portable build, whose sockets are goroutines that are handed work, and under the race detector, where sync.Pool forgets things.

package fasthttphandler_test

import (
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/magpie-go/magpie/serve/fasthttphandler"
	"github.com/magpie-go/magpie/serve/web"
)

// On a connection that is warm a handler on the worker costs no allocation.
func TestDirectDoesNotAllocate(t *testing.T) {
	s := start(t, web.Config{Handler: fasthttphandler.Direct(func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("application/json")
		ctx.Response.Header.Set("X-Version", "1")
		ctx.Write(ctx.PostBody())
	}, fasthttphandler.Config{})})
	p := s.dial(t)
	const content = `{"name":"magpie"}`
	in := []byte("POST / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: test\r\nAccept: */*\r\nContent-Length: 17\r\n\r\n" + content)
	buf := make([]byte, 4096)
	if n := testing.AllocsPerRun(500, func() {
		if _, err := p.Write(in); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(content) || string(buf[n-len(content):n]) != content; {
			k, err := p.Conn.Read(buf[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += k
		}
	}); n >= 1 {
		t.Errorf("%v allocations a request", n)
	}
}
