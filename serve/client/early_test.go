package client_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/serve/client"
)

// raw is a server that serves each connection by a function, and closes it after that.
func raw(t *testing.T, serve func(c net.Conn, in *bufio.Reader)) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer c.Close()
				serve(c, bufio.NewReader(c))
			})
		}
	})
	t.Cleanup(func() { ln.Close(); served.Wait() })
	return ln.Addr().String()
}

// A connection on which a request was not sent to its end is not kept, also if the answer has no content: the rest of the one would be
// the beginning of the next.
func TestEarlyAnswerWithoutContent(t *testing.T) {
	for _, answer := range []string{"204 No Content\r\n\r\n", "413 No\r\nContent-Length: 0\r\n\r\n"} {
		addr := raw(t, func(c net.Conn, in *bufio.Reader) {
			if _, err := http.ReadRequest(in); err != nil {
				t.Error(err)
			}
			io.WriteString(c, "HTTP/1.1 "+answer)
			io.Copy(io.Discard, in)
		})
		c := newClient(t, client.Config{})
		never, w := aio.Duplex(10)
		status, _, err := do(c, request(t, "POST", "http://"+addr+"/", stream{never}))
		if !strings.HasPrefix(answer, strconv.Itoa(status)) || err != nil || c.Idle() != 0 {
			t.Errorf("%q: %d, %v, %d idle", answer, status, err, c.Idle())
		}
		w.Close()
	}
}

// A server that takes too long on a connection that was kept is not asked again: the connection has not broken.
func TestTimeoutIsNotRepeated(t *testing.T) {
	asked := make(chan string, 10)
	addr := raw(t, func(c net.Conn, in *bufio.Reader) {
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			asked <- r.URL.Path
			if r.URL.Path == "/" {
				io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
			}
		}
	})
	c := newClient(t, client.Config{HeaderTimeout: 200 * time.Millisecond})
	if _, _, err := do(c, request(t, "GET", "http://"+addr+"/", nil)); err != nil || c.Idle() != 1 {
		t.Fatalf("%v, %d idle", err, c.Idle())
	}
	if _, _, err := do(c, request(t, "GET", "http://"+addr+"/slow", nil)); !errors.Is(err, clock.ErrTimeout) {
		t.Errorf("%v", err)
	}
	if n := len(asked); n != 2 {
		t.Errorf("%d requests reached the server, want 2", n)
	}
}

// The host of the URL is looked at as well when another Host is to be sent: it goes to the proxy.
func TestProxyIsNotInjected(t *testing.T) {
	addr := raw(t, func(c net.Conn, in *bufio.Reader) {
		all, _ := in.ReadString('\n')
		t.Errorf("the proxy was asked %q", all)
	})
	c := newClient(t, client.Config{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: addr})})
	_, _, err := do(c, &http.Request{URL: &url.URL{Scheme: "https", Host: "h\r\nX: y"}, Host: "h"})
	if err == nil || !strings.Contains(err.Error(), "a blank or a control character") {
		t.Errorf("%v", err)
	}
}
