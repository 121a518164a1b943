package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
)

// Content in both directions at once, much more than fits into any buffer, arrives as it was sent.
func TestEchoOfAStream(t *testing.T) {
	s := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		buf := make([]byte, 5000)
		for {
			n, err := r.Body().Read(buf).Await(co)
			if err == io.EOF {
				for name, value := range r.Trailers() {
					w.SetTrailer("X-"+string(name), string(value))
				}
				return nil
			}
			if err != nil {
				return err
			}
			_, _ = w.Write(buf[:n])
			if _, err := w.Flush().Await(co); err != nil {
				return err
			}
		}
	})})
	content := bytes.Repeat([]byte("0123456789abcde\n"), 100_000)
	for _, framed := range []bool{true, false} {
		p := s.dial(t)
		go func() {
			if framed {
				_, _ = io.WriteString(p, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1600000\r\n\r\n")
				_, _ = p.Write(content)
				return
			}
			_, _ = io.WriteString(p, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
			for rest := content; len(rest) > 0; rest = rest[min(len(rest), 0x8765):] {
				piece := rest[:min(len(rest), 0x8765)]
				_, _ = io.WriteString(p, hex(len(piece))+"\r\n"+string(piece)+"\r\n")
			}
			_, _ = io.WriteString(p, "0\r\nSum: 7\r\n\r\n")
		}()
		a := p.read("POST")
		if a.content != string(content) {
			t.Errorf("framed %v: %d bytes came back of %d, or others", framed, len(a.content), len(content))
		}
		if !framed && a.Trailer.Get("X-Sum") != "7" {
			t.Errorf("trailers %v", a.Trailer)
		}
		p.send(get[:len(get)-2] + "Content-Length: 2\r\n\r\nok")
		p.want("GET", 200, "ok")
	}
}

func hex(n int) string {
	const digits = "0123456789abcdef"
	s := ""
	for ; n > 0; n /= 16 {
		s = string(digits[n%16]) + s
	}
	return s
}

// A source is sent to its end, or as much as was promised, and ended.
func TestStream(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 20_000)
	for _, c := range []struct {
		name, request, want string
		length              int64
		chunked             bool
	}{
		{"chunks", get, content, -1, true},
		{"of a length", get, content, int64(len(content)), false},
		{"a part", get, content[:1000], 1000, false},
		{"to 1.0", "GET / HTTP/1.0\r\n\r\n", content, -1, false},
	} {
		closed := make(chan struct{}, 1)
		p := start(t, Config{Handler: func(w *Response, _ *Request) {
			w.Stream(&source{Reader: aio.FromReader(strings.NewReader(content)), closed: closed}, c.length)
		}}).dial(t)
		p.send(c.request)
		a := p.read("GET")
		if a.content != c.want || (len(a.TransferEncoding) > 0) != c.chunked {
			t.Errorf("%s: %d bytes of %d, %v", c.name, len(a.content), len(c.want), a.TransferEncoding)
		}
		<-closed
	}
}

type source struct {
	aio.Reader
	closed chan struct{}
}

func (s *source) Close() error { s.closed <- struct{}{}; return nil }

// A source that fails cuts the answer short, so that the client sees it.
func TestStreamFails(t *testing.T) {
	o := newTold()
	failure := errors.New("no more")
	p := start(t, Config{Handler: func(w *Response, _ *Request) { w.Stream(failing{failure}, -1) }, Conns: serve.Config{OnError: o.hook}}).dial(t)
	p.send(get)
	if all, err := io.ReadAll(p.r); err != nil || bytes.HasSuffix(all, []byte("0\r\n\r\n")) {
		t.Errorf("%q, %v", all, err)
	}
	if err := o.wait(t); err != failure {
		t.Errorf("told of %v", err)
	}
}

type failing struct{ err error }

func (f failing) PollRead(*waker.Context, []byte) future.Poll[int] { return future.Failed[int](f.err) }

// After a switch the connection speaks another protocol, and what was sent already is not lost.
func TestSwitch(t *testing.T) {
	p := start(t, Config{Handler: func(w *Response, r *Request) {
		if !r.Upgrades("echo") {
			w.Error(426, "this is for echo")
			return
		}
		w.Set("Upgrade", "echo")
		w.Switch(func(c *serve.Conn, rest []byte) future.Future[future.Unit] {
			return future.Box[future.Unit](future.Do(func(co *future.Co) error {
				buf := append([]byte("<"), rest...)
				for {
					if _, err := c.WriteAll(buf).Await(co); err != nil {
						return err
					}
					buf = make([]byte, 100)
					n, err := c.Read(buf).Await(co)
					if err == io.EOF {
						return nil
					}
					if err != nil {
						return err
					}
					buf = buf[:n]
				}
			}))
		})
	}}).dial(t)
	p.send(get)
	p.want("GET", 426, "this is for echo\n")
	p.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: Echo\r\n\r\nearly")
	a := p.read("GET")
	if a.StatusCode != 101 || a.Header.Get("Upgrade") != "echo" || a.Header.Get("Connection") != "Upgrade" {
		t.Errorf("%s, %v", a.Status, a.Header)
	}
	p.send(" and late")
	got := make([]byte, len("<early and late"))
	if _, err := io.ReadFull(p.r, got); err != nil || string(got) != "<early and late" {
		t.Errorf("%q, %v", got, err)
	}
}

