package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/client"
	"github.com/magpie-go/magpie/serve/proxy"
	"github.com/magpie-go/magpie/serve/web"
)

// frontHTTP runs a reverse proxy, and returns its URL and what went wrong.
func frontHTTP(t *testing.T, p *proxy.Pool, c proxy.HTTPConfig) (url string, errs <-chan error) {
	t.Helper()
	_, url, errs = serverHTTP(t, p, c)
	return url, errs
}

// serverHTTP is frontHTTP for a test that ends the server.
func serverHTTP(t *testing.T, p *proxy.Pool, c proxy.HTTPConfig) (s *web.Server, url string, errs <-chan error) {
	t.Helper()
	told := make(chan error, 100)
	c.OnError = func(_ *web.Request, err error) { told <- err }
	h, err := proxy.NewHTTP(p, c)
	if err != nil {
		t.Fatal(err)
	}
	s, url = serverOf(t, p, web.Config{Handler: h})
	return s, url, told
}

// serverOf is serverHTTP for a handler that is made already. At the end nothing may be counted.
func serverOf(t *testing.T, p *proxy.Pool, c web.Config) (*web.Server, string) {
	t.Helper()
	s, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	l, err := netio.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(rt, l)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		rt.Close()
		for _, u := range p.Upstreams() {
			if n := u.Conns(); n != 0 {
				t.Errorf("%d connections to %s are still counted", n, u.Address())
			}
		}
	})
	return s, "http://" + l.Addr().String()
}

func origin(t *testing.T, h http.HandlerFunc) (address string, conns *word.Int32) {
	s := httptest.NewUnstartedServer(h)
	conns = new(word.Int32)
	s.Config.ConnState = func(_ net.Conn, at http.ConnState) {
		if at == http.StateNew {
			conns.Inc()
		}
	}
	s.Start()
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.Listener.Addr().String(), conns
}

func browser(t *testing.T) *http.Client {
	c := &http.Client{Transport: &http.Transport{}, Timeout: patience}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// Content of any length goes both ways, header fields but those of one connection too, and connections to the server are kept.
func TestHTTPPassesRequestsOn(t *testing.T) {
	seen := make(chan http.Header, 100)
	addr, conns := origin(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Host != "site.test" {
			t.Errorf("host %s, %v", r.Host, err)
		}
		w.Header().Set("X-Answer", r.Method+" "+r.RequestURI)
		w.Header().Set("Keep-Alive", "timeout=5")
		if r.URL.Path == "/length" {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		}
		w.WriteHeader(203)
		w.Write(body)
	})
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	b := browser(t)
	for _, path := range []string{"/length?q=%20", "/chunks"} {
		for _, size := range []int{0, 1, 10_000, 3_000_000} {
			for _, known := range []bool{true, false} {
				want := strings.Repeat("z", size)
				var body io.Reader = strings.NewReader(want)
				if !known {
					body = io.MultiReader(body)
				}
				r, err := http.NewRequest("POST", url+path, body)
				if err != nil {
					t.Fatal(err)
				}
				r.Host = "site.test"
				r.Header.Set("Connection", "X-Secret")
				r.Header.Set("X-Secret", "1")
				r.Header.Set("X-Forwarded-For", "10.1.1.1")
				resp, err := b.Do(r)
				if err != nil {
					t.Fatalf("%s of %d: %v", path, size, err)
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(got) != want || err != nil || resp.StatusCode != 203 || resp.Header.Get("X-Answer") != "POST "+path || resp.Header.Get("Keep-Alive") != "" {
					t.Errorf("%s: %d bytes of %d, %v, %v", path, len(got), size, err, resp.Header)
				}
				h := <-seen
				if h.Get("X-Secret") != "" || h.Get("X-Forwarded-For") != "10.1.1.1, 127.0.0.1" || h.Get("X-Forwarded-Host") != "site.test" || h.Get("X-Forwarded-Proto") != "http" {
					t.Errorf("the server has seen %v", h)
				}
			}
		}
	}
	if n := conns.Load(); n > 2 {
		t.Errorf("%d connections to the server, for one client", n)
	}
}

// HEAD, 304 and 204 come through without content, and redirects are the client's.
func TestHTTPWithoutContent(t *testing.T) {
	addr, _ := origin(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/304":
			w.WriteHeader(304)
		case "/204":
			w.WriteHeader(204)
		case "/302":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		default:
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
		}
	})
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	b := browser(t)
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, c := range []struct {
		method, path string
		status       int
	}{{"HEAD", "/", 200}, {"GET", "/304", 304}, {"GET", "/204", 204}, {"GET", "/302", 302}, {"GET", "/", 200}} {
		r, _ := http.NewRequest(c.method, url+c.path, nil)
		resp, err := b.Do(r)
		if err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
			continue
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != c.status || err != nil || (string(body) == "hello") != (c.method == "GET" && c.path == "/") {
			t.Errorf("%s %s: %d, %q, %v", c.method, c.path, resp.StatusCode, body, err)
		}
	}
}

