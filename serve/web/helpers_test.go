package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is for how long a test waits for what has to come.
const patience = 20 * time.Second

// served is a server under test.
type served struct {
	*Server
	rt   *sched.Runtime
	addr string
}

// start serves until the end of the test.
func start(t testing.TB, config Config) *served {
	t.Helper()
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	rt, addr := testkit.Listen(t, s)
	return &served{s, rt, addr}
}

// shutDown begins to shut the server down, and returns where its outcome comes.
func (s *served) shutDown() <-chan error {
	ended := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ended <- s.Shutdown(ctx)
	}()
	return ended
}

// peer is a client that says byte for byte what it sends.
type peer struct {
	net.Conn
	t testing.TB
	r *bufio.Reader
}

func (s *served) dial(t testing.TB) *peer {
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

// answer is one, read.
type answer struct {
	*http.Response
	content string
}

// read reads the answer to a request of that method.
func (p *peer) read(method string) answer {
	p.t.Helper()
	r, err := http.ReadResponse(p.r, &http.Request{Method: method})
	if err != nil {
		p.t.Fatal(err)
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatalf("%s, %q: %v", r.Status, content, err)
	}
	return answer{r, string(content)}
}

// want reads an answer and says if it is another one.
func (p *peer) want(method string, status int, content string) answer {
	p.t.Helper()
	a := p.read(method)
	if a.StatusCode != status || a.content != content {
		p.t.Errorf("answered with %d, %q; want %d, %q", a.StatusCode, a.content, status, content)
	}
	return a
}

// wantEnd reads until the server closes, and says what it has sent.
func (p *peer) wantEnd() {
	p.t.Helper()
	if rest, err := io.ReadAll(p.r); err != nil || len(rest) > 0 {
		p.t.Errorf("%q, %v; want the end", rest, err)
	}
}

func hello(w *Response, _ *Request) { _, _ = w.WriteString("Hello, World!") }

const get = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
