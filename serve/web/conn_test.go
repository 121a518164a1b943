package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/serve"
)

// echo answers with method, path and content.
var echo = WithContent(1<<20, func(w *Response, r *Request) {
	fmt.Fprintf(w, "%s %s %s", r.Method(), r.Path(), r.Content())
})

func TestOneAfterTheOther(t *testing.T) {
	p := start(t, Config{Handler: echo}).dial(t)
	for range 3 {
		p.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
		a := p.want("GET", 200, "GET /a ")
		if a.Header.Get("Date") == "" || a.Header.Get("Content-Length") != "7" || a.Close {
			t.Errorf("%v", a.Header)
		}
		p.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n")
		if a := p.want("HEAD", 200, ""); a.ContentLength != 8 {
			t.Errorf("to HEAD a length of %d", a.ContentLength)
		}
		p.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
		p.want("POST", 200, "POST /b hello")
		p.send("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, World\r\n0\r\n\r\n")
		p.want("POST", 200, "POST /c hello, World")
	}
}

// A client that sends a byte at a time is answered as any other.
func TestByteByByte(t *testing.T) {
	p := start(t, Config{Handler: echo}).dial(t)
	for _, b := range []byte("\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloPUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nA: b\r\n\r\n") {
		p.send(string(b))
	}
	p.want("POST", 200, "POST /b hello")
	p.want("PUT", 200, "PUT /c hello")
}

// Requests that come in one packet are answered in order, with content, async ones among them, and all of them.
func TestThousandInAPacket(t *testing.T) {
	large := strings.Repeat("x", 3*notCopied)
	p := start(t, Config{Handler: func(w *Response, r *Request) {
		switch n := len(r.RawQuery()) % 4; {
		case n == 1:
			w.Await(future.Box[future.Unit](future.Do(func(co *future.Co) error {
				_, err := future.Yield().Await(co)
				_, _ = w.Write(r.RawQuery())
				return err
			})))
		case n == 2 && len(r.RawQuery()) < 100:
			w.SetContent([]byte(large))
		default:
			_, _ = w.Write(r.RawQuery())
		}
	}}).dial(t)
	var all bytes.Buffer
	for i := range 1000 {
		fmt.Fprintf(&all, "GET /?%s HTTP/1.1\r\nHost: x\r\n\r\n", strings.Repeat("q", i%200))
	}
	go p.Write(all.Bytes())
	for i := range 1000 {
		want := strings.Repeat("q", i%200)
		if i%200%4 == 2 && i%200 < 100 {
			want = large
		}
		if a := p.read("GET"); a.content != want {
			t.Fatalf("answer %d: %.40q of %d bytes, want %d", i, a.content, len(a.content), len(want))
		}
	}
}

// How the connection goes on.
func TestKeepAlive(t *testing.T) {
	s := start(t, Config{Handler: hello})
	for _, c := range []struct {
		name, request, connection string
		stays                     bool
	}{
		{"1.1", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "", true},
		{"close", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "close", false},
		{"1.0", "GET / HTTP/1.0\r\n\r\n", "close", false},
		{"1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", true},
		{"content that nobody reads", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "", true},
		{"chunks that nobody reads", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "", true},
		{"content that is awaited and that nobody reads", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", "close", false},
	} {
		p := s.dial(t)
		p.send(c.request)
		r := p.read("GET")
		if got := r.Response.Header.Get("Connection"); got != c.connection && !(r.Close && c.connection == "close") {
			t.Errorf("%s: Connection: %q", c.name, got)
		}
		if !c.stays {
			_ = p.Conn.(*net.TCPConn).CloseWrite() // it may linger until then
			p.wantEnd()
			continue
		}
		p.send(get)
		p.want("GET", 200, "Hello, World!")
	}
}

func TestContinue(t *testing.T) {
	p := start(t, Config{Handler: echo}).dial(t)
	for range 2 {
		p.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
		if line, err := p.r.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
			t.Fatal(line, err)
		}
		_, _ = p.r.ReadString('\n')
		p.send("hello")
		p.want("POST", 200, "POST /a hello")
	}
}

