package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

var patterns = []string{
	"/", "GET /hello", "POST /hello", "/any", "GET /users/{id}", "PUT /users/{id}", "GET /users/me", "GET /users/{id}/posts/{post}",
	"/files/{path...}", "/tree/", "/tree/leaf", "/exact/{$}", "DELETE /exact/x", "example.com/", "example.com/hello", "GET example.com/users/{id}",
	"/a%2Fb", "/.well-known/x", "HEAD /headed", "GET /headed", "/deep/{a}/b/{c}/{rest...}", "/only/{x}",
}

// What is found, and what is answered where nothing is, is net/http's router's, request by request.
func TestMuxIsThatOfNetHTTP(t *testing.T) {
	mux, standard := new(Mux), http.NewServeMux()
	names := []string{"id", "post", "path", "a", "c", "rest", "x"}
	for _, p := range patterns {
		if p == "/" {
			continue // else nothing is not found
		}
		mux.Handle(p, func(w *Response, r *Request) {
			_, _ = w.WriteString(r.Pattern())
			for _, n := range names {
				_, _ = w.WriteString("|" + string(r.PathValue(n)))
			}
		})
		standard.HandleFunc(p, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(r.Pattern))
			for _, n := range names {
				_, _ = w.Write([]byte("|" + r.PathValue(n)))
			}
		})
	}
	theirs := httptest.NewServer(standard)
	defer theirs.Close()
	ours := start(t, Config{Handler: mux.Serve})
	toTheirs := &served{addr: theirs.Listener.Addr().String()}
	a, b := ours.dial(t), toTheirs.dial(t)
	defer a.Close()
	defer b.Close()
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "X"} {
		for _, host := range []string{"x", "example.com", "example.com:80", "EXAMPLE.com"} {
			for _, path := range []string{
				"/", "/hello", "/hello/", "/hello?q=1", "/any", "/any/x", "/users", "/users/", "/users/7", "/users/me", "/users/7/", "/users/a%20b", "/users/a%2Fb",
				"/users/7/posts/8", "/users/me/posts/8", "/files", "/files/", "/files/a/b/c", "/files/a//b", "/files/../hello", "/files/./x", "/tree", "/tree?q=1",
				"/tree/", "/tree/leaf", "/tree/leaf/", "/tree/other", "/exact", "/exact/", "/exact/x", "/a%2Fb", "/a/b", "/.well-known/x", "/headed", "//hello", "/hel%6Co",
				"/deep/1/b/2", "/deep/1/b/2/", "/deep/1/b/2/3/4", "/deep/1/c/2/3", "/only/", "/only/x", "/only/x/y", "http://example.com/hello", "http://y/users/7",
			} {
				request := method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
				a.send(request)
				b.send(request)
				got, want := a.read(method), b.read(method)
				if got.StatusCode != want.StatusCode || got.content != want.content || got.Header.Get("Location") != want.Header.Get("Location") || got.Header.Get("Allow") != want.Header.Get("Allow") {
					t.Errorf("%s of %s:\n%d %q %q %q; net/http\n%d %q %q %q", strings.TrimSuffix(request, "\r\n\r\n"), host,
						got.StatusCode, got.content, got.Header.Get("Location"), got.Header.Get("Allow"),
						want.StatusCode, want.content, want.Header.Get("Location"), want.Header.Get("Allow"))
				}
			}
		}
	}
}

// What is wrong with a pattern is an error when it is registered.
func TestMuxRefuses(t *testing.T) {
	for _, c := range []struct{ have, pattern, says string }{
		{"/a/{x}", "/a/{y}", "conflicts"},
		{"/{x}/b", "/a/{y}", "conflicts"},
		{"GET /", "/a", ""},
		{"/a", "/a", "conflicts"},
		{"/a", "a", "no /"},
		{"/a", "/{x", "wildcard"},
		{"/a", "/{x}/{x}", "duplicate"},
		{"/a", "G@T /", "method"},
		{"/a", "/{x...}/b", "end"},
		{"/a", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", "at most 8"},
	} {
		m := new(Mux)
		m.Handle(c.have, hello)
		err := m.TryHandle(c.pattern, hello)
		switch {
		case c.pattern == "/a" && c.have == "GET /":
			if err == nil {
				t.Error("a pattern that conflicts by its method was taken")
			}
		case err == nil || !strings.Contains(err.Error(), c.says):
			t.Errorf("%q beside %q: %v, want one that says %q", c.pattern, c.have, err, c.says)
		}
	}
	if err := new(Mux).TryHandle("/", nil); err == nil {
		t.Error("a nil Handler was taken")
	}
}

func TestMuxDoesNotAllocate(t *testing.T) {
	m := new(Mux)
	for _, p := range patterns {
		m.Handle(p, func(*Response, *Request) {})
	}
	x := new(exchange)
	x.req.x, x.resp.x = x, x
	x.req.msg.Keep = true
	for _, target := range []string{"/hello", "/users/7/posts/8", "/files/a/b/c", "/tree/other", "/deep/1/b/2/3"} {
		input := []byte("GET " + target + "?q HTTP/1.1\r\nHost: example.org\r\n\r\n")
		if allocs := testing.AllocsPerRun(100, func() {
			x.req.msg.Reset()
			if _, err := x.req.msg.FeedHead(input); err != nil {
				t.Fatal(err)
			}
			x.req.msg.Bind(input)
			m.Serve(&x.resp, &x.req)
		}); allocs != 0 {
			t.Errorf("%s: %v allocations", target, allocs)
		}
	}
}

func BenchmarkMux(b *testing.B) {
	m := new(Mux)
	for _, p := range patterns {
		m.Handle(p, func(*Response, *Request) {})
	}
	x := new(exchange)
	x.req.x, x.resp.x = x, x
	x.req.msg.Keep = true
	input := []byte("GET /users/7 HTTP/1.1\r\nHost: example.org\r\n\r\n")
	if _, err := x.req.msg.FeedHead(input); err != nil {
		b.Fatal(err)
	}
	x.req.msg.Bind(input)
	b.ReportAllocs()
	for b.Loop() {
		m.Serve(&x.resp, &x.req)
	}
}
