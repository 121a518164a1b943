package engine

import (
	"io"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// Whatever a server does, whatever is spoken with it: the run ends, each request is counted once, and failures are counted by a
// kind that says what happened.
func TestRunSurvivesServers(t *testing.T) {
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := refused.Addr().String()
	_ = refused.Close()
	hold := func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }
	says := func(text string) func(int, *net.TCPConn) {
		return func(_ int, c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, text)
			_ = c.CloseWrite()
			hold(c)
		}
	}
	for _, server := range []struct {
		name   string
		handle func(int, *net.TCPConn)
	}{
		{"refuses", nil},
		{"closes", func(int, *net.TCPConn) {}},
		{"closes when asked", says("")},
		{"resets", func(_ int, c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1))
			_ = c.SetLinger(0)
		}},
		{"is silent", func(_ int, c *net.TCPConn) { hold(c) }},
		{"says nothing known", says("\x00\xff\x15\x03 what is this")},
		{"says a little", says("H")},
		{"says too much", func(_ int, c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1)) // what comes before a request is no reply to it
			for line := []byte(strings.Repeat("x", 4096)); ; {
				if _, err := c.Write(line); err != nil {
					return
				}
			}
		}},
		{"begins HTTP", says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")},
		{"begins Redis", says("$100\r\nhalf")},
		{"says interim replies", says(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 10_000))},
	} {
		rt := newRuntime(t)
		address := nobody
		if server.handle != nil {
			address = serve(t, server.handle)
		}
		for _, url := range []string{"http", "https", "h2c", "ws", "redis", "tcp", "raw", "open"} {
			scheme := url
			switch url {
			case "h2c", "open":
				scheme = "http"
			case "raw":
				scheme = "tcp"
			}
			c := config(t, scheme+"://"+address, 2)
			c.Connections, c.Timeout = 2, 40*time.Millisecond
			switch url {
			case "h2c":
				c.Target, _ = c.Target.WithHTTP2()
				c.Pipeline = 2
			case "raw":
				c.Send, c.Reply = "x", Reply{Until: "\r\n\r\n\r\n"}
			case "open":
				c.Load = Load{Stages: Constant(1000)}
			}
			r := mustRun(t, t.Context(), rt, c)
			if r.Failed != 2 || r.Succeeded != 0 || r.Errors["other"] != 0 {
				t.Errorf("a server that %s, %s: %d succeeded, %d failed: %v", server.name, url, r.Succeeded, r.Failed, r.ErrorExamples)
			}
		}
	}
}

// What has no end in the largest buffer is a failure, whether a reply or what comes before the first one. (It was read on and on,
// into no room, and no timeout was looked at.)
func TestLineWithoutAnEnd(t *testing.T) {
	for _, credentials := range []string{"", ":secret@"} {
		c := config(t, "redis://"+credentials+serve(t, func(_ int, c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, "+"+strings.Repeat("a", lastBuffer))
			_, _ = io.Copy(io.Discard, c)
		}), 1)
		c.Duration = 5 * time.Second
		if r := mustRun(t, t.Context(), newRuntime(t), c); r.Errors["bad_response"] != 1 || r.Failed != 1 {
			t.Errorf("credentials %q: %d failed: %v", credentials, r.Failed, r.ErrorExamples)
		}
	}
}

// A server that dies, is away for a while, and comes back is found again by all connections.
func TestRunFindsAServerThatComesBack(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the socket's file outlives it")
	}
	path := filepath.Join(t.TempDir(), "s")
	begin := func() (net.Listener, chan net.Conn) {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Error(err)
			return nil, nil
		}
		conns := make(chan net.Conn, 100)
		go func() {
			defer close(conns)
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				conns <- c
				go func() {
					_, _ = io.Copy(c, c)
					_ = c.Close()
				}()
			}
		}()
		return l, conns
	}
	l, conns := begin()
	c := config(t, "unix://"+path, 1<<40)
	c.Connections = 4
	lived := make(chan net.Listener, 1)
	time.AfterFunc(50*time.Millisecond, func() {
		_ = l.Close()
		for c := range conns {
			_ = c.Close()
		}
		time.AfterFunc(50*time.Millisecond, func() {
			l, _ := begin()
			lived <- l
		})
	})
	c.Interval = 20 * time.Millisecond
	var before uint64
	c.Stop = func(r *stats.Report) []string {
		if r.Connects < 8 { // until all four are connected to the second one
			before = r.Succeeded
		} else if r.Succeeded > before+100 {
			return []string{"it is back"}
		}
		return nil
	}
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Errors["eof"]+r.Errors["reset"]+r.Errors["refused"]+r.Errors["other"] == 0 || r.Connects < 8 {
		t.Errorf("%d connects, errors %v", r.Connects, r.ErrorExamples)
	}
	if l := <-lived; l != nil {
		_ = l.Close()
	}
}
