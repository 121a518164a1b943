package client_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/client"
)

// Content comes back whole, however it is framed and wherever it is read from; connections are used again where they can be.
func TestContent(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s := server(t, secure, mirror)
		roots := x509.NewCertPool()
		if secure {
			roots.AddCert(s.Certificate())
		}
		c := newClient(t, client.Config{TLS: &tls.Config{RootCAs: roots}})
		for _, path := range []string{"/length", "/chunks", "/close", "/http10", "/early", "/"} {
			for _, size := range []int{0, 1, 5000, 300_000} {
				want := strings.Repeat("x", size)
				for name, body := range map[string]io.Reader{"memory": strings.NewReader(want), "pipe": io.MultiReader(strings.NewReader(want)), "stream": streamOf(want)} {
					status, got, err := do(c, request(t, "POST", s.URL+path, body))
					if path == "/http10" && secure && errors.Is(err, io.ErrUnexpectedEOF) {
						err = nil // net/http closes without a close_notify there
					}
					if status != 200 || got != want || err != nil {
						t.Errorf("%s, %d bytes from %s: status %d, %d bytes, %v", path, size, name, status, len(got), err)
					}
				}
			}
		}
		if n := s.conns.Load(); n > 60 {
			t.Errorf("%d connections for 72 requests", n)
		}
		before := s.conns.Load()
		for range 10 {
			if _, _, err := do(c, request(t, "GET", s.URL+"/length", nil)); err != nil {
				t.Error(err)
			}
		}
		if n := s.conns.Load() - before; n > 1 || c.Idle() == 0 {
			t.Errorf("%d connections for 10 requests, %d are idle", n, c.Idle())
		}
	}
}

func (stream) Read([]byte) (int, error) { panic("read as an io.Reader") }
func (stream) Close() error             { return nil }

// http.Client on it: redirects with cookies, a context that ends a request and one that ends the content, many at once.
func TestRoundTripper(t *testing.T) {
	release := make(chan bool)
	s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/slow":
			<-release
		case "/half":
			w.Write([]byte("half"))
			w.(http.Flusher).Flush()
			<-release
		default:
			mirror(w, r)
		}
	})
	c := newClient(t, client.Config{})
	h := http.Client{Transport: c}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for range 10 {
				want := strings.Repeat("y", 10_000)
				r, err := h.Post(s.URL+"/chunks", "text/plain", strings.NewReader(want))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(r.Body)
				r.Body.Close()
				if string(got) != want || err != nil {
					t.Errorf("%d bytes, %v", len(got), err)
				}
			}
		})
	}
	all.Wait()
	if r, err := h.Get(s.URL + "/redirect"); err != nil || r.StatusCode != 200 || r.Request.URL.Path != "/" {
		t.Errorf("redirected: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.Do(request(t, "GET", s.URL+"/slow", nil).WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a request of 20 ms: %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	r, err := h.Do(request(t, "GET", s.URL+"/half", nil).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	io.ReadFull(r.Body, make([]byte, 4))
	cancel()
	if _, err := io.ReadAll(r.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("the content after that: %v", err)
	}
	r.Body.Close()
	r, err = h.Get(s.URL + "/half")
	if err != nil {
		t.Fatal(err)
	}
	go r.Body.Close() // while it is read
	if _, err := io.ReadAll(r.Body); err == nil {
		t.Error("content that was closed ended well")
	}
	close(release)
}

// A response that is given up in the middle, and a request that is, close their connections: the next one does not see what is left.
func TestGivenUp(t *testing.T) {
	release := make(chan bool)
	s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			<-release
			return
		}
		io.WriteString(w, strings.Repeat(r.URL.Path, 50_000))
	})
	c := newClient(t, client.Config{})
	for _, path := range []string{"/a", "/b", "/c"} {
		_, err := future.BlockOn(future.Box[future.Unit](future.Do(func(co *future.Co) error {
			r, err := c.Do(request(t, "GET", s.URL+path, nil)).Await(co)
			if err != nil {
				return err
			}
			buf := make([]byte, 2)
			if _, err := aio.ReadFull(r, buf).Await(co); err != nil || string(buf) != path {
				t.Errorf("%q, %v", buf, err)
			}
			return r.Close()
		})))
		if err != nil || c.Idle() != 0 {
			t.Errorf("%v, %d idle", err, c.Idle())
		}
	}
	if _, err := future.BlockOn(future.Box[*client.Response](clock.Timeout(c.Do(request(t, "GET", s.URL+"/wait", nil)), 10*time.Millisecond))); !errors.Is(err, clock.ErrTimeout) || c.Idle() != 0 {
		t.Errorf("%v, %d idle", err, c.Idle())
	}
	close(release)
	limited := newClient(t, client.Config{HeaderTimeout: 10 * time.Millisecond})
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if _, _, err := do(limited, request(t, "GET", "http://"+silent.Addr().String(), nil)); !errors.Is(err, clock.ErrTimeout) {
		t.Errorf("no header: %v", err)
	}
}

