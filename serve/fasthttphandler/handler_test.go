package fasthttphandler_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/fasthttphandler"
	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/web"
)

const patience = testkit.Patience

type served struct {
	*web.Server
	t    *testing.T
	addr string
}

// start serves a handler until the end of the test.
func start(t *testing.T, config web.Config) *served {
	t.Helper()
	s, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	_, addr := testkit.Listen(t, s)
	return &served{s, t, addr}
}

// both runs a test with the handler on a goroutine, and on the worker.
func both(t *testing.T, h fasthttp.RequestHandler, c fasthttphandler.Config, f func(t *testing.T, s *served)) {
	for name, handler := range map[string]web.Handler{"Pooled": fasthttphandler.Pooled(h, c), "Direct": fasthttphandler.Direct(h, c)} {
		t.Run(name, func(t *testing.T) { f(t, start(t, web.Config{Handler: handler})) })
	}
}

type peer struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func (s *served) dial(t *testing.T) *peer {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return &peer{c, t, bufio.NewReader(c)}
}

// send sends something, and gives what is to come of it its time anew.
func (p *peer) send(s string) {
	p.t.Helper()
	_ = p.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(p, s); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) want(method string, status int, content string) *http.Response {
	p.t.Helper()
	r, err := http.ReadResponse(p.r, &http.Request{Method: method})
	if err != nil {
		p.t.Fatal(err)
	}
	got, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status || string(got) != content {
		p.t.Errorf("answered with %d, %q, %v; want %d, %q", r.StatusCode, got, err, status, content)
	}
	return r
}

func (p *peer) wantEnd() {
	p.t.Helper()
	if rest, err := io.ReadAll(p.r); err != nil || len(rest) > 0 {
		p.t.Errorf("%q, %v; want the end", rest, err)
	}
}

// What a handler is told of a request, and a client of the answer, on a connection that goes on.
func TestRequestAndAnswer(t *testing.T) {
	h := func(ctx *fasthttp.RequestCtx) {
		h := &ctx.Request.Header
		ctx.SetStatusCode(201)
		ctx.SetContentType("text/x-test")
		ctx.Response.Header.Set("X-Two", "2")
		ctx.Response.Header.Add("X-Many", "a")
		ctx.Response.Header.Add("X-Many", "b")
		var c fasthttp.Cookie
		c.SetKey("k")
		c.SetValue("v")
		ctx.Response.Header.SetCookie(&c)
		fmt.Fprintf(ctx, "%s %s %s|%s|%s|%s|%s|%s|%v", ctx.Method(), ctx.Path(), ctx.QueryArgs().Peek("q"), ctx.Host(),
			h.Peek("x-one"), h.Cookie("b"), ctx.PostBody(), h.Protocol(), ctx.RemoteAddr().String() != "" && !ctx.IsTLS())
	}
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		p := s.dial(t)
		for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
			p.send("POST /a%20b?q=1 " + version + "\r\nHost: example.org\r\nConnection: keep-alive\r\nX-ONE: one\r\nCookie: a=1; b=2\r\nContent-Length: 4\r\n\r\nbody")
			r := p.want("POST", 201, "POST /a b 1|example.org|one|2|body|"+version+"|true")
			h := r.Header
			if h.Get("Content-Type") != "text/x-test" || h.Get("X-Two") != "2" || len(h["X-Many"]) != 2 || h.Get("Set-Cookie") != "k=v" || h.Get("Date") == "" {
				t.Errorf("header: %v", h)
			}
		}
	})
}

// A trailer is there beside the header, and none that would say there for whom or what the request is.
func TestTrailersAreNoHeader(t *testing.T) {
	h := func(ctx *fasthttp.RequestCtx) {
		h := &ctx.Request.Header
		fmt.Fprintf(ctx, "%s|%s|%s|%s|%s", h.Peek("Sum"), ctx.Host(), h.Peek("Authorization"), h.ContentType(), h.Cookie("a"))
	}
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		p := s.dial(t)
		p.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nSum: 1\r\nHost: y\r\nauthorization: me\r\nContent-Type: text/y\r\nCookie: a=b\r\n\r\n")
		p.want("POST", 200, "1|x|||")
	})
}

func TestPipelining(t *testing.T) {
	h := func(ctx *fasthttp.RequestCtx) { ctx.WriteString(string(ctx.Path())) }
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		p := s.dial(t)
		var all strings.Builder
		for i := range 100 {
			fmt.Fprintf(&all, "GET /%d HTTP/1.1\r\nHost: x\r\n\r\n", i)
		}
		p.send(all.String())
		for i := range 100 {
			p.want("GET", 200, fmt.Sprintf("/%d", i))
		}
	})
}

