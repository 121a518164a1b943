package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve"
)

// side starts the handler under this package's server and under net/http's, and hands a client of each over.
func side(t *testing.T, h http.Handler, ask func(t *testing.T, at string)) {
	t.Run("here", func(t *testing.T) { ask(t, start(t, Config{Handler: Standard(h)}).addr) })
	t.Run("net/http", func(t *testing.T) {
		s := httptest.NewServer(h)
		defer s.Close()
		ask(t, s.Listener.Addr().String())
	})
}

// What a handler sees and how its answers are framed is as under net/http.
func TestStandardIsAsNetHTTP(t *testing.T) {
	long := strings.Repeat("0123456789", 2000)
	h := http.NewServeMux()
	h.HandleFunc("/see/{id}", func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		fmt.Fprintln(w, r.Method, r.URL, r.Proto, r.Host, r.PathValue("id"), r.ContentLength, r.TransferEncoding, r.Close, r.RequestURI, r.Header, r.Trailer, len(content), err)
	})
	h.HandleFunc("/long", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, long) })
	h.HandleFunc("/sized", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "20000")
		io.WriteString(w, long)
	})
	h.HandleFunc("/html", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") })
	h.HandleFunc("/none", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(204)
		_, err := w.Write([]byte("x"))
		fmt.Println(err)
	})
	h.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-A"] = []string{"b\r\nc", "d"}
		w.WriteHeader(418)
	})
	h.HandleFunc("/trailers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "Sum")
		w.WriteHeader(200)
		io.WriteString(w, "abc")
		w.Header().Set("Sum", "7")
		w.Header().Set(http.TrailerPrefix+"More", "8")
	})
	h.HandleFunc("/flushed", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "abc")
		http.NewResponseController(w).Flush()
		io.WriteString(w, "def")
	})
	h.HandleFunc("/close", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Connection", "close") })
	var sides [2][]string
	side(t, h, func(t *testing.T, at string) {
		got := &sides[0]
		if strings.HasSuffix(t.Name(), "net/http") {
			got = &sides[1]
		}
		for _, request := range []string{
			"GET /see/7?a=b HTTP/1.1\r\nHost: x\r\nA: b\r\na: c\r\n\r\n",
			"POST /see/7 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
			"POST /see/7 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n5\r\nhello\r\n6\r\n, Worl\r\n0\r\nSum: 3\r\n\r\n",
			"POST /see/8 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000),
			"GET http://y/see/7 HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /see/7 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"GET /long HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /long HTTP/1.1\r\nHost: x\r\n\r\n", "GET /sized HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /html HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /html HTTP/1.1\r\nHost: x\r\n\r\n", "GET /none HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /status HTTP/1.1\r\nHost: x\r\n\r\n", "GET /trailers HTTP/1.1\r\nHost: x\r\n\r\n", "GET /flushed HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", "GET /flushed HTTP/1.0\r\n\r\n", "GET /close HTTP/1.1\r\nHost: x\r\n\r\n",
		} {
			p := (&served{addr: at}).dial(t)
			p.send(request)
			method, _, _ := strings.Cut(request, " ")
			a := p.read(method)
			a.Header.Del("Date")
			*got = append(*got, fmt.Sprint(a.Status, a.Header, a.ContentLength, a.TransferEncoding, a.Close, a.Trailer, a.content))
			p.Close()
		}
	})
	for i := range sides[0] {
		if sides[0][i] != sides[1][i] {
			t.Errorf("%d: here\n%.600s\nnet/http\n%.600s", i, sides[0][i], sides[1][i])
		}
	}
}

// Requests on one connection, pipelined among them, are answered in order, also where the handler leaves content unread.
func TestStandardKeepsTheConnection(t *testing.T) {
	mux := new(Mux)
	mux.Handle("/own", hello)
	mux.HandleStandard("/std", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "std") }))
	p := start(t, Config{Handler: mux.Serve}).dial(t)
	for range 20 {
		p.send("GET /own HTTP/1.1\r\nHost: x\r\n\r\nPOST /std HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /std HTTP/1.1\r\nHost: x\r\n\r\nGET /own HTTP/1.1\r\nHost: x\r\n\r\n")
		p.want("GET", 200, "Hello, World!")
		p.want("POST", 200, "std")
		p.want("GET", 200, "std")
		p.want("GET", 200, "Hello, World!")
	}
}