// breaking is a server that answers so many requests on a connection, closes it when it has read one more, and notes them all.
func breaking(t *testing.T, answers int) (addr string, seen func() []string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var lock sync.Mutex
	var all []string
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for i := 0; ; i++ {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					io.Copy(io.Discard, r.Body)
					lock.Lock()
					all = append(all, r.Method)
					lock.Unlock()
					if i == answers {
						return
					}
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			})
		}
	})
	t.Cleanup(func() { ln.Close(); served.Wait() })
	return ln.Addr().String(), func() []string { lock.Lock(); defer lock.Unlock(); return append([]string(nil), all...) }
}

// A request that may be repeated is, once, if a connection that was kept breaks before an answer; others are not, and fail.
func TestStaleConnections(t *testing.T) {
	addr, seen := breaking(t, 1)
	c := newClient(t, client.Config{})
	for _, step := range []struct {
		method string
		body   io.Reader
		fails  bool
	}{{"GET", nil, false}, {"GET", nil, false}, {"PUT", strings.NewReader("again"), false}, {"PUT", io.MultiReader(strings.NewReader("once")), true}, {"GET", nil, false}, {"POST", strings.NewReader("never"), true}} {
		_, text, err := do(c, request(t, step.method, "http://"+addr+"/", step.body))
		if step.fails == (err == nil) || err == nil && text != "ok" {
			t.Errorf("%s: %q, %v", step.method, text, err)
		}
	}
	if got, want := fmt.Sprint(seen()), "[GET GET GET PUT PUT PUT GET POST]"; got != want {
		t.Errorf("the server has seen %s, want %s", got, want)
	}
	addr, _ = breaking(t, 0)
	if _, _, err := do(c, request(t, "GET", "http://"+addr+"/", nil)); !errors.Is(err, io.EOF) && !strings.Contains(fmt.Sprint(err), "reset") {
		t.Errorf("a new connection that breaks: %v", err)
	}
}

// Do follows redirects as browsers do, shows secrets to no other host, and gives up on a loop.
func TestRedirects(t *testing.T) {
	other := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s, secret: %q", r.Method, r.Header.Get("Authorization"))
	})
	s := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/303":
			http.Redirect(w, r, "/end", http.StatusSeeOther)
		case "/307":
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
		case "/other":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			fmt.Fprintf(w, "%s %s, secret: %q", r.Method, body, r.Header.Get("Authorization"))
		}
	})
	c := newClient(t, client.Config{})
	for path, want := range map[string]string{"/303": `GET , secret: "s"`, "/307": `POST text, secret: "s"`, "/other": `GET, secret: ""`} {
		r := request(t, "POST", s.URL+path, strings.NewReader("text"))
		r.Header.Set("Authorization", "s")
		if _, got, err := do(c, r); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", path, got, err, want)
		}
	}
	if _, _, err := do(c, request(t, "GET", s.URL+"/loop", nil)); err == nil || !strings.Contains(err.Error(), "10 redirects") {
		t.Errorf("a loop: %v", err)
	}
	c = newClient(t, client.Config{Redirects: -1})
	if status, _, err := do(c, request(t, "GET", s.URL+"/loop", nil)); status != 302 || err != nil {
		t.Errorf("%d, %v", status, err)
	}
}