// Nothing of one request is there in the next one, which has the same memory.
func TestNothingRemains(t *testing.T) {
	h := func(ctx *fasthttp.RequestCtx) {
		if ctx.UserValue("k") != nil || len(ctx.Response.Header.Peek("X-Left")) > 0 || len(ctx.Request.Header.Peek("X-Sent")) > 0 && ctx.IsGet() {
			ctx.Error("something remained", 500)
			return
		}
		ctx.SetUserValue("k", "v")
		ctx.Response.Header.Set("X-Left", "1")
		ctx.Write(ctx.PostBody())
	}
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		p := s.dial(t)
		for range 20 {
			p.send("POST / HTTP/1.1\r\nHost: x\r\nX-Sent: 1\r\nContent-Length: 3\r\n\r\nabc")
			p.want("POST", 200, "abc")
			p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			p.want("GET", 200, "")
		}
	})
}

func TestContent(t *testing.T) {
	h := func(ctx *fasthttp.RequestCtx) { ctx.Write(ctx.PostBody()) }
	both(t, h, fasthttphandler.Config{MaxBody: 200_000}, func(t *testing.T, s *served) {
		p := s.dial(t)
		large := strings.Repeat("0123456789", 20_000) // which is more than is copied back
		p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + large)
		p.want("POST", 200, large)
		p.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
		p.want("POST", 200, "abcdefg")
		p.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
		if r, err := http.ReadResponse(p.r, nil); err != nil || r.StatusCode != 100 {
			t.Fatalf("%v, %v; want 100", r, err)
		}
		p.send("hi")
		p.want("POST", 200, "hi")
		p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200001\r\n\r\n")
		if r, err := http.ReadResponse(p.r, nil); err != nil || r.StatusCode != 413 {
			t.Errorf("%v, %v; want 413", r, err)
		}
	})
}

func TestHead(t *testing.T) {
	h := func(ctx *fasthttp.RequestCtx) { ctx.WriteString("content") }
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		p := s.dial(t)
		for range 2 {
			p.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
			if r := p.want("HEAD", 200, ""); r.ContentLength != 7 {
				t.Errorf("Content-Length: %d; want 7", r.ContentLength)
			}
		}
	})
}

// A handler that fails ends its connection, and is told of.
func TestFailures(t *testing.T) {
	for name, h := range map[string]fasthttp.RequestHandler{
		"panic":  func(*fasthttp.RequestCtx) { panic("oh") },
		"hijack": func(ctx *fasthttp.RequestCtx) { ctx.Hijack(func(net.Conn) {}) },
		"status": func(ctx *fasthttp.RequestCtx) { ctx.SetStatusCode(99) },
	} {
		for how, handler := range map[string]web.Handler{
			"Pooled": fasthttphandler.Pooled(h, fasthttphandler.Config{}), "Direct": fasthttphandler.Direct(h, fasthttphandler.Config{}),
		} {
			t.Run(name+how, func(t *testing.T) {
				told := make(chan error, 1)
				s := start(t, web.Config{Handler: handler, Conns: serve.Config{OnError: func(_ *serve.Conn, err error) { told <- err }}})
				p := s.dial(t)
				p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
				if r, err := http.ReadResponse(p.r, nil); err != nil || r.StatusCode != 500 {
					t.Fatalf("%v, %v; want 500", r, err)
				}
				err := <-told
				if panicked := (*future.PanicError)(nil); errors.As(err, &panicked) != (name == "panic") {
					t.Errorf("OnError was told %v", err)
				}
			})
		}
	}
}

func TestTimeoutError(t *testing.T) {
	end := make(chan struct{})
	h := fasthttp.TimeoutHandler(func(ctx *fasthttp.RequestCtx) {
		<-end
		ctx.WriteString("late")
	}, time.Millisecond, "too late")
	s := start(t, web.Config{Handler: fasthttphandler.Pooled(h, fasthttphandler.Config{})})
	p := s.dial(t)
	for range 3 {
		p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		p.want("GET", 408, "too late")
	}
	close(end)
}