// What is compressed, and for whom.
func TestGzip(t *testing.T) {
	long := strings.Repeat("again and ", 1000)
	for _, c := range []struct {
		name, accepts, typ, content string
		packed                      bool
	}{
		{"text", "gzip", "", long, true},
		{"listed", "br;q=1, GZIP;q=0.5", "application/json; charset=utf-8", long, true},
		{"not accepted", "br", "", long, false},
		{"refused", "gzip;q=0.0", "", long, false},
		{"short", "gzip", "", "short", false},
		{"an image", "gzip", "image/png", long, false},
		{"refused by a capital letter", "gzip; Q=0", "", long, false},
	} {
		p := start(t, Config{Handler: Gzip(func(w *Response, _ *Request) {
			if c.typ != "" {
				w.SetContentType(c.typ)
			}
			_, _ = w.WriteString(c.content)
		})}).dial(t)
		p.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + c.accepts + "\r\n\r\n")
		a := p.read("GET")
		content := a.content
		if a.Header.Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			unpacked, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			content = string(unpacked)
		}
		if content != c.content || (a.Header.Get("Content-Encoding") != "") != c.packed || a.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %.20q, %v", c.name, content, a.Header)
		}
	}
}

// What is compressed is another content than what is not, and its header says so, whatever the handler has set or taken back.
func TestGzipTellsContentsApart(t *testing.T) {
	long := strings.Repeat("again and ", 1000)
	for _, c := range []struct {
		name, etag, vary, encoding string
		h                          Handler
	}{
		{"a strong ETag", `W/"1"`, "Accept-Encoding", "gzip", func(w *Response, _ *Request) { w.Set("ETag", `"1"`); w.Set("Accept-Ranges", "bytes") }},
		{"a weak ETag", `W/"1"`, "Accept-Encoding", "gzip", func(w *Response, _ *Request) { w.Set("etag", `W/"1"`) }},
		{"another Vary", "", "Origin Accept-Encoding", "gzip", func(w *Response, _ *Request) { w.Set("Vary", "Origin") }},
		{"the same Vary", "", "Origin, accept-encoding", "gzip", func(w *Response, _ *Request) { w.Set("Vary", "Origin, accept-encoding") }},
		{"an error", "", "Accept-Encoding", "gzip", func(w *Response, _ *Request) { w.Error(404, "no") }},
		{"no-transform", `"1"`, "Accept-Encoding", "", func(w *Response, _ *Request) { w.Set("Cache-Control", "private, No-Transform"); w.Set("ETag", `"1"`) }},
	} {
		p := start(t, Config{Handler: Gzip(func(w *Response, r *Request) {
			c.h(w, r)
			_, _ = w.WriteString(long)
		})}).dial(t)
		p.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
		h := p.read("GET").Header
		if h.Get("ETag") != c.etag || strings.Join(h.Values("Vary"), " ") != c.vary || h.Get("Content-Encoding") != c.encoding || h.Get("Accept-Ranges") != "" {
			t.Errorf("%s: %v", c.name, h)
		}
	}
}

// Header fields are replaced, or stand beside one another, and those that are the server's are not taken.
func TestFields(t *testing.T) {
	p := start(t, Config{Handler: func(w *Response, r *Request) {
		w.Set("X-One", "1")
		w.Add("x-two", "1")
		w.Add("X-Two", "2")
		w.Set("x-one", "2")
		w.Set("Date", "then")
		w.Set("Content-Type", "a/b")
		q, _ := r.Query("a b")
		w.Set("X-Query", q)
		for _, name := range []string{"Transfer-Encoding", "Trailer", "Connection", "a b", ""} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("Set(%q) was taken", name)
					}
				}()
				w.Set(name, "x")
			}()
		}
		if string(r.Path()) != "/p q" {
			t.Errorf("path %q", r.Path())
		}
	}}).dial(t)
	p.send("GET /p%20q?x=1&a+b=c%20d HTTP/1.1\r\nHost: x\r\n\r\n")
	h := p.want("GET", 200, "").Header
	for name, want := range map[string]string{"X-One": "2", "X-Two": "1 2", "Date": "then", "Content-Type": "a/b", "X-Query": "c d"} {
		if got := strings.Join(h[name], " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What a future reads of its request is that request's, whatever has come after it and been answered elsewhere on the worker.
func TestKeptHeader(t *testing.T) {
	s := start(t, Config{Handler: func(w *Response, r *Request) {
		if string(r.Path()) == "/other" {
			return
		}
		w.Await(future.Box[future.Unit](future.Do(func(co *future.Co) error {
			buf := make([]byte, 10)
			for {
				n, err := r.Body().Read(buf).Await(co)
				if err == io.EOF {
					break
				}
				if err != nil {
					return err
				}
				_, _ = w.Write(buf[:n])
			}
			_, _ = w.Write(r.Get("X-Mine"))
			_, _ = w.Write(r.Path())
			return nil
		})))
	}})
	p := s.dial(t)
	p.send("POST /kept HTTP/1.1\r\nHost: x\r\nX-Mine: mine\r\nContent-Length: 4\r\n\r\nab")
	for range 10 { // they are read into the buffers of both workers
		q := s.dial(t)
		q.send("GET /other HTTP/1.1\r\nHost: " + strings.Repeat("y", 500) + "\r\n\r\n")
		q.want("GET", 200, "")
		q.Close()
	}
	p.send("cd" + get)
	p.want("POST", 200, "abcdmine/kept")
	p.want("GET", 200, "/hello")
}