// A handler's context ends when its client is gone, and with its answer.
func TestStandardContext(t *testing.T) {
	for _, content := range []string{"", "hello"} {
		ended := make(chan error, 1)
		arrived := make(chan struct{})
		s := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(arrived)
			<-r.Context().Done()
			ended <- context.Cause(r.Context())
		}))})
		p := s.dial(t)
		fmt.Fprintf(p, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(content), content)
		<-arrived
		p.Close()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Fatal("the context did not end with the client")
		}
	}
}

// Server-Sent Events arrive one by one.
func TestStandardEvents(t *testing.T) {
	next := make(chan string)
	s := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for e := range next {
			fmt.Fprintf(w, "data: %s\n\n", e)
			w.(http.Flusher).Flush()
		}
	}))})
	p := s.dial(t)
	p.send(get)
	next <- "a"
	r, err := http.ReadResponse(p.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 100)
	for _, e := range []string{"b", "c", ""} {
		if n, err := io.ReadAtLeast(r.Body, buf, 9); err != nil || !strings.HasPrefix(string(buf[:n]), "data: ") {
			t.Fatalf("%q, %v", buf[:n], err)
		}
		if e != "" {
			next <- e
		}
	}
	close(next)
	if rest, err := io.ReadAll(r.Body); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

func TestStandardPanics(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		status  int
		told    bool
	}{
		{"at once", func(http.ResponseWriter, *http.Request) { panic("oh") }, 500, true},
		{"after some content", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "abc"); panic("oh") }, 500, true},
		{"after Flush", func(w http.ResponseWriter, _ *http.Request) { w.(http.Flusher).Flush(); panic("oh") }, 200, true},
		{"ErrAbortHandler", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newTold()
			p := start(t, Config{Handler: Standard(c.handler), Conns: serve.Config{OnError: o.hook}}).dial(t)
			p.send(get)
			all, _ := io.ReadAll(p.r)
			if want := fmt.Sprintf("HTTP/1.1 %d", c.status); c.status > 0 && !bytes.HasPrefix(all, []byte(want)) || c.status == 0 && len(all) > 0 || bytes.HasSuffix(all, []byte("0\r\n\r\n")) {
				t.Errorf("%q", all)
			}
			if c.told {
				if err := o.wait(t); !isPanic(err) {
					t.Errorf("told of %v", err)
				}
			} else if len(o.came) > 0 {
				t.Errorf("told of %v", o.wait(t))
			}
		})
	}
}

// A handler that panics after its connection was cut is told of, but for http.ErrAbortHandler; an OnError that panics then costs nobody anything.
func TestStandardPanicsAfterACut(t *testing.T) {
	told := make(chan error, 3)
	arrived := make(chan struct{}, 3)
	s := start(t, Config{
		Handler: Standard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			arrived <- struct{}{}
			<-r.Context().Done()
			if r.URL.Path == "/abort" {
				panic(http.ErrAbortHandler)
			}
			panic("after all")
		})),
		Conns: serve.Config{OnError: func(_ *serve.Conn, err error) { told <- err; panic(err) }},
	})
	for _, path := range []string{"/abort", "/a", "/b"} {
		s.dial(t).send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
		<-arrived
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case err := <-told:
			if !isPanic(err) || !strings.Contains(err.Error(), "after all") {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Fatal("nobody was told")
		}
	}
}