func TestContentTooLarge(t *testing.T) {
	s := start(t, Config{Handler: WithContent(5, func(w *Response, r *Request) { _, _ = w.Write(r.Content()) })})
	for _, c := range []struct{ just, above string }{
		{"Content-Length: 5\r\n\r\nabcde", "Content-Length: 6\r\n\r\nabcdef"},
		{"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"},
	} {
		p := s.dial(t)
		p.send("POST / HTTP/1.1\r\nHost: x\r\n" + c.above)
		if a := p.read("POST"); a.StatusCode != 413 {
			t.Errorf("%q: %s", c.above, a.Status)
		}
		p.Close()
		p = s.dial(t)
		p.send("POST / HTTP/1.1\r\nHost: x\r\n" + c.just)
		p.want("POST", 200, "abcde")
	}
}

// What is no request is refused, the answer arrives though the client goes on sending, and the connection ends.
func TestRefusals(t *testing.T) {
	s := start(t, Config{Handler: hello, MaxHeader: 1000})
	for request, status := range map[string]int{
		"oh\r\n\r\n":                                 400,
		"GET / HTTP/1.1\r\n\r\n":                     400,
		"GET / HTTP/2.0\r\nHost: x\r\n\r\n":          505,
		"GET / HTTP/1.1\nHost: x\n\n":                400,
		get[:len(get)-2] + "A : b\r\n\r\n":           400,
		get[:len(get)-2] + strings.Repeat("a", 1000): 431,
	} {
		p := s.dial(t)
		p.send(get + request)
		p.want("GET", 200, "Hello, World!")
		p.send(strings.Repeat("and more ", 100_000)) // a server that closed at once would reset the connection
		if a := p.read("GET"); a.StatusCode != status || !a.Close {
			t.Errorf("%.40q: %s", request, a.Status)
		}
		p.Close()
	}
}

// A client that closes its side still gets the answer.
func TestHalfClosed(t *testing.T) {
	p := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		for range 10 {
			if _, err := future.Yield().Await(co); err != nil {
				return err
			}
		}
		_, _ = w.WriteString("late")
		return nil
	})}).dial(t)
	p.send(get + get)
	if err := p.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	p.want("GET", 200, "late")
	p.want("GET", 200, "late")
	p.wantEnd()
}

// told collects what Config.OnError is told.
type told struct {
	mu   sync.Mutex
	errs []error
	came chan struct{}
}

func newTold() *told { return &told{came: make(chan struct{}, 100)} }

func (o *told) hook(_ *serve.Conn, err error) {
	o.mu.Lock()
	o.errs = append(o.errs, err)
	o.mu.Unlock()
	o.came <- struct{}{}
}

func (o *told) wait(t *testing.T) error {
	t.Helper()
	select {
	case <-o.came:
	case <-time.After(patience):
		t.Fatal("OnError was not told")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.errs[len(o.errs)-1]
}

// A handler that panics, fails, or breaks its word is answered with 500 while that is possible, ends its connection alone,
// and is told of.
func TestHandlersThatFail(t *testing.T) {
	failure := errors.New("no")
	for _, c := range []struct {
		name    string
		handler Handler
		is      func(error) bool
		cut     bool // the answer had begun
	}{
		{"panic", func(w *Response, _ *Request) { _, _ = w.WriteString("x"); panic("oh") }, isPanic, false},
		{"panic after Await", func(w *Response, _ *Request) { w.Await(future.Never[future.Unit]()); panic("oh") }, isPanic, false},
		{"panic in a future", AsyncFunc(func(*future.Co, *Response, *Request) error { panic("oh") }), isPanic, false},
		{"error", AsyncFunc(func(*future.Co, *Response, *Request) error { return failure }), func(err error) bool { return err == failure }, false},
		{"a line end in a value", func(w *Response, _ *Request) { w.Set("A", "b\r\nC: d") }, isPanic, false},
		{"too little", func(w *Response, _ *Request) { w.SetLength(5); _, _ = w.WriteString("abc") }, func(err error) bool { return err == errTooShort }, false},
		{"too much", func(w *Response, _ *Request) { w.SetLength(2); _, _ = w.WriteString("abc") }, func(err error) bool { return err == errTooLong }, false},
		{"error in a stream", AsyncFunc(func(co *future.Co, w *Response, _ *Request) error {
			_, _ = w.WriteString("abc")
			if _, err := w.Flush().Await(co); err != nil {
				return err
			}
			return failure
		}), func(err error) bool { return err == failure }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newTold()
			s := start(t, Config{Handler: c.handler, Conns: serve.Config{OnError: o.hook}})
			p := s.dial(t)
			p.send(get)
			if c.cut {
				if rest, err := io.ReadAll(p.r); err != nil || !bytes.HasSuffix(rest, []byte("3\r\nabc\r\n")) {
					t.Errorf("%q, %v", rest, err)
				}
			} else {
				if a := p.read("GET"); a.StatusCode != 500 || !a.Close {
					t.Errorf("%s", a.Status)
				}
				p.wantEnd()
			}
			if err := o.wait(t); !c.is(err) {
				t.Errorf("told of %v", err)
			}
		})
	}
}