// A server that cannot be connected to is not noticed if there is another; without one it is 503. One that breaks off is 502, one that takes too long 504, and
// a response that breaks off in the middle breaks off at the client.
func TestHTTPFailures(t *testing.T) {
	release := make(chan bool)
	alive, _ := origin(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-release
		case "/abort":
			panic(http.ErrAbortHandler)
		case "/half":
			w.Header().Set("Content-Length", "100000")
			w.Write(make([]byte, 50_000))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	})
	defer close(release)
	dead := nobody(t)
	url, errs := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{dead, alive}}), proxy.HTTPConfig{HeaderTimeout: 200 * time.Millisecond})
	b := browser(t)
	for range 4 {
		if r, err := b.Get(url); err != nil || r.StatusCode != 200 {
			t.Errorf("with one server dead: %v", err)
		}
	}
	for path, want := range map[string]int{"/slow": 504, "/abort": 502} {
		r, err := b.Get(url + path)
		if err != nil || r.StatusCode != want {
			t.Errorf("%s: %v, want %d", path, err, want)
			continue
		}
		r.Body.Close()
		if err := <-errs; !strings.Contains(err.Error(), alive) {
			t.Errorf("%s: told of %v", path, err)
		}
	}
	r, err := b.Get(url + "/half")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r.Body); err == nil {
		t.Errorf("half a response was taken for a whole one: %d bytes", n)
	}
	r.Body.Close()
	<-errs
	url, errs = frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{dead}}), proxy.HTTPConfig{})
	r, err = b.Get(url)
	if err != nil || r.StatusCode != 503 {
		t.Fatalf("all dead: %v", err)
	}
	if text, err := io.ReadAll(r.Body); string(text) != "503 Service Unavailable\n" || err != nil {
		t.Errorf("all dead: the client reads %q, %v", text, err)
	}
	r.Body.Close()
	var none *client.ConnectError
	if err := <-errs; !errors.As(err, &none) || none.Address != dead {
		t.Errorf("told of %v", err)
	}
}

// mirror returns the address of a server that accepts an upgrade, says "first," and sends back what comes.
func mirror(t *testing.T) string {
	t.Helper()
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	addr, _ := origin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "mirror" {
			t.Errorf("asked for %q", r.Header.Get("Upgrade"))
		}
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.SetDeadline(time.Now().Add(patience))
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mirror\r\nX-Key: k\r\n\r\nfirst,")
		all.Go(func() {
			defer c.Close()
			io.Copy(c, buf)
		})
	})
	return addr
}

// upgrade returns a connection through the proxy that a mirror has upgraded, on which something was sent early.
func upgrade(t *testing.T, url string) (c *net.TCPConn, in *bufio.Reader) {
	t.Helper()
	c = dial(t, strings.TrimPrefix(url, "http://"))
	io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: mirror\r\n\r\nearly,")
	in = bufio.NewReader(c)
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != 101 || resp.Header.Get("Upgrade") != "mirror" || resp.Header.Get("X-Key") != "k" {
		t.Fatalf("%v, %v", resp, err)
	}
	return c, in
}

// An upgrade makes a tunnel.
func TestHTTPUpgrade(t *testing.T) {
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{mirror(t)}}), proxy.HTTPConfig{})
	c, in := upgrade(t, url)
	io.WriteString(c, "late")
	c.CloseWrite()
	if got, err := io.ReadAll(in); string(got) != "first,early,late" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// One through which nothing is sent does not hold up the end of the server.
func TestHTTPDrainOfATunnel(t *testing.T) {
	s, url, _ := serverHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{mirror(t)}}), proxy.HTTPConfig{})
	_, in := upgrade(t, url)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(in); string(got) != "first,early," || err != nil {
		t.Errorf("the client was told %q, %v", got, err)
	}
}

// Trailers go both ways, announced or not, but for those that say how a message is to be understood.
func TestHTTPTrailers(t *testing.T) {
	addr, _ := origin(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Write(body)
		w.Header().Set("X-Sum", fmt.Sprint(r.Trailer))
		w.Header().Set(http.TrailerPrefix+"X-Late", "yes")
		w.Header().Set(http.TrailerPrefix+"Set-Cookie", "no")
	})
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	c := dial(t, strings.TrimPrefix(url, "http://"))
	in := bufio.NewReader(c)
	for _, content := range []string{"", "some"} {
		io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Count, X-Other\r\n\r\n")
		if content != "" {
			fmt.Fprintf(c, "%x\r\n%s\r\n", len(content), content)
		}
		io.WriteString(c, "0\r\nX-Count: 4\r\nAuthorization: no\r\nX-Other: a\r\n\r\n")
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || string(body) != content {
			t.Errorf("%q, %v", body, err)
		}
		if sum := resp.Trailer.Get("X-Sum"); sum != "map[X-Count:[4] X-Other:[a]]" || resp.Trailer.Get("X-Late") != "yes" || resp.Trailer.Get("Set-Cookie") != "" {
			t.Errorf("trailers %v", resp.Trailer)
		}
	}
}
