package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	sleep "github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/serve"
)

// A deadline that the handler sets while something waits under one of ours is not taken back with that.
func TestStandardDeadlineStays(t *testing.T) {
	var lock sync.Mutex
	var last time.Time // that was set
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l := &w.(*standardWriter).s.reads
		set := l.set
		l.set = func(c *netio.Conn, at time.Time) error {
			lock.Lock()
			defer lock.Unlock()
			last = at
			return set(c, at)
		}
		read := make(chan error)
		go func() {
			_, err := r.Body.Read(make([]byte, 1))
			read <- err
		}()
		for timed := false; !timed; runtime.Gosched() {
			l.lock.Lock()
			timed = l.timed
			l.lock.Unlock()
		}
		rc := http.NewResponseController(w)
		at := time.Now().Add(time.Hour)
		if err := rc.SetReadDeadline(at); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, "x")
		_ = rc.Flush()
		if err := <-read; err != nil {
			t.Error(err)
		}
		l.within(time.Minute)
		if lock.Lock(); !last.Equal(at) {
			t.Errorf("what waits later has a deadline at %v; want that of the handler", last)
		}
		lock.Unlock()
		if err := rc.SetReadDeadline(time.Unix(1, 0)); err != nil {
			t.Error(err)
		}
		if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a read after the deadline: %v", err)
		}
	})
	p := start(t, Config{Handler: Standard(h), BodyTimeout: time.Minute}).dial(t)
	p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
	if _, err := p.r.ReadString('x'); err != nil {
		t.Fatal(err)
	}
	p.send("a")
	_, _ = io.Copy(io.Discard, p.r)
	if lock.Lock(); !last.IsZero() {
		t.Errorf("the connection goes on with a deadline at %v", last)
	}
	lock.Unlock()
}

// What another goroutine writes after the answer was sent, and before all is taken from it, is no answer of its own.
func TestStandardWritesBehindTheAnswer(t *testing.T) {
	content := strings.Repeat("a", 3000)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, content)
		w.(*standardWriter).finish() // as when it returns
		if n, err := w.Write(make([]byte, 2000)); n > 0 || err != errEnded {
			t.Errorf("%d, %v", n, err)
		}
	})
	p := start(t, Config{Handler: Standard(h)}).dial(t)
	for range 2 {
		p.send(get)
		p.want("GET", 200, content)
	}
}

// The context of a request ends with its handler, also if that has taken the connection away.
func TestStandardContextEnds(t *testing.T) {
	ended := make(chan error, 1)
	side(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		go func() {
			select {
			case <-ctx.Done():
				ended <- nil
			case <-time.After(patience):
				ended <- errors.New("it does not end")
			}
		}()
		if r.URL.Path == "/hijack" {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil { // else it is closed
				c.Close()
			}
		}
	}), func(t *testing.T, at string) {
		for _, path := range []string{"/", "/hijack"} {
			(&served{addr: at}).dial(t).send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
			if err := <-ended; err != nil {
				t.Error(path, err)
			}
		}
	})
}

// Trailers are the handler's request's whether they were announced or not.
func TestStandardTrailersUnannounced(t *testing.T) {
	side(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, r.Trailer, err)
	}), func(t *testing.T, at string) {
		p := (&served{addr: at}).dial(t)
		p.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nFoo: bar\r\n\r\n")
		p.want("POST", 200, "map[Foo:[bar]] <nil>")
	})
}

// Status 101 has neither content nor a length.
func TestStandardSwitchingProtocols(t *testing.T) {
	side(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "x")
		w.WriteHeader(101)
		if _, err := w.Write([]byte("a")); err != http.ErrBodyNotAllowed {
			t.Error(err)
		}
	}), func(t *testing.T, at string) {
		p := (&served{addr: at}).dial(t)
		p.send(get)
		want101(t, p)
	})
}

// It says that HTTP ends, and not that the connection does, also if it answers the last request.
func TestStandardSwitchingProtocolsAtLast(t *testing.T) {
	p := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.WriteHeader(101)
	}))}).dial(t)
	p.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	want101(t, p)
	p.wantEnd()
}

// want101 reads the header of an answer with status 101, which says nothing of content.
func want101(t *testing.T, p *peer) {
	t.Helper()
	a, err := http.ReadResponse(p.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h := a.Header; a.StatusCode != 101 || h.Get("Content-Length") != "" || len(a.TransferEncoding) > 0 || len(h["Connection"]) != 1 || h.Get("Connection") != "Upgrade" {
		t.Errorf("%s, %v, %v", a.Status, h, a.TransferEncoding)
	}
}

// A read of content that is given up is not waited for.
func TestReadOfContentIsGivenUp(t *testing.T) {
	p := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		read := r.Body().Read(make([]byte, 1))
		_, late := sleep.Timeout(read, time.Millisecond).Await(co)
		fmt.Fprint(w, late == sleep.ErrTimeout, r.x.wantsBody)
		return nil
	})}).dial(t)
	p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
	p.want("POST", 200, "true false")
	p.send("a" + "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n")
	p.want("POST", 200, "true false")
}