// Files are answered as net/http does, and none from outside.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	large := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	inside := filepath.Join(dir, "inside")
	for name, content := range map[string][]byte{"inside/a.txt": []byte("text"), "inside/large.bin": large, "inside/sub/index.html": []byte("<p>"), "secret": []byte("no")} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret", filepath.Join(inside, "link")); err != nil {
		t.Log(err)
	}
	root, err := os.OpenRoot(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := start(t, Config{Handler: Files(root, "/files")})
	theirs := httptest.NewServer(http.StripPrefix("/files", http.FileServer(http.Dir(inside))))
	defer theirs.Close()
	future := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for _, request := range []string{
		"GET /files/a.txt HTTP/1.1\r\n", "HEAD /files/large.bin HTTP/1.1\r\n", "GET /files/large.bin HTTP/1.1\r\n", "GET /files/large.bin HTTP/1.1\r\nRange: bytes=100-99999\r\n",
		"GET /files/large.bin HTTP/1.1\r\nRange: bytes=0-4,100-99999\r\n", "GET /files/a.txt HTTP/1.1\r\nRange: bytes=9-\r\n", "GET /files/sub HTTP/1.1\r\n", "GET /files/sub/ HTTP/1.1\r\n",
		"GET /files/none HTTP/1.1\r\n", "GET /files/a.txt HTTP/1.1\r\nIf-Modified-Since: " + future + "\r\n",
		"POST /files/a.txt HTTP/1.1\r\n",
		// What is known by now.
		"GET /files/a.txt HTTP/1.1\r\n", "HEAD /files/a.txt HTTP/1.1\r\n", "GET /files/large.bin HTTP/1.1\r\n", "HEAD /files/large.bin HTTP/1.1\r\n",
		"GET /files/large.bin HTTP/1.1\r\nRange: bytes=-5\r\n", "GET /files/large.bin HTTP/1.1\r\nif-none-match: *\r\n", "GET /files/large.bin HTTP/1.1\r\nIf-Match: \"x\"\r\n",
		"GET /files/large.bin HTTP/1.1\r\nIf-Modified-Since: yesterday\r\n", "GET /files/large.bin HTTP/1.1\r\nIf-Modified-Since: " + future + "\r\n", "HEAD /files/a.txt HTTP/1.1\r\nIf-Modified-Since: " + future + "\r\n",
		"GET /files/large.bin HTTP/1.1\r\nIf-Modified-Since: Mon, 02 Jan 2006 15:04:05 GMT\r\n", "GET /files/large.bin HTTP/1.1\r\nIf-Unmodified-Since: Mon, 02 Jan 2006 15:04:05 GMT\r\n",
		"GET /files/sub/index.html HTTP/1.1\r\n", "GET /files/a.txt/ HTTP/1.1\r\n", "GET /filesa.txt HTTP/1.1\r\n", "GET /files HTTP/1.1\r\n", "DELETE /files/a.txt HTTP/1.1\r\n",
		"GET /files/large.bin HTTP/1.0\r\n",
	} {
		request += "Host: x\r\nConnection: close\r\n\r\n"
		method, _, _ := strings.Cut(request, " ")
		p, q := s.dial(t), (&served{addr: theirs.Listener.Addr().String()}).dial(t)
		p.send(request)
		q.send(request)
		got, want := p.read(method), q.read(method)
		if strings.Contains(request, ",") && strings.Contains(request, "bytes=0-4,") { // its boundary is a random one
			if got.StatusCode != 206 || len(got.content) != len(want.content) {
				t.Errorf("%d, %d bytes; net/http %d, %d", got.StatusCode, len(got.content), want.StatusCode, len(want.content))
			}
			continue
		}
		for _, name := range []string{"Content-Type", "Content-Range", "Last-Modified", "Location", "Accept-Ranges"} {
			if got.Header.Get(name) != want.Header.Get(name) {
				t.Errorf("%q: %s is %q; net/http %q", request, name, got.Header.Get(name), want.Header.Get(name))
			}
		}
		if got.StatusCode != want.StatusCode || got.content != want.content || got.ContentLength != want.ContentLength {
			t.Errorf("%q: %d, %d bytes of %d; net/http %d, %d of %d", request, got.StatusCode, len(got.content), got.ContentLength, want.StatusCode, len(want.content), want.ContentLength)
		}
	}
	for _, path := range []string{"/files/../secret", "/files/%2e%2e/secret", "/files/..%2fsecret", "/files/link", "/files//../secret"} {
		p := s.dial(t)
		p.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
		if a := p.read("GET"); a.StatusCode == 200 || strings.Contains(a.content, "no") && a.StatusCode < 400 {
			t.Errorf("%s: %d, %q", path, a.StatusCode, a.content)
		}
	}
}
