package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// statusOf sends a request on a connection of its own and returns the status of the final answer, 0 if there is none.
func statusOf(t *testing.T, address, request string) int {
	t.Helper()
	p := (&served{addr: address}).dial(t)
	defer p.Close()
	p.send(request)
	_ = p.Conn.(*net.TCPConn).CloseWrite()
	for r := bufio.NewReader(p); ; {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return 0
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode >= 200 {
			return resp.StatusCode
		}
	}
}

// What a server answers to requests that may have been made to smuggle others, side by side with net/http's: the same status,
// or a refusal of what net/http takes.
func TestRefusalsAreThoseOfNetHTTP(t *testing.T) {
	standard := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "ok")
	}))
	defer standard.Close()
	ours := start(t, Config{Handler: WithContent(1<<20, func(w *Response, _ *Request) { _, _ = w.WriteString("ok") })})
	with := func(fields string, content ...string) string {
		return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields + "\r\n" + strings.Join(content, "")
	}
	chunked := func(content string) string { return with("Transfer-Encoding: chunked\r\n", content) }
	requests := []string{
		with(""), with("A: b\x00\r\n"), with("A : b\r\n"), with(" A: b\r\n"), with("A: b\r\n c\r\n"), with("A\r\n"), with(": b\r\n"), with("A: b\n"), with("A: b\rc\r\n"),
		with("Content-Length: 2\r\n", "ab"), with("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"), with("Content-Length: 2\r\nContent-Length: 3\r\n", "abc"),
		with("Content-Length: 2, 2\r\n", "ab"), with("Content-Length: +2\r\n", "ab"), with("Content-Length: -2\r\n"), with("Content-Length: 0x2\r\n", "ab"), with("Content-Length:\r\n"),
		with("Content-Length: 99999999999999999999\r\n"), with("Content-Length : 2\r\n", "ab"),
		with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
		with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), with("Transfer-Encoding: identity\r\n"), with("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
		chunked("0\r\n\r\n"), chunked("2\r\nab\r\n0\r\n\r\n"), chunked("0x2\r\nab\r\n0\r\n\r\n"), chunked("+2\r\nab\r\n0\r\n\r\n"), chunked("g\r\n\r\n"), chunked("2\nab\r\n0\r\n\r\n"),
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
		"GET / HTTP/1.1\nHost: x\n\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", "GET / HTTP/1.10\r\nHost: x\r\n\r\n",
		"GET /% HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", "GET path HTTP/1.1\r\nHost: x\r\n\r\n", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://u@x/ HTTP/1.1\r\nHost: y\r\n\r\n", "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", with("Expect: nonsense\r\n"), with("Expect: 100-continue\r\nContent-Length: 2\r\n", "ab"),
	}
	for b := range 256 {
		if b != '\n' {
			requests = append(requests, fmt.Sprintf("GET / HTTP/1.1\r\nConnection: close\r\nHost: a%sb\r\n\r\n", string([]byte{byte(b)})), with(fmt.Sprintf("A%s: b\r\n", string([]byte{byte(b)}))))
		}
	}
	stricter, refused := 0, 0
	for _, request := range requests {
		want, got := statusOf(t, standard.Listener.Addr().String(), request), statusOf(t, ours.addr, request)
		if got >= 400 {
			refused++
		}
		switch {
		case got == want:
		case want == 200 && got >= 400 || want >= 400 && got >= 400:
			stricter++
			t.Logf("%.90q: answered with %d, net/http with %d", request, got, want)
		default:
			t.Errorf("%.90q: answered with %d, net/http with %d", request, got, want)
		}
	}
	if refused < 200 || stricter > 15 {
		t.Errorf("%d of %d refused, %d otherwise than by net/http: the table has lost one side", refused, len(requests), stricter)
	}
}

// Content that breaks the rules is the client's fault, also if the handler wraps the error. The same error of another connection, such as one to
// a server that the handler asks, is not.
func TestWhoseFaultAnErrorIs(t *testing.T) {
	mux := new(Mux)
	mux.Handle("/own", AsyncFunc(func(co *future.Co, _ *Response, r *Request) error {
		_, err := r.Body().Read(make([]byte, 10)).Await(co)
		return fmt.Errorf("the content: %w", err)
	}))
	mux.Handle("/other", AsyncFunc(func(*future.Co, *Response, *Request) error { return fmt.Errorf("a server: %w", http1.ErrChunkLine) }))
	mux.HandleStandard("/standard", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http1.ErrChunkLine) }))
	o := newTold()
	s := start(t, Config{Handler: mux.Serve, Conns: serve.Config{OnError: o.hook}})
	for _, c := range []struct {
		path   string
		status int
	}{{"/own", 400}, {"/other", 500}, {"/standard", 500}} {
		if got := statusOf(t, s.addr, "POST "+c.path+" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n"); got != c.status {
			t.Errorf("%s is answered with %d, want %d", c.path, got, c.status)
		}
		if c.status == 500 {
			if err := o.wait(t); !errors.Is(err, http1.ErrChunkLine) {
				t.Errorf("%s: told of %v", c.path, err)
			}
		}
	}
}

// A handler that calls runtime.Goexit, as a test's FailNow does, ends its connection, and that is told once.
func TestHandlersThatEndTheirGoroutine(t *testing.T) {
	for _, h := range []Handler{
		func(*Response, *Request) { runtime.Goexit() },
		func(w *Response, _ *Request) { w.Await(exiting{}) },
		AsyncFunc(func(*future.Co, *Response, *Request) error { runtime.Goexit(); return nil }),
		Standard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() })),
	} {
		o := newTold()
		s := start(t, Config{Handler: h, Conns: serve.Config{OnError: o.hook}})
		p := s.dial(t)
		p.send(get)
		if _, err := io.Copy(io.Discard, p.r); err != nil {
			t.Error(err)
		}
		if err := o.wait(t); !errors.Is(err, future.ErrGoexit) {
			t.Errorf("told of %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if m := s.Metrics(); m.Open != 0 || m.Failed != 1 || len(o.came) != 0 {
			t.Errorf("%+v, %d more told", m, len(o.came))
		}
	}
}

// exiting ends the goroutine that polls it.
type exiting struct{}

func (exiting) Poll(*waker.Context) future.Poll[future.Unit] {
	runtime.Goexit()
	return future.Ready(future.Unit{})
}
