package client

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// sending is a request on its way: out is what is to be written next, head first, and then a piece of content at a time.
type sending struct {
	out     []byte
	body    aio.Reader // nil: there is none
	closer  io.Closer  // of the body
	chunked bool
	left    int64 // of the content, if its length is known
	exact   bool  // the end of the content is to be seen behind that
	ended   bool  // all is in out
	trailer http.Header
	moved   bool // something went out, or content was waited for; who looks sets it back
}

// contentRoom is how much content is read at once; before and after it there is room for the lines of a chunk.
const contentRoom = 4 << 10

func newSending(req *http.Request, proxy *url.URL) (sending, error) {
	s := sending{}
	head, err := appendHead(nil, req, proxy)
	if err != nil {
		return s, err
	}
	length := req.ContentLength
	switch {
	case !hasContent(req):
		length = 0
	case length == 0:
		length = -1
	}
	if err := s.frame(head, req.Method, length, req.Trailer); err != nil {
		return s, err
	}
	if !s.ended {
		s.closer, s.exact = req.Body, true
		switch r := req.Body.(type) {
		case aio.Reader:
			s.body = r
		default:
			if req.GetBody != nil { // it is in memory
				s.body = aio.FromReader(r)
			} else {
				s.body = aio.NewBlockingReader(r, nil)
			}
		}
	}
	return s, nil
}

// frame ends a header that content of that length, or in chunks if it is negative, comes after.
func (s *sending) frame(head []byte, method string, length int64, trailer http.Header) (err error) {
	switch {
	case length == 0:
		if method == "POST" || method == "PUT" || method == "PATCH" {
			head = http1.AppendLength(head, 0)
		}
		s.ended = true
	case length > 0:
		head = http1.AppendLength(head, length)
		s.left = length
	default:
		head = http1.AppendChunked(head)
		s.chunked, s.trailer = true, trailer
		if head, err = announce(head, trailer); err != nil {
			return err
		}
	}
	s.out = http1.AppendEnd(head)
	return nil
}

// announce says which trailers will come.
func announce(head []byte, trailer http.Header) ([]byte, error) {
	if len(trailer) == 0 {
		return head, nil
	}
	names := slices.Sorted(maps.Keys(trailer))
	for _, name := range names {
		if http1.CheckField(name, "") != nil || ours[http.CanonicalHeaderKey(name)] {
			return nil, fmt.Errorf("client: %q cannot be a trailer", name)
		}
	}
	return http1.AppendField(head, "Trailer", strings.Join(names, ", ")), nil
}

// appendTrailers appends those that are set by now.
func (s *sending) appendTrailers(b []byte) ([]byte, error) {
	for name, values := range s.trailer {
		for _, v := range values {
			if err := http1.CheckField(name, v); err != nil || ours[http.CanonicalHeaderKey(name)] {
				return nil, fmt.Errorf("client: trailer %q: %q cannot be sent", name, v)
			}
			b = http1.AppendField(b, name, v)
		}
	}
	return b, nil
}

// ours are fields that are made, not copied.
var ours = map[string]bool{"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Trailer": true}

func appendHead(b []byte, req *http.Request, proxy *url.URL) ([]byte, error) {
	method := req.Method
	if method == "" {
		method = "GET"
	}
	if http1.CheckField(method, "") != nil {
		return nil, fmt.Errorf("client: %q is no method", method)
	}
	target := req.URL.RequestURI()
	if proxy != nil && req.URL.Scheme == "http" {
		target = "http://" + req.URL.Host + target
	}
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	if strings.ContainsFunc(target+host+req.URL.Host, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, fmt.Errorf("client: the URL %q has a blank or a control character", target)
	}
	b = append(b, method+" "+target+" HTTP/1.1\r\n"...)
	b = http1.AppendField(b, "Host", host)
	if proxy != nil && proxy.User != nil && req.URL.Scheme == "http" {
		b = http1.AppendField(b, "Proxy-Authorization", basic(proxy.User))
	}
	agent, authorized := false, req.URL.User == nil
	for name, values := range req.Header {
		key := http.CanonicalHeaderKey(name)
		agent = agent || key == "User-Agent"
		authorized = authorized || key == "Authorization"
		for _, v := range values {
			if ours[key] || v == "" && key == "User-Agent" {
				continue
			}
			if err := http1.CheckField(name, v); err != nil {
				return nil, fmt.Errorf("client: header %q: %w", name, err)
			}
			b = http1.AppendField(b, name, v)
		}
	}
	if !authorized {
		b = http1.AppendField(b, "Authorization", basic(req.URL.User))
	}
	if !agent {
		b = http1.AppendField(b, "User-Agent", "magpie")
	}
	if req.Close && !strings.EqualFold(req.Header.Get("Connection"), "close") {
		b = http1.AppendField(b, "Connection", "close")
	}
	return b, nil
}

