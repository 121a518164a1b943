package web

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// An http.Handler may read the content on one goroutine and write the answer on another, as httputil.ReverseProxy does.
func TestStandardReadsAndWritesAtOnce(t *testing.T) {
	const pieces = 300
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		read := make(chan error, 1)
		go func() {
			n, err := io.Copy(io.Discard, r.Body)
			if err == nil && n != pieces*1000 {
				err = fmt.Errorf("%d bytes", n)
			}
			read <- err
		}()
		for range pieces {
			if _, err := w.Write(bytes.Repeat([]byte("a"), 1000)); err != nil {
				t.Error(err)
			}
			w.(http.Flusher).Flush()
		}
		if err := <-read; err != nil {
			t.Error("the content:", err)
		}
	})
	ask := func(t *testing.T, c *http.Client, url string) {
		for range 5 {
			content, out := io.Pipe()
			go func() {
				for range pieces {
					out.Write(bytes.Repeat([]byte("b"), 1000))
				}
				out.Close()
			}()
			a, err := c.Post(url, "", content)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, a.Body); n != pieces*1000 || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
			a.Body.Close()
		}
	}
	both(t, Config{Handler: Standard(h)}, h, ask)
}

// both has a client of this package's server, without TLS and under it, and one of net/http's ask; h may be nil, without the latter.
func both(t *testing.T, config Config, h http.Handler, ask func(t *testing.T, c *http.Client, url string)) {
	t.Run("net/http", func(t *testing.T) {
		if h == nil {
			t.SkipNow()
		}
		s := httptest.NewServer(h)
		defer s.Close()
		ask(t, s.Client(), s.URL)
	})
	t.Run("here", func(t *testing.T) {
		c := new(http.Client)
		defer c.CloseIdleConnections()
		ask(t, c, "http://"+start(t, config).addr)
	})
	t.Run("under TLS", func(t *testing.T) {
		s := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate, and a client that trusts it
		defer s.Close()
		config.Conns.TLS = s.TLS.Clone()
		ask(t, s.Client(), "https://"+start(t, config).addr)
	})
}

// A proxy of the standard library sends content on while it comes, from a goroutine of its own, and may answer before all of it has come.
func TestStandardReverseProxy(t *testing.T) {
	const large = 1 << 20
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/early" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_ = http.NewResponseController(w).EnableFullDuplex()
		_, _ = io.Copy(w, r.Body)
	}))
	defer upstream.Close()
	at, err := url.Parse(upstream.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(at)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.FlushInterval = -1
	transport := new(http.Transport)
	proxy.Transport = transport
	defer transport.CloseIdleConnections()
	// net/http's server may take content away from the proxy, and panics with EnableFullDuplex.
	both(t, Config{Handler: Standard(proxy)}, nil, func(t *testing.T, c *http.Client, url string) {
		sent := bytes.Repeat([]byte("0123456789abcdef"), large/16)
		for range 3 {
			a, err := c.Post(url+"/echo", "", bytes.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(a.Body)
			if a.Body.Close(); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes came back, %v", len(got), err)
			}
			early, err := http.NewRequest("POST", url+"/early", bytes.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			early.Close = true // its header may be out before it is known that the connection ends
			a, err = c.Do(early)
			if err != nil {
				continue // the connection may end before all was sent
			}
			if a.Body.Close(); a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusBadGateway {
				t.Error(a.Status)
			}
		}
	})
}

// A read of content that is left when the handler returns ends, so that the answer is sent.
func TestStandardEndsAReadThatIsLeft(t *testing.T) {
	left := make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := make(chan bool)
		go func() {
			one := make([]byte, 1)
			_, _ = r.Body.Read(one)
			close(reads)
			_, err := r.Body.Read(one)
			left <- err
		}()
		<-reads
		io.WriteString(w, "answer")
	})
	p := start(t, Config{Handler: Standard(h)}).dial(t)
	p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
	p.want("POST", 200, "answer")
	if err := <-left; err != http.ErrBodyReadAfterClose {
		t.Error(err)
	}
	p.send("bGET / HTTP/1.1\r\nHost: x\r\n\r\n") // goes on after what nobody has read
	p.want("GET", 200, "answer")
	<-left
}

// Content that nobody has read, and that is too much to be skipped, ends the connection, and the client is told so with the answer.
func TestUnreadContent(t *testing.T) {
	for name, h := range map[string]Handler{
		"own":     func(w *Response, r *Request) { _, _ = w.WriteString("a") },
		"http":    Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "a") })),
		"flushed": Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "a"); w.(http.Flusher).Flush() })),
	} {
		p := start(t, Config{Handler: h}).dial(t)
		p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000))
		if a := p.want("POST", 200, "a"); a.Close {
			t.Errorf("%s: the connection ends after content that is skipped", name)
		}
		p.send(fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", maxSkip+1))
		if a := p.want("POST", 200, "a"); a.Close != (name != "flushed") { // then its header is out before it is known
			t.Errorf("%s: Connection: close is %v", name, a.Close)
		}
	}
}

// After content that breaks the rules nothing on the connection can be understood: it ends, with the answer that the handler gave.
func TestStandardBrokenContent(t *testing.T) {
	p := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			t.Error("content that breaks the rules was read without an error")
		}
		w.WriteHeader(422)
		w.(http.Flusher).Flush()
		io.WriteString(w, "no")
	}))}).dial(t)
	p.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nno size\r\n" + get)
	if a := p.want("POST", 422, "no"); !a.Close {
		t.Error("the answer does not say that the connection ends")
	}
	p.wantEnd()
}

// A client that would have waited to be told to go on, and has not, is not told, and its connection goes on.
func TestStandardExpectsNothingMore(t *testing.T) {
	p := start(t, Config{Handler: Standard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		w.Write(content)
	}))}).dial(t)
	for range 2 {
		p.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
		if a := p.want("POST", 200, "abc"); a.Close {
			t.Error("the connection ends")
		}
	}
}
