package proxy

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/serve/client"
	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/waker"
)

// HTTPConfig is how requests are passed on. The zero value will do.
type HTTPConfig struct {
	// HeaderTimeout is how long a server may take from the end of the request to the end of the response's header, after which the client
	// gets a 504; 0: 60 seconds.
	HeaderTimeout time.Duration
	// MaxIdle is how many connections to each server are kept for further requests; 0: 256.
	MaxIdle int
	// OnError, if set, is told why a client gets a 502, 503 or 504, or half a response. It is called on the worker, and must not block.
	OnError func(r *web.Request, err error)
}

// NewHTTP returns a handler of package web that passes requests on to the servers of a pool, by connections that are kept.
//
// What belongs to one connection only (Connection and what it names, Keep-Alive, TE, Trailer, Transfer-Encoding, Proxy-*) is not passed on. The Host is the
// client's; X-Forwarded-For gets its address at the end, X-Forwarded-Host and X-Forwarded-Proto are set. Content goes
// through as it comes, both ways, no faster than it is read, trailers after it. An upgrade (WebSocket) that the client has asked for and the server accepts makes a tunnel.
//
// A server that cannot be connected to is left out, and another one tried: up to three. A request that may be repeated is sent once more when a kept connection
// breaks before an answer, see package client. The client gets 503 if no server could be connected to, 504 if one takes
// too long, and 502 if it breaks off or speaks no HTTP; a response that breaks off in the middle ends the client's connection.
func NewHTTP(pool *Pool, config HTTPConfig) (web.Handler, error) {
	switch {
	case pool == nil || len(pool.upstreams) == 0:
		return nil, errors.New("proxy: NewHTTP with a nil or zero Pool: NewPool makes them")
	case pool.config.Network != "tcp":
		return nil, fmt.Errorf("proxy: NewHTTP with a pool of network %q; it is tcp", pool.config.Network)
	case config.HeaderTimeout < 0 || config.MaxIdle < 0:
		return nil, fmt.Errorf("proxy: HeaderTimeout is %v and MaxIdle %d; they take more than 0, or 0 for what they are by themselves", config.HeaderTimeout, config.MaxIdle)
	}
	c, err := client.New(client.Config{Dial: pool.config.Dial, ConnectTimeout: pool.config.ConnectTimeout,
		HeaderTimeout: cmp.Or(config.HeaderTimeout, time.Minute), MaxIdlePerHost: cmp.Or(config.MaxIdle, 256), Redirects: -1})
	if err != nil {
		return nil, err
	}
	return func(w *web.Response, r *web.Request) {
		w.Await(&passing{pool: pool, config: &config, client: c, w: w, r: r})
	}, nil
}

// hop are fields of one connection.
var hop = []string{"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade"}

// strip takes the fields of one connection out of a header, and returns the protocol that it would change to.
func strip(h http.Header) (upgrade string) {
	for _, list := range h.Values("Connection") {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); strings.EqualFold(name, "upgrade") {
				upgrade = h.Get("Upgrade")
			} else if name != "" {
				h.Del(name)
			}
		}
	}
	for _, name := range hop {
		h.Del(name)
	}
	return upgrade
}

// outgoing makes the request for a server.
func outgoing(r *web.Request, address string) (*http.Request, error) {
	u, err := url.ParseRequestURI(string(r.Target()))
	if err != nil {
		return nil, fmt.Errorf("proxy: the target of the request: %w", err)
	}
	u.Scheme, u.Host, u.User = "http", address, nil
	h := http.Header{}
	for name, value := range r.Fields() {
		h.Add(string(name), string(value))
	}
	announced := trailerNames(h)
	upgrade := strip(h)
	for _, name := range []string{"Host", "Content-Length", "Expect"} {
		h.Del(name)
	}
	if upgrade != "" {
		h.Set("Connection", "Upgrade")
		h.Set("Upgrade", upgrade)
	}
	if _, ok := h["User-Agent"]; !ok {
		h["User-Agent"] = []string{""} // none, instead of ours
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr().String()); err == nil {
		h.Set("X-Forwarded-For", strings.Join(append(h.Values("X-Forwarded-For"), host), ", "))
	}
	h.Set("X-Forwarded-Host", string(r.Host()))
	h.Set("X-Forwarded-Proto", "http")
	if r.Conn().TLS() != nil {
		h.Set("X-Forwarded-Proto", "https")
	}
	out := &http.Request{Method: r.Method(), URL: u, Host: string(r.Host()), Header: h, ContentLength: r.ContentLength()}
	if out.ContentLength < 0 {
		out.Trailer = announced
	}
	if out.ContentLength != 0 {
		out.Body = &content{r.Body(), r, out}
	}
	return out, nil
}

// trailerNames returns which trailers were announced that may be passed on, as a header without values.
func trailerNames(h http.Header) http.Header {
	names := http.Header{}
	for _, list := range h.Values("Trailer") {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); mayTrail(name) {
				names[http.CanonicalHeaderKey(name)] = nil
			}
		}
	}
	return names
}

// mayTrail reports whether a field may be passed on as a trailer: none may that says how the message is to be understood.
func mayTrail(name string) bool {
	return name != "" && !slices.ContainsFunc(leading, func(other string) bool { return strings.EqualFold(name, other) })
}

var leading = append([]string{"Host", "Content-Length", "Content-Encoding", "Content-Type", "Content-Range", "Expect", "Range", "Max-Forwards",
	"Cache-Control", "Pragma", "Authorization", "Www-Authenticate", "Set-Cookie"}, hop...)

// content is that of a request, which the client of package client polls.
type content struct {
	*web.Body
	r   *web.Request
	out *http.Request
}

// PollRead implements aio.Reader. At the end there are the trailers.
func (c *content) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	a := c.Body.PollRead(cx, p)
	if a.IsReady() && a.Err() == io.EOF && c.out.Trailer != nil {
		for name, value := range c.r.Trailers() {
			if mayTrail(string(name)) {
				c.out.Trailer.Add(string(name), string(value))
			}
		}
	}
	return a
}

func (content) Read([]byte) (int, error) { return 0, io.ErrNoProgress }
func (content) Close() error             { return nil }

// status returns what a client gets for an error.
func status(err error) int {
	var none *client.ConnectError
	switch {
	case errors.As(err, &none):
		return http.StatusServiceUnavailable
	case errors.Is(err, clock.ErrTimeout):
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}