// http goes through a proxy by absolute URLs, https by CONNECT, each with the password of the proxy.
func TestProxies(t *testing.T) {
	plain, secure := server(t, false, mirror), server(t, true, mirror)
	asked := make(chan string, 10)
	through := server(t, false, func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host + " " + r.Header.Get("Proxy-Authorization")
		if r.Method != "CONNECT" {
			if !r.URL.IsAbs() {
				t.Errorf("asked for %v", r.URL)
			}
			io.WriteString(w, "by the proxy")
			return
		}
		if strings.HasPrefix(r.Host, "forbidden") {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		c, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(c, "HTTP/1.1 200 go\r\n\r\n")
		go func() { io.Copy(to, c); to.Close() }()
		io.Copy(c, to)
		c.Close()
	})
	via, _ := url.Parse(strings.Replace(through.URL, "http://", "http://me:pw@", 1))
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	c := newClient(t, client.Config{Proxy: http.ProxyURL(via), TLS: &tls.Config{RootCAs: roots}})
	if _, text, err := do(c, request(t, "GET", plain.URL+"/x", nil)); text != "by the proxy" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if got := <-asked; got != "GET "+plain.Listener.Addr().String()+" Basic bWU6cHc=" {
		t.Errorf("asked: %q", got)
	}
	if _, text, err := do(c, request(t, "POST", secure.URL, strings.NewReader("secret"))); text != "secret" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if got := <-asked; got != "CONNECT "+secure.Listener.Addr().String()+" Basic bWU6cHc=" {
		t.Errorf("asked: %q", got)
	}
	if _, _, err := do(c, request(t, "GET", "https://forbidden.test/", nil)); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("a proxy that refuses: %v", err)
	}
	c.CloseIdleConnections()
}

// A server that answers before it has read the request is heard, and the connection not used again.
func TestEarlyAnswer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // net/http's server would read on
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 413 No\r\nContent-Length: 9\r\n\r\ntoo large")
	}()
	c := newClient(t, client.Config{})
	never, w := aio.Duplex(10) // content that never ends
	defer w.Close()
	status, text, err := do(c, request(t, "POST", "http://"+ln.Addr().String(), stream{never}))
	if status != 413 || !strings.HasPrefix(text, "too large") || err != nil || c.Idle() != 0 {
		t.Errorf("%d %q, %v, %d idle", status, text, err, c.Idle())
	}
}

// Tasks of several workers make requests at once, over few connections.
func TestTasks(t *testing.T) {
	s := server(t, false, mirror)
	c := newClient(t, client.Config{})
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	var tasks []sched.JoinHandle[future.Unit]
	for i := range 20 {
		tasks = append(tasks, sched.Spawn[future.Unit](rt, future.Do(func(co *future.Co) error {
			want := bytes.Repeat([]byte{byte('a' + i)}, 20_000)
			for range 5 {
				r, err := c.Do(request(t, "PUT", s.URL+"/chunks", bytes.NewReader(want))).Await(co)
				if err != nil {
					return err
				}
				if got, err := aio.ReadAll(r, 1<<20).Await(co); err != nil || !bytes.Equal(got, want) {
					return fmt.Errorf("%d bytes, which are not those of the request: %v", len(got), err)
				}
			}
			return nil
		})))
	}
	for _, k := range tasks {
		if _, err := k.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if n := s.conns.Load(); n > 20 {
		t.Errorf("%d connections for 20 tasks", n)
	}
}

// What is wrong with a request, or a configuration, is told; nothing is sent.
func TestBadInput(t *testing.T) {
	c := newClient(t, client.Config{})
	for want, r := range map[string]*http.Request{
		"scheme":     {URL: &url.URL{Scheme: "ftp", Host: "h"}},
		"no host":    {URL: &url.URL{Scheme: "http"}},
		"no method":  {Method: "G T", URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}},
		"header":     {URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Header: http.Header{"A\r\nB": {"x"}}},
		"a blank or": {URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Host: "a b"},
	} {
		if _, _, err := do(c, r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, conf := range []client.Config{{HeaderTimeout: -1}, {MaxHead: -1}} {
		if _, err := client.New(conf); err == nil {
			t.Errorf("%+v: no error", conf)
		}
	}
}
