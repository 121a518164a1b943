package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// statusOf sends a request on a connection of its own and returns the status of the final
// answer.
func statusOf(t *testing.T, address, request string) int {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send(t, c, request)
	r := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%.60q: %v", request, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode >= 200 {
			return resp.StatusCode
		}
	}
}

// What is answered to requests of every kind, side by side with net/http's server. Where
// the two differ the row says what ours answers and why.
func TestRefusalsAreThoseOfTheStandardServer(t *testing.T) {
	standard := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, hello)
	}))
	defer standard.Close()
	ours := start(t, HTTP)
	defer mustStop(t, ours)

	type row struct {
		request string
		differs int // what ours answers, if not the same
		why     string
	}
	var rows []row
	same := func(requests ...string) {
		for _, r := range requests {
			rows = append(rows, row{request: r})
		}
	}
	get := func(target string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	}
	with := func(header string) string { return "GET / HTTP/1.1\r\nConnection: close\r\n" + header + "\r\n" }

	// Request lines.
	for _, target := range []string{
		"/", "//", "//h/p", "/a/../b", "/a%20b", "/%", "/%2", "/%zz", "/%00", "/a?b", "/?%zz", "/?a#b", "/#", "/\x01",
		"/?\x7f", "/\xff", "/a\"b<c>", "*", "**", "*/", "a", "a/b", "a:b", "a:", ":a", "1:b", "http:", "http:/", "http://", "http://h",
		"http://h/", "http://h:1/", "http://h:/", "http://h:x/", "http://[::1]/", "http://[::1/", "http://::1/", "http://h%zz/",
		"http://u@h/", "http://u:p@h/", "http://h/%zz", "http://h?q", "HTTP://H", "?a", "#a", "h:80", "[::1]:80", "\xff",
	} {
		same(get(target))
	}
	for _, line := range []string{
		"GET / HTTP/1.1", "get / HTTP/1.1", "G@T / HTTP/1.1", "G\x01T / HTTP/1.1", "OPTIONS * HTTP/1.1", "GET  / HTTP/1.1",
		"GET / HTTP/1.1 ", "GET /", "GET / ", "GET", " GET / HTTP/1.1", "GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/0.9",
		"GET / HTTP/1.x", "GET / HTTP/x.1", "GET / HTTP/1.10", "GET / HTTP/11", "GET / http/1.1", "GET / FTP/1.1", "GET x HTTP/2.0",
		"GET\t/ HTTP/1.1", "CONNECT h:1 HTTP/1.1", "CONNECT h HTTP/1.1", "CONNECT /h HTTP/1.1", "CONNECT h:x HTTP/1.1", "CONNECT * HTTP/1.1",
	} {
		same(line + "\r\nHost: x\r\nConnection: close\r\n\r\n")
	}
	// Host: each byte, and whole values.
	for b := range 256 {
		if b != '\n' {
			same(with(fmt.Sprintf("Host: a%cb\r\n", b)), with("Host: a"+string([]byte{byte(b)})+"b\r\n"))
		}
	}
	for _, host := range []string{
		"", " ", "x ", "\tx", "x y", "x/", "/", "//x", "http://x", "u@x", "u:p@x", "x:80", "x:", ":80", "[::1]", "[::1]:80", "[::1", "[fe80::1%25lo]", "x,y", "x?y", "x#y", "x\\y",
	} {
		same(with("Host: " + host + "\r\n"))
	}
	same(with(""), with("Host: x\r\nHost: x\r\n"), with("Host: x\r\nHost: y z\r\n"), "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n",
		"CONNECT h:1 HTTP/1.1\r\nConnection: close\r\n\r\n")
	// Expect.
	for _, expect := range []string{
		"", "100-continue", "100-CONTINUE", "100-continue, x", "x, 100-continue", "nonsense", "100", "200-ok", "100-continue;q=1", ",",
	} {
		same(with("Host: x\r\nExpect: "+expect+"\r\n"),
			"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\nExpect: "+expect+"\r\n\r\nok")
	}
	same(with("Host: x\r\nExpect: 100-continue\r\nExpect: nonsense\r\n"), with("Host: x\r\nExpect: nonsense\r\nExpect: 100-continue\r\n"),
		with("Host: x\r\nExpect:\r\nExpect: nonsense\r\n"), "GET / HTTP/1.0\r\nExpect: nonsense\r\n\r\n", with("Host: a b\r\nExpect: nonsense\r\n"))
	// Header lines and lengths.
	same(with("Host: x\r\nA\r\n"), with("Host: x\r\n: b\r\n"), with("Host: x\r\nA : b\r\n"), with("Host: x\r\nA: b\x00\r\n"),
		with("Host: x\r\nContent-Length: x\r\n"), with("Host: x\r\nContent-Length: -1\r\n"), with("Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
		with("Host: x\r\nTransfer-Encoding: gzip\r\n"))
	rows = append(rows,
		row{with("Host: x\r\nA: b\r\n c\r\n"), 400, "RFC 9112, section 5.2, lets a server refuse folded lines"},
		row{"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "RFC 9112, section 6.3: it ought to be handled as an error"},
	)

	refused := 0
	for _, r := range rows {
		want := statusOf(t, standard.Listener.Addr().String(), r.request)
		got := statusOf(t, ours.listener.Addr().String(), r.request)
		if r.differs != 0 {
			if want == r.differs {
				t.Errorf("%.90q: net/http has come to answer %d too", r.request, want)
			}
			want = r.differs
		}
		if got != want {
			t.Errorf("%.90q: answered with %d, net/http with %d", strings.ReplaceAll(r.request, "\r\n", "|"), got, want)
		}
		if got >= 400 {
			refused++
		}
	}
	if refused < 100 || refused > len(rows)-50 {
		t.Errorf("%d of %d refused: the table has lost one side", refused, len(rows))
	}
}
