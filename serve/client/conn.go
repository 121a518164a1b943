package client

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// conn is a connection to a server, or to a proxy.
type conn struct {
	at        place
	nc        *netio.Conn
	stream    tlsio.Stream // nc, or TLS over it
	tls       *tlsio.Conn  // or nil
	reused    bool
	idleUntil time.Time
	unasked   [1]byte // see fresh
}

func (k *conn) close() { _ = k.stream.Close() }

// fresh reports whether the server has neither closed nor said anything unasked, as a 408 (Request Timeout) that would be taken for the answer to the
// next request. Under TLS it may have sent a ticket, which is taken in passing.
func (k *conn) fresh(cx *waker.Context) bool {
	if k.tls != nil {
		return k.tls.PollRead(cx, k.unasked[:]).IsPending()
	}
	_, err := k.nc.TryRead(k.unasked[:])
	return err == netio.ErrWouldBlock
}

// route returns where a request goes: what its connection is kept for, and the address to dial.
func (c *Client) route(req *http.Request) (at place, addr string, proxy *url.URL, err error) {
	u := req.URL
	if u == nil || u.Host == "" {
		return at, "", nil, errNoHost
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return at, "", nil, fmt.Errorf("client: the scheme of the URL is %q; it is http or https", u.Scheme)
	}
	at = place{scheme: u.Scheme, host: withPort(u)}
	if c.config.Proxy != nil {
		if proxy, err = c.config.Proxy(req); err != nil {
			return at, "", nil, fmt.Errorf("client: which proxy: %w", err)
		}
	}
	if proxy == nil {
		return at, at.host, nil, nil
	}
	if proxy.Scheme != "http" {
		return at, "", nil, fmt.Errorf("client: the scheme of the proxy is %q; it is http", proxy.Scheme)
	}
	if at.proxy = proxy.String(); at.scheme == "http" {
		at.host = "" // one connection to the proxy is for all hosts
	}
	return at, withPort(proxy), proxy, nil
}

func withPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// connect returns the future of a new connection.
func (c *Client) connect(at place, addr string, proxy *url.URL) future.Future[*conn] {
	if at.scheme == "http" {
		return &dialing{at: at, op: clock.Timeout(c.config.Dial.Dial("tcp", addr), c.config.ConnectTimeout)}
	}
	return future.Box[*conn](clock.Timeout(future.Async(func(co *future.Co) (*conn, error) {
		nc, err := c.config.Dial.Dial("tcp", addr).Await(co)
		if err != nil {
			return nil, err
		}
		done := false
		defer func() {
			if !done {
				_ = nc.Close()
			}
		}()
		if proxy != nil {
			if err := c.tunnel(co, nc, at.host, proxy); err != nil {
				return nil, err
			}
		}
		conf := c.config.TLS
		if conf == nil {
			conf = new(tls.Config)
		}
		if conf.ServerName == "" {
			conf = conf.Clone()
			conf.ServerName, _, _ = net.SplitHostPort(at.host)
		}
		t := tlsio.Client(nc, conf)
		if _, err := t.Handshake().Await(co); err != nil {
			return nil, fmt.Errorf("client: TLS with %s: %w", at.host, err)
		}
		done = true
		return &conn{at: at, nc: nc, stream: t, tls: t}, nil
	}), c.config.ConnectTimeout))
}

// dialing is a connection without TLS being made. It needs no coroutine.
type dialing struct {
	at place
	op clock.TimeoutOp[*netio.Conn, netio.DialOp]
}

func (d *dialing) Poll(cx *waker.Context) future.Poll[*conn] {
	a := d.op.Poll(cx)
	if a.IsPending() {
		return future.Pending[*conn]()
	}
	nc, err := a.Result()
	if err != nil {
		return future.Failed[*conn](err)
	}
	return future.Ready(&conn{at: d.at, nc: nc, stream: nc})
}

func (d *dialing) Drop() { d.op.Drop() }

// Drop closes a connection that nobody gets.
func (k *conn) Drop() { k.close() }

// tunnel asks a proxy to connect to a host.
func (c *Client) tunnel(co *future.Co, nc *netio.Conn, host string, proxy *url.URL) error {
	ask := "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"
	if proxy.User != nil {
		ask += "Proxy-Authorization: " + basic(proxy.User) + "\r\n"
	}
	if _, err := nc.WriteAll([]byte(ask + "\r\n")).Await(co); err != nil {
		return err
	}
	// What comes after the header is the host's, which says nothing before the client does.
	var head []byte
	buf := make([]byte, 1)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if len(head) > c.config.MaxHead {
			return fmt.Errorf("client: CONNECT to %s by proxy %s: %w", host, proxy.Host, aio.ErrTooLong)
		}
		if _, err := nc.Read(buf).Await(co); err != nil {
			return fmt.Errorf("client: CONNECT to %s by proxy %s: %w", host, proxy.Host, err)
		}
		head = append(head, buf[0])
	}
	r, err := parseHead(head, &http.Request{Method: "CONNECT"})
	if err != nil {
		return fmt.Errorf("client: CONNECT to %s by proxy %s: %w", host, proxy.Host, err)
	}
	if r.StatusCode/100 != 2 {
		return fmt.Errorf("client: CONNECT to %s by proxy %s: %s", host, proxy.Host, r.Status)
	}
	return nil
}

func basic(u *url.Userinfo) string {
	password, _ := u.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password))
}