func isPanic(err error) bool {
	var p *future.PanicError
	return errors.As(err, &p)
}

// A client that is too slow loses its connection, and OnError is told why.
func TestTimeouts(t *testing.T) {
	const short = 30 * time.Millisecond
	read := AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		_, err := r.Body().Read(make([]byte, 10)).Await(co)
		if err != nil {
			return err
		}
		_, err = r.Body().Read(make([]byte, 10)).Await(co)
		return err
	})
	for _, c := range []struct {
		name, sent string
		config     Config
	}{
		{"header", get + "GET", Config{Handler: hello, HeaderTimeout: short}},
		{"content", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", Config{Handler: read, BodyTimeout: short}},
		{"content that nobody reads", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", Config{Handler: hello, BodyTimeout: short}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newTold()
			c.config.Conns.OnError = o.hook
			p := start(t, c.config).dial(t)
			p.send(c.sent)
			if _, err := io.Copy(io.Discard, p.r); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Logf("the client: %v", err)
			}
			if err := o.wait(t); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("told of %v", err)
			}
		})
	}
}

// An idle connection is closed, which is no error.
func TestIdleTimeout(t *testing.T) {
	o := newTold()
	p := start(t, Config{Handler: hello, IdleTimeout: 30 * time.Millisecond, Conns: serve.Config{OnError: o.hook}}).dial(t)
	p.send(get)
	p.want("GET", 200, "Hello, World!")
	p.wantEnd()
	if len(o.came) > 0 {
		t.Errorf("told of %v", o.wait(t))
	}
}

// A client that only asks and never reads makes the server hold a bounded number of answers, and loses its connection.
func TestNeverReads(t *testing.T) {
	o := newTold()
	handled := 0
	large := make([]byte, 1<<20)
	s := start(t, Config{Handler: func(w *Response, _ *Request) { handled++; w.SetContent(large) }, WriteTimeout: 50 * time.Millisecond, Conns: serve.Config{OnError: o.hook}})
	p := s.dial(t)
	go func() {
		for range 1000 {
			if _, err := io.WriteString(p, get); err != nil {
				return
			}
		}
	}()
	if err := o.wait(t); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("told of %v", err)
	}
	if handled > 100 { // what socket buffers take
		t.Errorf("%d answers of 1 MiB were made for a client that reads none", handled)
	}
}

// Clients that reset the connection at any byte of a request leave nothing behind.
func TestResets(t *testing.T) {
	const request = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
	s := start(t, Config{Handler: echo})
	for n := range len(request) + 1 {
		p := s.dial(t)
		p.send(request[:n])
		_ = p.Conn.(*net.TCPConn).SetLinger(0)
		p.Close()
	}
	p := s.dial(t)
	p.send(request)
	p.want("POST", 200, "POST /a hello")
	testkit.Until(t, "one connection is left", func() bool { return s.Metrics().Open <= 1 })
}
