package engine

import (
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
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

// serve calls handle for each connection, with its number, and closes it after that.
func serve(t *testing.T, handle func(i int, c *net.TCPConn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for i := 0; ; i++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(i, c.(*net.TCPConn))
			}()
		}
	}()
	return l.Addr().String()
}

func copyBack(_ int, c *net.TCPConn) { _, _ = io.Copy(c, c) }

// config is a load of n requests on one connection.
func config(t *testing.T, url string, n uint64) Config {
	t.Helper()
	target, err := ParseTarget(url)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Target: target, Connections: 1, Requests: n, Timeout: time.Minute, Size: 64, Method: "GET"}
}

func mustRun(t *testing.T, ctx context.Context, rt *sched.Runtime, c Config) *stats.Report {
	t.Helper()
	r, err := Run(ctx, rt, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunSendsAsManyAsAsked(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 1000)
	c.Connections = 7
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Requests != 1000 || r.Succeeded != 1000 || r.Failed != 0 || r.Connects != 7 ||
		r.BytesSent != 64000 || r.BytesReceived != 64000 || r.Interrupted || r.Latency.P50 <= 0 {
		t.Errorf("%+v", r)
	}
}

func TestRunDoesNotCountTheWarmup(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 10)
	c.Warmup = 20 * time.Millisecond
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Requests != 10 {
		t.Errorf("%d requests, want 10", r.Requests)
	}
}

// A message larger than all socket buffers comes back before it is sent whole.
func TestRunLargeMessages(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 6)
	c.Connections, c.Size = 2, 12<<20+5
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Succeeded != 6 || r.Failed != 0 {
		t.Errorf("%d succeeded, errors %v", r.Succeeded, r.ErrorExamples)
	}
}