// A stream arrives piece by piece, as it is written.
func TestStream(t *testing.T) {
	next := make(chan string)
	h := func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) == "/sized" {
			ctx.SetBodyStream(strings.NewReader("0123456789 and more"), 10)
			return
		}
		ctx.SetBodyStreamWriter(func(w *bufio.Writer) {
			for s := range next {
				w.WriteString(s)
				w.Flush()
			}
		})
	}
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		next = make(chan string)
		p := s.dial(t)
		p.send("GET /sized HTTP/1.1\r\nHost: x\r\n\r\n")
		if r := p.want("GET", 200, "0123456789"); r.ContentLength != 10 {
			t.Errorf("Content-Length: %d", r.ContentLength)
		}
		p.send("GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n")
		next <- "first"
		r, err := http.ReadResponse(p.r, nil)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 100)
		if n, err := r.Body.Read(buf); string(buf[:n]) != "first" {
			t.Errorf("%q, %v", buf[:n], err)
		}
		next <- "second"
		close(next)
		if rest, err := io.ReadAll(r.Body); string(rest) != "second" || err != nil {
			t.Errorf("%q, %v", rest, err)
		}
		p.send("GET /sized HTTP/1.1\r\nHost: x\r\n\r\n")
		p.want("GET", 200, "0123456789")
	})
}

// endless is a stream that ends when it is closed.
type endless struct{ closed chan struct{} }

func (e *endless) Read(p []byte) (int, error) {
	<-e.closed
	return 0, io.ErrClosedPipe
}

func (e *endless) Close() error {
	close(e.closed)
	return nil
}

// The stream of a client that has gone is closed, so that who feeds it sees that.
func TestStreamOfAClientThatHasGone(t *testing.T) {
	e := &endless{make(chan struct{})}
	begun := make(chan struct{})
	h := func(ctx *fasthttp.RequestCtx) {
		ctx.SetBodyStream(e, -1)
		close(begun)
	}
	s := start(t, web.Config{Handler: fasthttphandler.Pooled(h, fasthttphandler.Config{})})
	p := s.dial(t)
	p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-begun
	p.Conn.(*net.TCPConn).SetLinger(0)
	p.Close()
	<-e.closed
}

// A server that drains lets a handler answer.
func TestDrain(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	h := func(ctx *fasthttp.RequestCtx) {
		close(begun)
		<-goOn
		ctx.WriteString("answered")
	}
	s := start(t, web.Config{Handler: fasthttphandler.Pooled(h, fasthttphandler.Config{})})
	idle, busy := s.dial(t), s.dial(t)
	busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-begun
	ended := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ended <- s.Shutdown(ctx)
	}()
	idle.wantEnd()
	close(goOn)
	if r := busy.want("GET", 200, "answered"); !r.Close {
		t.Error("the last answer does not say that the connection ends")
	}
	if err := <-ended; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// A server that does not wait drops what a handler answers after the end.
func TestCutOff(t *testing.T) {
	begun, goOn, closed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	h := func(ctx *fasthttp.RequestCtx) {
		close(begun)
		<-goOn
		ctx.SetBodyStream(&endless{closed}, -1)
	}
	s := start(t, web.Config{Handler: fasthttphandler.Pooled(h, fasthttphandler.Config{})})
	p := s.dial(t)
	p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-begun
	_ = s.Close()
	_, _ = io.ReadAll(p.r) // its end
	close(goOn)
	<-closed
}

func TestArguments(t *testing.T) {
	panics := func(want string, f func()) {
		t.Helper()
		defer func() {
			if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), want) {
				t.Errorf("panic: %v; want one that says %q", v, want)
			}
		}()
		f()
	}
	h := func(*fasthttp.RequestCtx) {}
	panics("RequestHandler is nil", func() { fasthttphandler.Pooled(nil, fasthttphandler.Config{}) })
	panics("MaxBody is -1", func() { fasthttphandler.Direct(h, fasthttphandler.Config{MaxBody: -1}) })
}

// A handler may be told nothing of the connection but who it is.
func TestConnectionIsNotThere(t *testing.T) {
	var wrong atomic.Pointer[string]
	h := func(ctx *fasthttp.RequestCtx) {
		_, err := ctx.Conn().Write([]byte("x"))
		if !errors.Is(err, errors.ErrUnsupported) || !errors.Is(ctx.Conn().Close(), errors.ErrUnsupported) {
			s := fmt.Sprint(err)
			wrong.Store(&s)
		}
	}
	both(t, h, fasthttphandler.Config{}, func(t *testing.T, s *served) {
		p := s.dial(t)
		p.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		p.want("GET", 200, "")
		if e := wrong.Load(); e != nil {
			t.Error(*e)
		}
	})
}