var (
	errBodyShort = errors.New("client: the content of the request is not as long as ContentLength says")
	errBodyLong  = errors.New("client: the content of the request is longer than ContentLength says, and was cut there")
)

// poll writes on, and is ready when all is written. An error of the content is a *bodyError.
func (s *sending) poll(cx *waker.Context, w aio.Writer) future.Poll[future.Unit] {
	for {
		for len(s.out) > 0 {
			a := w.PollWrite(cx, s.out)
			if a.IsPending() {
				return future.Pending[future.Unit]()
			}
			n, err := a.Result()
			s.out = s.out[n:]
			s.moved = s.moved || n > 0
			if err != nil {
				return future.Failed[future.Unit](err)
			}
		}
		if s.ended {
			if f, ok := w.(aio.Flusher); ok {
				return f.PollFlush(cx)
			}
			return future.Ready(future.Unit{})
		}
		if a := s.fill(cx); a.IsPending() || a.Err() != nil {
			s.moved = true
			return a
		}
	}
}

// isWhole reports whether the connection has all that was announced, though the end of the content may not have been seen.
func (s *sending) isWhole() bool { return len(s.out) == 0 && (s.ended || !s.chunked && s.left == 0) }

// fill reads a piece of content into out.
func (s *sending) fill(cx *waker.Context) future.Poll[future.Unit] {
	p := make([]byte, contentRoom)
	if !s.chunked {
		p = p[:min(max(s.left, 1), contentRoom)]
	}
	a := s.body.PollRead(cx, p)
	if a.IsPending() {
		return future.Pending[future.Unit]()
	}
	n, err := a.Result()
	switch {
	case err == io.EOF && s.chunked:
		s.ended = true
		out, err := s.appendTrailers(http1.AppendLastChunk(nil))
		if err != nil {
			return future.Failed[future.Unit](&bodyError{err})
		}
		s.out = http1.AppendEnd(out)
	case err == io.EOF && s.left == 0:
		s.ended = true
	case err == io.EOF:
		return future.Failed[future.Unit](&bodyError{errBodyShort})
	case err == nil && !s.chunked && int64(n) > s.left:
		return future.Failed[future.Unit](&bodyError{errBodyLong})
	case err != nil:
		return future.Failed[future.Unit](&bodyError{err})
	case s.chunked:
		s.out = http1.AppendChunk(nil, p[:n])
	default:
		s.out = p[:n]
		s.left -= int64(n)
		s.ended = s.left == 0 && !s.exact
	}
	return future.Ready(future.Unit{})
}

// close ends the content, whatever was read of it.
func (s *sending) close() {
	if s.closer != nil {
		switch b := s.body.(type) {
		case *aio.BlockingReader:
			b.Drop()
		case aio.ReadForgetter:
			b.ForgetRead()
		}
		_ = s.closer.Close()
		s.closer = nil
	}
}

// bodyError is one of the request's content, and not of the connection.
type bodyError struct{ err error }

// RequestContent tells it from others, for who passes content on.
func (e *bodyError) RequestContent() {}

func (e *bodyError) Error() string { return "client: content of the request: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }
