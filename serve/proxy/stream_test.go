package proxy_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/serve/proxy"
)

// talking returns the address of a server that says a text after the header of each request, and more when the test does.
func talking(t *testing.T, text string) (address string, more chan<- string) {
	t.Helper()
	said := make(chan string, 10)
	return upstream(t, func(c *net.TCPConn) {
		defer context.AfterFunc(t.Context(), func() { c.Close() })()
		if r, err := http.ReadRequest(bufio.NewReader(c)); err != nil || r.Body.Close() != nil {
			return
		}
		io.WriteString(c, text)
		for {
			select {
			case s, ok := <-said:
				if !ok {
					return
				}
				io.WriteString(c, s)
			case <-t.Context().Done():
				return
			}
		}
	}), said
}

// The header of a stream is passed on before anything of the stream is there.
func TestHTTPHeaderOfASilentStream(t *testing.T) {
	addr, more := talking(t, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	_, _, resp := ask(t, url, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	more <- "7\r\ndata: 1\r\n0\r\n\r\n" // after the client has its header
	close(more)
	if got, err := io.ReadAll(resp.Body); resp.Header.Get("Content-Type") != "text/event-stream" || string(got) != "data: 1" || err != nil {
		t.Errorf("%v, %q, %v", resp.Header, got, err)
	}
}

// A response that breaks off before anything of it was passed on is answered as one that has not come: it is the server that failed, not the proxy.
func TestHTTPBreaksOffAtOnce(t *testing.T) {
	for _, text := range []string{"Content-Length: 10\r\n\r\n", "Content-Length: 10\r\n\r\nabc", "Content-Length: 3\r\nETag: x\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n"} {
		addr, more := talking(t, "HTTP/1.1 200 OK\r\n"+text)
		close(more)
		url, errs := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
		c := dial(t, strings.TrimPrefix(url, "http://"))
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		all, _ := io.ReadAll(io.LimitReader(c, 12))
		if s := string(all); s == "HTTP/1.1 500" {
			t.Errorf("%q is answered with %s", text, s)
		}
		<-errs
	}
}

// A Trailer that names nothing a trailer can be is the client's affair, and no reason to blame the server.
func TestHTTPTrailerThatIsNoName(t *testing.T) {
	addr, _ := origin(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, r.Body)
		io.WriteString(w, r.Trailer.Get("Sum"))
	})
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	_, _, resp := ask(t, url, "POST / HTTP/1.1\r\nHost: h\r\nTrailer: a b, Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nSum: 7\r\n\r\n")
	if got, err := io.ReadAll(resp.Body); resp.StatusCode != 200 || string(got) != "hi7" || err != nil {
		t.Errorf("%s, %q, %v", resp.Status, got, err)
	}
}
