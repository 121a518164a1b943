package web

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
)

// beside asks an http.Handler under this package's server and under net/http's, and says where what wire shows of the answers differs.
func beside(t *testing.T, h http.HandlerFunc, request string, show func(a answer) string) {
	t.Helper()
	method, _, _ := strings.Cut(request, " ")
	var got [2]string
	side(t, h, func(t *testing.T, at string) {
		p := (&served{addr: at}).dial(t)
		p.send(request)
		i := 0
		if strings.Contains(t.Name(), "net/http") {
			i = 1
		}
		got[i] = show(p.read(method))
	})
	if got[0] != got[1] {
		t.Errorf("%q is answered with\n%s, under net/http with\n%s", request, got[0], got[1])
	}
}

// A handler that copies a file in pieces sends each piece once, and leaves the file behind what was sent.
func TestStandardFileInPieces(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 8<<10)
	for i := range content {
		content[i] += byte(i >> 14)
	}
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		copy func(w io.Writer, f *os.File) error
	}{
		{"pieces of 32 KB", func(w io.Writer, f *os.File) error {
			for range len(content) / (32 << 10) {
				if _, err := io.CopyN(w, f, 32<<10); err != nil {
					return err
				}
			}
			return nil
		}},
		{"a piece and the rest, by any limit", func(w io.Writer, f *os.File) error {
			if _, err := io.CopyN(w, f, 1000); err != nil {
				return err
			}
			_, err := io.Copy(w, io.LimitReader(f, math.MaxInt64))
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var at int64
			beside(t, func(w http.ResponseWriter, r *http.Request) {
				f, err := os.Open(name)
				if err != nil {
					t.Error(err)
					return
				}
				defer f.Close()
				w.Header().Set("Content-Length", fmt.Sprint(len(content)))
				if err := c.copy(w, f); err != nil {
					t.Error(err)
				}
				if at, err = f.Seek(0, io.SeekCurrent); err != nil || at != int64(len(content)) {
					t.Errorf("the file is at %d after it, %v; want %d", at, err, len(content))
				}
			}, get, func(a answer) string { return fmt.Sprint(a.StatusCode, a.content == string(content)) })
		})
	}
}

// What an http.Handler does not say is not said for it: the length of what a HEAD does not show, and the type of what has not come yet.
func TestStandardSaysNoMore(t *testing.T) {
	for _, c := range []struct {
		name, request string
		h             http.HandlerFunc
	}{
		{"HEAD without content", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", func(w http.ResponseWriter, r *http.Request) {}},
		{"HEAD of an error", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }},
		{"HEAD with a length", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "7") }},
		{"GET without content", get, func(w http.ResponseWriter, r *http.Request) {}},
		{"flushed before the content", get, func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			io.WriteString(w, "<html>")
		}},
		{"flushed with a status that has none", get, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(204)
			w.(http.Flusher).Flush()
		}},
		{"names in small letters", get, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["x-odd"] = []string{"1"}
			io.WriteString(w, "x")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			beside(t, c.h, c.request, func(a answer) string {
				a.Header.Del("Date")
				return fmt.Sprint(a.StatusCode, a.ContentLength, a.TransferEncoding, a.Header, a.Trailer, a.content)
			})
		})
	}
}

// What an http.Handler sets is sent so that a client understands it: no second length, whatever way it came into the map, no trailer that frames the
// message, and nothing before the answer to a client of HTTP/1.0, which would take it for that.
func TestStandardFraming(t *testing.T) {
	for _, c := range []struct {
		name, request, want string
		h                   http.HandlerFunc
	}{
		{"lengths and encodings in small letters", get, "200 map[Content-Length:[5] Content-Type:[text/x]] map[] hello", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["content-length"] = []string{"5"}
			w.Header()["transfer-encoding"] = []string{"chunked"}
			w.Header()["content-type"] = []string{"text/x"}
			io.WriteString(w, "hello")
		}},
		{"trailers that frame", get, "200 map[] map[Sum:[1]] ", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Trailer", "Content-Length, sum")
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			w.Header().Set("Content-Length", "3")
			w.Header().Set("Sum", "1")
			w.Header().Set(http.TrailerPrefix+"Host", "x")
			w.Header().Set(http.TrailerPrefix+"Transfer-Encoding", "chunked")
		}},
		{"hints to HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "200 map[Content-Length:[5] Content-Type:[text/plain; charset=utf-8]] map[] hello", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(103)
			w.WriteHeader(100)
			io.WriteString(w, "hello")
		}},
	} {
		p := start(t, Config{Handler: Standard(c.h)}).dial(t)
		p.send(c.request)
		a := p.read("GET")
		a.Header.Del("Date")
		if got := fmt.Sprint(a.StatusCode, " ", a.Header, " ", a.Trailer, " ", a.content); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A handler that would send a trailer that frames the message is told, as it is of a header that does.
func TestTrailerNames(t *testing.T) {
	for _, name := range []string{"content-length", "Transfer-Encoding", "Host", "te", "Authorization", "a b", ""} {
		p := start(t, Config{Handler: func(w *Response, _ *Request) { w.SetTrailer(name, "1") }}).dial(t)
		p.send(get)
		if a := p.read("GET"); a.StatusCode != 500 {
			t.Errorf("a trailer %q is answered with %s", name, a.Status)
		}
	}
}

// "OPTIONS *" asks whether the server is there.
func TestPing(t *testing.T) {
	none := func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }
	show := func(a answer) string { return fmt.Sprint(a.StatusCode, a.ContentLength, a.content) }
	beside(t, none, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", show)
	beside(t, none, "OPTIONS /x HTTP/1.1\r\nHost: x\r\n\r\n", show)
	mux := new(Mux)
	mux.Handle("/", hello)
	p := start(t, Config{Handler: mux.Serve}).dial(t)
	p.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n" + get)
	p.want("OPTIONS", 200, "")
	p.want("GET", 200, "Hello, World!")
}

// A Connection that lists close among others ends the connection.
func TestStandardSaysCloseInAList(t *testing.T) {
	p := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "x-one, Close")
	}))}).dial(t)
	p.send(get + get)
	p.want("GET", 200, "")
	p.wantEnd()
}

// A length that is none is told to the handler, and not to the client; one that comes too late changes nothing.
func TestSetLength(t *testing.T) {
	p := start(t, Config{Handler: AsyncFunc(func(co *future.Co, w *Response, r *Request) error {
		if r.Method() == "PUT" {
			w.SetLength(-1)
		}
		_, err := w.Flush().Await(co)
		w.SetLength(1)
		w.WriteString("all of it")
		return err
	})}).dial(t)
	p.send(get + "PUT / HTTP/1.1\r\nHost: x\r\n\r\n")
	p.want("GET", 200, "all of it")
	if a := p.read("PUT"); a.StatusCode != 500 {
		t.Errorf("a negative length is answered with %s", a.Status)
	}
}
