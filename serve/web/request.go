package web

import (
	"bytes"
	"iter"
	"net"
	"net/url"

	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// Request is a request, as its handler sees it. It belongs to the handler until that has returned or, if it answers
// by a future, until that has ended; so do all slices that its methods return, which are parts of what was read: copy
// what is to be kept. None of the methods allocates where that is not said.
type Request struct {
	x   *exchange
	msg http1.Request
	cx  *waker.Context // during the handler's call, or a poll of its future

	path    []byte // decoded, if it had to be
	route   *route
	matches [maxMatches]match
	std     []string // the values of a path that net/http has matched
}

func (r *Request) reset() {
	r.path, r.route, r.std = nil, nil, nil
}

// Method returns the method. It allocates for one that is not in RFC 9110 and is not PATCH.
func (r *Request) Method() string {
	m := r.msg.Method()
	switch string(m) {
	case "GET":
		return "GET"
	case "HEAD":
		return "HEAD"
	case "POST":
		return "POST"
	case "PUT":
		return "PUT"
	case "PATCH":
		return "PATCH"
	case "DELETE":
		return "DELETE"
	case "OPTIONS":
		return "OPTIONS"
	case "CONNECT":
		return "CONNECT"
	case "TRACE":
		return "TRACE"
	}
	return string(m)
}

// Target returns the request target, as it was sent: mostly a path with its query.
func (r *Request) Target() []byte { return r.msg.Target() }

// RawPath returns the path, as it was sent.
func (r *Request) RawPath() []byte { return r.msg.Path() }

// Path returns the path, decoded. It allocates if there was something to decode.
func (r *Request) Path() []byte {
	raw := r.msg.Path()
	if bytes.IndexByte(raw, '%') < 0 {
		return raw
	}
	if r.path == nil {
		s, err := url.PathUnescape(string(raw)) // it has been checked
		if err != nil {
			return raw
		}
		r.path = []byte(s)
	}
	return r.path
}

// isPing reports whether the client asks for nothing but an answer, "OPTIONS *", which the server gives, as net/http's does.
func (r *Request) isPing() bool {
	return string(r.msg.Target()) == "*" && string(r.msg.Method()) == "OPTIONS"
}

// RawQuery returns the query, as it was sent, without the question mark.
func (r *Request) RawQuery() []byte { return r.msg.RawQuery() }

// Query returns the first value of a key of the query, and whether there is one. It allocates if it finds one.
func (r *Request) Query(key string) (value string, ok bool) {
	for rest, more := r.RawQuery(), true; more; {
		var pair []byte
		pair, rest, more = bytes.Cut(rest, []byte{'&'})
		k, v, _ := bytes.Cut(pair, []byte{'='})
		if string(k) != key {
			if bytes.IndexByte(k, '%') < 0 && bytes.IndexByte(k, '+') < 0 {
				continue
			}
			if s, err := url.QueryUnescape(string(k)); err != nil || s != key {
				continue
			}
		}
		s, err := url.QueryUnescape(string(v))
		return s, err == nil && len(pair) > 0
	}
	return "", false
}

// Host returns the host that is asked, with its port if it was given.
func (r *Request) Host() []byte { return r.msg.Host() }

// Get returns the value of the first header field of that name, in whatever case, and nothing if there is none.
func (r *Request) Get(name string) []byte {
	v, _ := r.msg.Get(name)
	return v
}

// Lookup is Get that tells an empty field from none.
func (r *Request) Lookup(name string) (value []byte, ok bool) { return r.msg.Get(name) }

// Fields are all header fields in the order they came in, names as they were sent.
func (r *Request) Fields() iter.Seq2[[]byte, []byte] { return r.msg.Fields() }

// Message returns the request as package http1 has read it, for what looks at requests of any server. It must not be fed or
// reset, and belongs to the handler as the Request does.
func (r *Request) Message() *http1.Request { return &r.msg }

// HasToken reports whether a field of that name lists the token, in whatever case.
func (r *Request) HasToken(name, token string) bool { return r.msg.HasToken(name, token) }

// HTTP10 reports whether the client speaks HTTP/1.0.
func (r *Request) HTTP10() bool { return r.msg.HTTP10() }

// Upgrades reports whether the client would like to change to the protocol, as in "Upgrade: websocket".
func (r *Request) Upgrades(protocol string) bool {
	return r.msg.Upgrades() && r.msg.HasToken("Upgrade", protocol)
}

// ContentLength returns the length of the content in bytes; -1 if that shows only at its end.
func (r *Request) ContentLength() int64 { return r.msg.ContentLength() }

// Content returns the content of a request whose handler is behind [WithContent].
func (r *Request) Content() []byte { return r.x.content }

// Body returns the content as a stream, for a handler that answers by a future.
func (r *Request) Body() *Body { return (*Body)(r.x) }

// Trailers are the fields that came after the content, once that was read to its end.
func (r *Request) Trailers() iter.Seq2[[]byte, []byte] { return r.msg.Trailers() }

// PathValue returns what the path has for a wildcard of the pattern that matched, and nothing if there is no such one.
func (r *Request) PathValue(name string) []byte {
	if r.route == nil {
		return nil
	}
	for i, n := range r.route.names {
		if n != name {
			continue
		}
		if r.std != nil {
			return []byte(r.std[i])
		}
		m := r.matches[i]
		return r.msg.Path()[m.at:m.end:m.end]
	}
	return nil
}

// Pattern returns the pattern that the router has matched.
func (r *Request) Pattern() string {
	if r.route == nil {
		return ""
	}
	return r.route.pattern
}

// Conn returns the connection, for its addresses. The Conn must not be read or written.
func (r *Request) Conn() *serve.Conn { return &r.x.c.Conn }

// RemoteAddr returns the address of the client. The first call of a connection allocates.
func (r *Request) RemoteAddr() net.Addr { return r.x.c.RemoteAddr() }

// Ext makes a Request a [sched.Spawner] during the call of its handler, and during polls of its future.
func (r *Request) Ext() any {
	if r.cx == nil {
		return nil
	}
	return r.cx.Ext()
}