// Each fault, three times over, is counted under its name and no other.
func TestRunCountsFaultsByKind(t *testing.T) {
	after := func(answer func(c *net.TCPConn)) func(int, *net.TCPConn) {
		return func(_ int, c *net.TCPConn) {
			// Whole messages: closing with something unread would reset.
			if _, err := io.ReadAtLeast(c, make([]byte, 1024), 64); err == nil {
				answer(c)
			}
		}
	}
	text := func(s string) func(int, *net.TCPConn) {
		return after(func(c *net.TCPConn) {
			_, _ = io.WriteString(c, s)
			_ = c.CloseWrite()
			_, _ = io.Copy(io.Discard, c)
		})
	}
	for _, f := range []struct {
		name, scheme, kind string
		handle             func(int, *net.TCPConn)
	}{
		{"closes", "tcp", "eof", text("")},
		{"resets", "tcp", "reset", after(func(c *net.TCPConn) { _ = c.SetLinger(0) })},
		{"answers something else", "tcp", "wrong_echo", text(strings.Repeat("x", 64))},
		{"answers and goes on", "tcp", "bad_response", func(_ int, c *net.TCPConn) {
			m := make([]byte, 64)
			if _, err := io.ReadFull(c, m); err == nil {
				_, _ = c.Write(append(m, '!'))
				_, _ = io.Copy(io.Discard, c)
			}
		}},
		{"is not HTTP", "http", "bad_response", text("SSH-2.0-x\r\n")},
		{"ends within the content", "http", "eof", text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")},
		{"ends before the header", "http", "eof", text("")},
		{"404", "http", "http_4xx", text("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
		{"500 to the end", "http", "http_5xx", text("HTTP/1.0 500 Oh\r\n\r\nsorry")},
		{"answers twice", "http", "bad_response", text("HTTP/1.1 204 Gone\r\n\r\nHTTP/1.1 204 Gone\r\n\r\n")},
		{"endless header", "http", "bad_response", text("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 70<<10))},
	} {
		t.Run(f.name, func(t *testing.T) {
			c := config(t, f.scheme+"://"+serve(t, f.handle), 3)
			if strings.HasPrefix(f.kind, "http") {
				c.Headers = []string{"Connection: close"}
				c.Requests = 1 // what the server makes of the next one is another case
			}
			r := mustRun(t, t.Context(), newRuntime(t), c)
			if r.Errors[f.kind] != c.Requests || r.Failed != c.Requests || r.Succeeded != 0 {
				t.Errorf("errors %v, examples %v, %d succeeded, want %d %s", r.Errors, r.ErrorExamples, r.Succeeded, c.Requests, f.kind)
			}
		})
	}
}

func TestRunCountsRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "tcp://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := mustRun(t, t.Context(), newRuntime(t), config(t, url, 3))
	if r.Errors["refused"] != 3 || r.Failed != 3 || r.Connects != 0 {
		t.Errorf("errors %v, %d connects", r.Errors, r.Connects)
	}
}

func TestRunCountsTimeouts(t *testing.T) {
	c := config(t, "tcp://"+serve(t, func(_ int, c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }), 3)
	c.Timeout = 5 * time.Millisecond
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Errors["timeout"] != 3 || r.Failed != 3 {
		t.Errorf("errors %v", r.Errors)
	}
}

// The timer outlives many requests and is not taken for the end of a later one.
func TestRunTimesEachRequestApart(t *testing.T) {
	c := config(t, "tcp://"+serve(t, copyBack), 0)
	c.Timeout = 250 * time.Millisecond
	c.Duration = 4 * c.Timeout
	if r := mustRun(t, t.Context(), newRuntime(t), c); r.Errors["timeout"] != 0 && r.Latency.Max < int64(c.Timeout) {
		t.Errorf("errors %v, though the slowest reply took %v", r.Errors, time.Duration(r.Latency.Max))
	}
}

func TestRunGoesOnAfterAFault(t *testing.T) {
	url := "tcp://" + serve(t, func(i int, c *net.TCPConn) {
		if i == 0 {
			_, _ = io.ReadFull(c, make([]byte, 64))
			return // closes
		}
		copyBack(i, c)
	})
	r := mustRun(t, t.Context(), newRuntime(t), config(t, url, 50))
	if r.Succeeded != 49 || r.Errors["eof"] != 1 || r.Failed != 1 || r.Connects != 2 {
		t.Errorf("%d succeeded, errors %v, %d connects", r.Succeeded, r.Errors, r.Connects)
	}
}

func TestRunReconnectsWhenTheServerCloses(t *testing.T) {
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		if _, err := c.Read(make([]byte, 1024)); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
		}
	}) + "/"
	r := mustRun(t, t.Context(), newRuntime(t), config(t, url, 20))
	if r.Succeeded != 20 || r.Failed != 0 || r.Connects != 20 || r.StatusCodes["200"] != 20 {
		t.Errorf("%d succeeded, errors %v, %d connects, codes %v", r.Succeeded, r.Errors, r.Connects, r.StatusCodes)
	}
}

// Replies far larger than the buffer, and header lines too.
func TestRunLargeReplies(t *testing.T) {
	reply := "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("a", 50<<10) + "\r\nContent-Length: 1000000\r\n\r\n" + strings.Repeat("b", 1000000)
	url := "http://" + serve(t, func(_ int, c *net.TCPConn) {
		for {
			if _, err := c.Read(make([]byte, 1024)); err != nil {
				return
			}
			_, _ = io.WriteString(c, reply)
		}
	}) + "/"
	r := mustRun(t, t.Context(), newRuntime(t), config(t, url, 20))
	if r.Succeeded != 20 || r.BytesReceived != uint64(20*len(reply)) || r.Connects != 1 {
		t.Errorf("%d succeeded, errors %v, %d bytes", r.Succeeded, r.ErrorExamples, r.BytesReceived)
	}
}

func TestRunIsInterrupted(t *testing.T) {
	for _, warmup := range []time.Duration{0, time.Hour} {
		ctx, cancel := context.WithCancel(t.Context())
		c := config(t, "tcp://"+serve(t, func(_ int, c *net.TCPConn) {
			cancel()
			_, _ = io.Copy(io.Discard, c)
		}), 0)
		c.Duration, c.Timeout, c.Warmup, c.Connections = time.Hour, time.Hour, warmup, 20
		r := mustRun(t, ctx, newRuntime(t), c)
		if !r.Interrupted || r.Requests != 0 {
			t.Errorf("%+v", r)
		}
	}
}

// A run ends on time though no reply comes.
func TestRunEndsWithoutReplies(t *testing.T) {
	c := config(t, "tcp://"+serve(t, func(_ int, c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }), 0)
	c.Duration, c.Timeout, c.Connections = 20*time.Millisecond, time.Hour, 20
	r := mustRun(t, t.Context(), newRuntime(t), c)
	if r.Interrupted || r.Requests != 0 || r.Failed != 0 {
		t.Errorf("%+v", r)
	}
}

func TestRunTellsWhatItCannotResolve(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // no name server is to be asked
	if _, err := Run(ctx, newRuntime(t), config(t, "tcp://name.invalid:1", 1)); err == nil || !strings.Contains(err.Error(), "name.invalid") {
		t.Errorf("%v", err)
	}
}

// In steady state a request allocates nothing, on our side: the server here is in C's
// place, and so is written to allocate nothing either.
func TestRunDoesNotAllocatePerRequest(t *testing.T) {
	for _, scheme := range []string{"tcp", "http"} {
		var served atomic.Int64
		url := scheme + "://" + serve(t, func(_ int, c *net.TCPConn) {
			buf, reply := make([]byte, 4096), []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				served.Add(1)
				answer := reply
				if scheme == "tcp" {
					answer = buf[:n]
				}
				if _, err := c.Write(answer); err != nil {
					return
				}
			}
		})
		rt := newRuntime(t)
		mallocs := func(n uint64) uint64 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			mustRun(t, t.Context(), rt, config(t, url, n))
			runtime.ReadMemStats(&after)
			return after.Mallocs - before.Mallocs
		}
		mallocs(100)
		const more = 5000
		few, many := mallocs(100), mallocs(100+more)
		if served.Load() < more {
			t.Fatalf("%s: %d served", scheme, served.Load())
		}
		// What a run needs once varies by a few dozen.
		if each := float64(int64(many)-int64(few)) / more; each > 0.05 {
			t.Errorf("%s: %.3f allocations a request", scheme, each)
		}
	}
}
