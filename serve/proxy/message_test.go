package proxy_test

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/proxy"
)

// heard returns the address of a server that tells what it was sent up to the end of each header, and answers with answer.
func heard(t *testing.T, answer string) (address string, heads <-chan string) {
	t.Helper()
	all := make(chan string, 10)
	address = upstream(t, func(c *net.TCPConn) {
		defer context.AfterFunc(t.Context(), func() { c.Close() })() // what the proxy keeps
		head := ""
		buf := make([]byte, 4096)
		for {
			n, err := c.Read(buf)
			if head += string(buf[:n]); strings.HasSuffix(head, "\r\n\r\n") {
				all <- head
				head = ""
				io.WriteString(c, answer)
			}
			if err != nil {
				return
			}
		}
	})
	return address, all
}

// What a server is sent is the request as it came, but for what belongs to a connection, and with what the proxy has to say.
func TestHTTPRequestAsItCame(t *testing.T) {
	addr, heads := heard(t, "HTTP/1.1 204 No Content\r\n\r\n")
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	const ours = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: h\r\nX-Forwarded-Proto: http\r\n\r\n"
	for _, c := range []struct{ sent, want string }{
		{"GET /a%20b//c?d=%2e HTTP/1.1\r\nHost: h\r\nb-ODD: 1\r\nA: 2\r\nB-odd: \r\n\r\n", "GET /a%20b//c?d=%2e HTTP/1.1\r\nHost: h\r\nb-ODD: 1\r\nA: 2\r\nB-odd: \r\n" + ours},
		{"GET //x/y HTTP/1.1\r\nHost: h\r\n\r\n", "GET //x/y HTTP/1.1\r\nHost: h\r\n" + ours},
		{"GET http://h/x?y HTTP/1.1\r\nHost: other\r\n\r\n", "GET /x?y HTTP/1.1\r\nHost: h\r\n" + ours},
		{"GET http://h HTTP/1.1\r\nHost: other\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n" + ours},
		{"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: h\r\n" + ours},
		{"POST / HTTP/1.1\r\nHost: h\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\n" + strings.TrimSuffix(ours, "\r\n") + "Content-Length: 0\r\n\r\n"},
		{"GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, x-ONE ,X-Two\r\nX-One: 1\r\nConnection: x-three\r\nX-Three: 3\r\nx-two: 2\r\nStays: 4\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nStays: 4\r\n" + ours},
		{"GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nKeep-Alive: 5\r\nProxy-Authorization: secret\r\nUpgrade: unasked\r\nX-Forwarded-Host: no\r\nx-forwarded-proto: no\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n" + ours},
		{"GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2, 3.3.3.3\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n" + strings.Replace(ours, "For: ", "For: 1.1.1.1, 2.2.2.2, 3.3.3.3, ", 1)},
		{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / HTTP/1.1\r\nHost: " + addr + "\r\n" + strings.Replace(ours, "Host: h", "Host: ", 1)},
	} {
		_, _, resp := ask(t, url, c.sent)
		if resp.StatusCode != 204 {
			t.Errorf("%q is answered with %s", c.sent, resp.Status)
			continue
		}
		if got := <-heads; got != c.want {
			t.Errorf("%q is passed on as\n%q, want\n%q", c.sent, got, c.want)
		}
	}
	for _, refused := range []string{"CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n", "GET mailto:x HTTP/1.1\r\nHost: h\r\n\r\n"} {
		if _, _, resp := ask(t, url, refused); resp.StatusCode != 400 || len(heads) > 0 {
			t.Errorf("%q is answered with %s", refused, resp.Status)
		}
	}
}

// What a client gets is the response as it came, but for what belongs to a connection, and for interim ones.
func TestHTTPResponseAsItCame(t *testing.T) {
	const fields = "b-odd: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\n"
	for name, c := range map[string]struct{ answer, want string }{
		"length":   {"HTTP/1.1 200 OK\r\n" + fields + "Content-Type: x/y\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nContent-Type: x/y\r\n" + fields + "Connection: close\r\nContent-Length: 2\r\n\r\nhi"},
		"chunks":   {"HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + fields + "Connection: close\r\nContent-Length: 2\r\n\r\nhi"},
		"interim":  {"HTTP/1.1 103 Early Hints\r\nLink: no\r\n\r\nHTTP/1.1 404 None\r\n" + fields + "Content-Length: 0\r\n\r\n", "HTTP/1.1 404 Not Found\r\n" + fields + "Connection: close\r\nContent-Length: 0\r\n\r\n"},
		"hop":      {"HTTP/1.1 200 OK\r\n" + fields + "X-One: 1\r\nKeep-Alive: 5\r\nConnection: X-ONE\r\nProxy-Authenticate: no\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + fields + "Connection: close\r\nContent-Length: 0\r\n\r\n"},
		"named":    {"HTTP/1.1 200 OK\r\n" + fields + "Content-Type: x/y\r\nX-One: 1\r\nConnection: content-type, x-one\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\n" + fields + "Connection: close\r\nContent-Length: 2\r\n\r\nhi"},
		"no value": {"HTTP/1.1 304 Not Modified\r\n" + fields + "Empty:\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n" + fields + "Empty: \r\nConnection: close\r\n\r\n"},
	} {
		addr, _ := heard(t, c.answer)
		url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
		conn := dial(t, strings.TrimPrefix(url, "http://"))
		io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if got, err := io.ReadAll(conn); string(got) != c.want || err != nil {
			t.Errorf("%s: %q, %v; want\n%q", name, got, err, c.want)
		}
	}
}
