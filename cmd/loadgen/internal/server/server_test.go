package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/sched"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newRuntime(t *testing.T) *sched.Runtime {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := rt.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return rt
}

func start(t *testing.T, mode Mode) *Server {
	t.Helper()
	s, err := Listen(newRuntime(t), Config{Mode: mode}, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustStop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(t.Context()); err != nil {
		t.Errorf("Stop: %v", err)
	}
	if n := s.Open(); n != 0 {
		t.Errorf("%d connections open after Stop", n)
	}
}

func dial(t *testing.T, s *Server) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

func send(t *testing.T, w io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
}

// What was sent comes back, though the client reads nothing before it has sent all,
// more than any buffer holds.
func TestEcho(t *testing.T) {
	s := start(t, Echo)
	sent := make([]byte, 20<<20)
	rng := rand.NewChaCha8([32]byte{1})
	_, _ = rng.Read(sent)
	c := dial(t, s)
	go func() {
		for rest := sent; len(rest) > 0; {
			n := min(len(rest), 1+int(rng.Uint64()%100_000))
			if _, err := c.Write(rest[:n]); err != nil {
				t.Errorf("write: %v", err)
			}
			rest = rest[n:]
		}
		_ = c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	mustStop(t, s)
	if n := s.Counts(); n.Accepted != 1 || n.Failed != 0 || n.BytesReceived != uint64(len(sent)) || n.BytesSent != uint64(len(sent)) {
		t.Errorf("%+v", n)
	}
}

func TestEchoOnAUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	s, err := Listen(newRuntime(t), Config{}, "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if s.URL() != "unix://"+path {
		t.Errorf("serves on %s", s.URL())
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(t, c, "hello")
	got := make([]byte, 5)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	mustStop(t, s)
}

// net/http's client is content, and stays on one connection.
func TestHTTPForTheStandardClient(t *testing.T) {
	s := start(t, HTTP)
	transport := &http.Transport{MaxConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "GET"} {
		var content io.Reader
		if method == "POST" {
			content = strings.NewReader(strings.Repeat("x", 1<<20))
		} else if method == "PUT" {
			content = io.MultiReader(strings.NewReader("of unknown"), strings.NewReader("length"))
		}
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"any/path?q", content)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		want := hello
		if method == "HEAD" {
			want = ""
		}
		if err != nil || resp.StatusCode != 200 || string(got) != want || resp.ContentLength != int64(len(hello)) || resp.Close {
			t.Errorf("%s: %d, %q, %v, length %d, close %v", method, resp.StatusCode, got, err, resp.ContentLength, resp.Close)
		}
	}
	mustStop(t, s)
	if n := s.Counts(); n.Accepted != 1 || n.Requests != 6 || n.Refused != 0 || n.Failed != 0 {
		t.Errorf("%+v", n)
	}
}

// The answer to a request that is refused arrives although the client goes on sending.
func TestHTTPRefusalArrives(t *testing.T) {
	for _, r := range []struct {
		request string
		status  int
	}{
		{"nonsense\r\n" + strings.Repeat("x", 1<<20), 400},
		{"GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 1<<20), 431},
	} {
		s := start(t, HTTP)
		c := dial(t, s)
		send(t, c, r.request)
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != r.status || !resp.Close || !bytes.HasPrefix(content, []byte("http: ")) {
			t.Errorf("%d, close %v, %q, %v", resp.StatusCode, resp.Close, content, err)
		}
		_ = c.Close()
		mustStop(t, s)
		if n := s.Counts(); n.Refused != 1 || n.Requests != 0 {
			t.Errorf("%+v", n)
		}
	}
}

func TestStopClosesIdleConnections(t *testing.T) {
	for _, mode := range []Mode{Echo, HTTP} {
		s := start(t, mode)
		conns := make([]*net.TCPConn, 50)
		for i := range conns {
			conns[i] = dial(t, s)
			send(t, conns[i], "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
			if _, err := conns[i].Read(make([]byte, 500)); err != nil {
				t.Fatal(err)
			}
		}
		mustStop(t, s)
		for _, c := range conns {
			if got, err := io.ReadAll(c); err != nil {
				t.Errorf("%v: the connection ended with %q, %v", mode, got, err)
			}
		}
		select {
		case <-s.Done():
		default:
			t.Error("stopped but not done")
		}
	}
}

func TestStopLetsARequestEnd(t *testing.T) {
	s := start(t, HTTP)
	c := dial(t, s)
	// The answer to the first shows that the begin of the second was seen as well.
	const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	send(t, c, get+get[:20])
	r := bufio.NewReader(c)
	for i := range 2 {
		if i == 1 {
			go func() {
				<-refusing(s)
				if _, err := io.WriteString(c, get[20:]); err != nil {
					t.Errorf("write: %v", err)
				}
			}()
			mustStop(t, s)
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(resp.Body); err != nil || string(got) != hello {
			t.Errorf("answer %d: %q, %v", i, got, err)
		}
	}
	if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
		t.Errorf("then %q, %v", rest, err)
	}
}

// refusing is closed once new connections are refused, which Stop begins with.
func refusing(s *Server) <-chan struct{} {
	refused := make(chan struct{})
	go func() {
		defer close(refused)
		for {
			c, err := net.Dial("tcp", s.listener.Addr().String())
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return refused
}

func TestStopCutsWhatIsUnfinished(t *testing.T) {
	s := start(t, HTTP)
	c := dial(t, s)
	send(t, c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
	if _, err := io.ReadFull(c, make([]byte, len(goOn))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	err := s.Stop(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "half received or an answer half sent: 1") {
		t.Errorf("Stop: %v", err)
	}
	// Stop has cut it, and not left that to the runtime's shutdown.
	if n := s.Counts(); s.Open() != 0 || n.Cut != 1 || n.Failed != 1 {
		t.Errorf("%d open, %+v", s.Open(), n)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the client reads: %v", err)
	}
}

func TestListenOnATakenPort(t *testing.T) {
	s := start(t, Echo)
	_, err := Listen(newRuntime(t), Config{}, "tcp", s.listener.Addr().String())
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v", err)
	}
	mustStop(t, s)
}
