package http1

import "testing"

const browser = "\r\nGET /users/7?a=b&c HTTP/1.1\r\nHost: example.com:80\r\nConnection: Keep-Alive,  Upgrade\r\nUpgrade: websocket\r\n" +
	"accept-encoding: gzip, deflate\r\nX-Empty: \t \r\nX-Two: 1\r\nx-two:2 \r\n\r\n"

func TestLookups(t *testing.T) {
	r := Request{Keep: true}
	for range 2 { // the second time after a Reset that keeps the places
		r.Reset()
		if n, err := r.FeedHead([]byte(browser)); n != len(browser) || err != nil || r.HeadLen() != n {
			t.Fatal(n, err)
		}
		// Elsewhere, as when a server keeps the header.
		r.Bind(append([]byte(nil), browser...))
		for _, c := range []struct{ what, got, want string }{
			{"method", string(r.Method()), "GET"},
			{"target", string(r.Target()), "/users/7?a=b&c"},
			{"path", string(r.Path()), "/users/7"},
			{"query", string(r.RawQuery()), "a=b&c"},
			{"host", string(r.Host()), "example.com:80"},
		} {
			if c.got != c.want {
				t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
			}
		}
		for name, want := range map[string]string{"ACCEPT-ENCODING": "gzip, deflate", "x-empty": "", "X-TWO": "1", "Upgrade": "websocket"} {
			if got, ok := r.Get(name); !ok || string(got) != want {
				t.Errorf("%s: %q, %v, want %q", name, got, ok, want)
			}
		}
		if got, ok := r.Get("X"); ok {
			t.Errorf("a field that is not there: %q", got)
		}
		// '@' and '`' differ in the bit that tells the cases of letters apart.
		if _, ok := r.Get("X\rTwo"); ok {
			t.Error("a byte that is no letter was taken for another case of one")
		}
		if !r.Upgrades() || !r.HasToken("Connection", "UPGRADE") || r.HasToken("Connection", "grade") {
			t.Error("the tokens of Connection were not found")
		}
		if name, value := r.Field(r.Len() - 1); string(name) != "x-two" || string(value) != "2" {
			t.Errorf("the last field is %q: %q", name, value)
		}
	}
}

// Where an absolute URL has no path, it is "/"; with CONNECT there is none.
func TestForms(t *testing.T) {
	for _, c := range []struct{ line, path, query, host string }{
		{"GET http://y HTTP/1.1", "/", "", "y"},
		{"GET http://u:p@y:1?q HTTP/1.1", "/", "q", "y:1"},
		{"GET http://y/a/b?c?d HTTP/1.1", "/a/b", "c?d", "y"},
		{"OPTIONS * HTTP/1.1", "*", "", "x"},
		{"CONNECT y:1 HTTP/1.1", "", "", "y:1"},
	} {
		r := Request{Keep: true}
		input := []byte(c.line + "\r\nHost: x\r\n\r\n")
		if _, err := r.FeedHead(input); err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		r.Bind(input)
		if string(r.Path()) != c.path || string(r.RawQuery()) != c.query || string(r.Host()) != c.host {
			t.Errorf("%s: path %q, query %q, host %q", c.line, r.Path(), r.RawQuery(), r.Host())
		}
	}
}

func TestRequestDoesNotAllocate(t *testing.T) {
	input := []byte(browser[:len(browser)-2] + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nSum: 1\r\n\r\n")
	r := Request{Keep: true}
	allocs := testing.AllocsPerRun(100, func() {
		r.Reset()
		n, err := r.FeedHead(input)
		r.Bind(input)
		for err == nil && !r.Done() {
			var took int
			took, _, err = r.FeedBody(input[n:])
			n += took
		}
		if _, ok := r.Get("x-two"); !ok || err != nil || n != len(input) {
			t.Fatal(n, err)
		}
		for name, value := range r.Trailers() {
			if string(name) != "Sum" || string(value) != "1" {
				t.Fatalf("trailer %q: %q", name, value)
			}
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations a request", allocs)
	}
}

func BenchmarkRequest(b *testing.B) {
	input := []byte("GET /hello HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n")
	r := Request{Keep: true}
	b.ReportAllocs()
	for b.Loop() {
		r.Reset()
		if _, err := r.FeedHead(input); err != nil {
			b.Fatal(err)
		}
	}
}
