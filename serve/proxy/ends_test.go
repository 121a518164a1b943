package proxy_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/serve/proxy"
	"github.com/magpie-go/magpie/serve/web"
)

// saying returns the address of a server that answers each connection with a text, and closes it when the peer does, which is then told.
func saying(t *testing.T, text string) (address string, ended <-chan error) {
	t.Helper()
	all := make(chan error, 10)
	addr, _ := origin(t, func(w http.ResponseWriter, r *http.Request) {
		c, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(patience))
		io.WriteString(c, text)
		_, err = io.Copy(io.Discard, buf)
		all <- err
	})
	return addr, all
}

// over waits for the connection to a server to end.
func over(t *testing.T, ended <-chan error) {
	t.Helper()
	if err := <-ended; err != nil {
		t.Errorf("the connection to the server: %v", err)
	}
}

// ask sends a request and returns the answer without its content.
func ask(t *testing.T, url, request string) (*net.TCPConn, *bufio.Reader, *http.Response) {
	t.Helper()
	c := dial(t, strings.TrimPrefix(url, "http://"))
	io.WriteString(c, request)
	in := bufio.NewReader(c)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, in, resp
}

// A status that is none of RFC 9110 is passed on, and what the content is remains as unsaid.
func TestHTTPOddStatus(t *testing.T) {
	addr, ended := saying(t, "HTTP/1.1 999 Odd\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
	url, _ := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
	_, _, resp := ask(t, url, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if text, err := io.ReadAll(resp.Body); resp.StatusCode != 999 || string(text) != "x" || err != nil {
		t.Errorf("%s, %q, %v", resp.Status, text, err)
	}
	if typ, ok := resp.Header["Content-Type"]; ok {
		t.Errorf("Content-Type: %s", typ)
	}
	over(t, ended)
}

// A server that changes to a protocol that nobody has asked for, or before it has read the request, is not followed.
func TestHTTPUpgradeUnasked(t *testing.T) {
	const up = "Connection: Upgrade\r\nUpgrade: "
	for _, c := range []struct{ request, answer string }{
		{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", up + "mirror\r\n"},
		{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""},
		{"GET / HTTP/1.1\r\nHost: x\r\n" + up + "mirror\r\n\r\n", up + "other\r\n"},
		{"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n" + up + "mirror\r\n\r\n", up + "mirror\r\n"},
	} {
		addr, ended := saying(t, "HTTP/1.1 101 Switching Protocols\r\n"+c.answer+"\r\n")
		url, errs := frontHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{addr}}), proxy.HTTPConfig{})
		if _, _, resp := ask(t, url, c.request); resp.StatusCode != 502 {
			t.Fatalf("%q is answered with %q: %s", c.request, c.answer, resp.Status)
		} else if err := <-errs; !strings.Contains(err.Error(), "changes to a protocol") {
			t.Error(err)
		}
		over(t, ended)
	}
}

// A client that takes nothing of the answer to its upgrade leaves no connection to the server behind.
func TestHTTPUpgradeLost(t *testing.T) {
	addr, ended := saying(t, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: mirror\r\n\r\n")
	p := pool(t, proxy.PoolConfig{Addresses: []string{addr}})
	h, err := proxy.NewHTTP(p, proxy.HTTPConfig{})
	if err != nil {
		t.Fatal(err)
	}
	_, url := serverOf(t, p, web.Config{Handler: func(w *web.Response, r *web.Request) {
		if err := r.Conn().Net().SetWriteDeadline(time.Unix(1, 0)); err != nil {
			t.Error(err)
		}
		h(w, r)
	}})
	c := dial(t, strings.TrimPrefix(url, "http://"))
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: mirror\r\n\r\n")
	over(t, ended)
}

// A tunnel that is cut is not counted any more.
func TestHTTPUpgradeCut(t *testing.T) {
	s, url, _ := serverHTTP(t, pool(t, proxy.PoolConfig{Addresses: []string{mirror(t)}}), proxy.HTTPConfig{})
	upgrade(t, url)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A callback that panics leaves nothing behind.
func TestHTTPErrorPanics(t *testing.T) {
	addr, ended := saying(t, "no HTTP\r\n\r\n")
	p := pool(t, proxy.PoolConfig{Addresses: []string{addr}})
	h, err := proxy.NewHTTP(p, proxy.HTTPConfig{OnError: func(_ *web.Request, err error) { panic(err) }})
	if err != nil {
		t.Fatal(err)
	}
	_, url := serverOf(t, p, web.Config{Handler: h})
	if _, _, resp := ask(t, url, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); resp.StatusCode != 500 {
		t.Error(resp.Status)
	}
	over(t, ended)
}

// An OnHealth that panics when a server comes back leaves neither a count nor a connection behind.
func TestOnHealthPanics(t *testing.T) {
	for _, kind := range []string{"TCP", "HTTP"} {
		addr := nobody(t)
		p := pool(t, proxy.PoolConfig{Addresses: []string{addr}, OnHealth: func(_ string, err error) {
			if err == nil {
				panic("it is back")
			}
		}})
		var to string
		if kind == "TCP" {
			_, to, _ = front(t, p, proxy.TCPConfig{})
		} else {
			url, _ := frontHTTP(t, p, proxy.HTTPConfig{})
			to = strings.TrimPrefix(url, "http://")
		}
		request := func() {
			c, err := net.Dial("tcp", to)
			if err != nil { // it may be reset before that returns
				return
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(patience))
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: the connection of the client goes on", kind)
			}
		}
		request() // it is left out
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			t.Skip("the port was taken by somebody else: ", err)
		}
		defer ln.Close()
		_ = ln.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
		ended := make(chan error, 1)
		go func() {
			c, err := ln.Accept()
			if err != nil {
				ended <- err
				return
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(patience))
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
			_, err = io.Copy(io.Discard, c)
			ended <- err
		}()
		request()
		if err := <-ended; errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection to the server goes on", kind)
		}
		if n := p.Upstreams()[0].Conns(); n != 0 {
			t.Errorf("%s: %d connections are still counted", kind, n)
		}
	}
}