// The answer that a switch comes after is given when the handler has ended.
func TestSwitchWaitsForTheHandler(t *testing.T) {
	p := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		w.Switch(func(c *serve.Conn, _ []byte) future.Future[future.Unit] {
			return future.Do(func(co *future.Co) error {
				_, err := c.WriteAll([]byte("switched")).Await(co)
				return err
			})
		})
		_, err := sleep.Sleep(time.Millisecond).Await(co)
		w.Set("Upgrade", "x")
		return err
	})}).dial(t)
	p.send(get)
	want101(t, p)
	if rest, err := io.ReadAll(p.r); string(rest) != "switched" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

// Who would switch, and does not as the client takes no answer or the handler fails, is told, once.
func TestSwitchIsLost(t *testing.T) {
	lost := make(chan string, 10)
	s := start(t, Config{Handler: func(w *Response, r *Request) {
		way := string(r.Path())
		if way == "/deaf" {
			_ = r.Conn().Net().SetWriteDeadline(time.Unix(1, 0))
		}
		w.SwitchOr(func(*serve.Conn, []byte) future.Future[future.Unit] {
			if way != "/twice" {
				t.Errorf("%s: it switches", way)
			}
			return future.Value(future.Unit{})
		}, func() { lost <- way })
		switch way {
		case "/panic":
			panic("no")
		case "/fails":
			w.Await(future.Fail[future.Unit](errors.New("no")))
		case "/twice":
			w.Switch(func(*serve.Conn, []byte) future.Future[future.Unit] { return future.Value(future.Unit{}) })
		}
	}})
	for _, way := range []string{"/deaf", "/panic", "/fails", "/twice"} {
		p := s.dial(t)
		p.send("GET " + way + " HTTP/1.1\r\nHost: x\r\n\r\n")
		_, _ = io.Copy(io.Discard, p.r)
		select {
		case got := <-lost:
			if got != way {
				t.Errorf("%s was lost, not %s", got, way)
			}
		case <-time.After(patience):
			t.Errorf("%s: nobody is told", way)
		}
	}
	if len(lost) > 0 {
		t.Errorf("%s was told twice", <-lost)
	}
}

// Content that a handler has not read is no part of the protocol that it switches to. Too much of it, or what breaks the rules, is answered in HTTP.
func TestSwitchWithContent(t *testing.T) {
	lost := make(chan bool, 1)
	s := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		w.Set("Upgrade", "x")
		w.SwitchOr(func(c *serve.Conn, rest []byte) future.Future[future.Unit] {
			return future.Do(func(co *future.Co) error {
				for len(rest) < len("protocol") {
					buf := make([]byte, 100)
					n, err := c.Read(buf).Await(co)
					if err != nil {
						return err
					}
					rest = append(rest, buf[:n]...)
				}
				_, err := c.WriteAll(rest).Await(co)
				return err
			})
		}, func() { lost <- true })
		if string(r.Path()) != "/some" {
			return nil
		}
		_, err := r.Body().Read(make([]byte, 2)).Await(co)
		return err
	})})
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", n, strings.Repeat("c", n)) }
	const chunked = "Transfer-Encoding: chunked\r\n\r\n"
	for _, c := range []struct {
		name, request string
		status        int
	}{
		{"none read", "POST / HTTP/1.1\r\nHost: x\r\n" + length(10), 101},
		{"some read", "POST /some HTTP/1.1\r\nHost: x\r\n" + length(10), 101},
		{"in chunks", "POST /some HTTP/1.1\r\nHost: x\r\n" + chunked + "5\r\nccccc\r\n3\r\nccc\r\n0\r\n\r\n", 101},
		{"much", "POST / HTTP/1.1\r\nHost: x\r\n" + length(maxSkip), 101},
		{"too much", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nccc", 413},
		{"too much in chunks", "POST / HTTP/1.1\r\nHost: x\r\n" + chunked + strings.Repeat("5\r\nccccc\r\n", maxSkip/5+1), 413},
		{"bad chunks", "POST / HTTP/1.1\r\nHost: x\r\n" + chunked + "g\r\n", 400},
	} {
		p := s.dial(t)
		p.send(c.request + "protocol")
		if c.status == 101 {
			want101(t, p)
			if rest, err := io.ReadAll(p.r); string(rest) != "protocol" || err != nil {
				t.Errorf("%s: %q, %v", c.name, rest, err)
			}
		} else if a := p.read("POST"); a.StatusCode != c.status || !a.Close {
			t.Errorf("%s: %s", c.name, a.Status)
		}
		if c.status != 101 {
			<-lost
		} else if len(lost) > 0 {
			t.Errorf("%s: lost", c.name)
		}
	}
	p := s.dial(t) // a client that waits to be told is told before the 101
	p.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	if r, err := http.ReadResponse(p.r, nil); err != nil || r.StatusCode != 100 {
		t.Fatal(r, err)
	}
	p.send("cccprotocol")
	want101(t, p)
	if rest, err := io.ReadAll(p.r); string(rest) != "protocol" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}
