package httpwire

import "bytes"

// Request reads one request. Reset prepares it for each.
type Request struct {
	state     messageState
	isHead    bool
	isConnect bool // its target is its host
	head      head
	body      body
}

// Reset prepares for the next request.
func (r *Request) Reset() { *r = Request{} }

// Feed takes what it understands of p and returns how much that was, like
// [Response.Feed]. Content is skipped. An error is an [*Error], with the status to
// answer; what follows it on the connection cannot be understood.
func (r *Request) Feed(p []byte) (n int, err error) {
	for r.state < atBody {
		line, took, err := r.head.cutLine(p[n:])
		if err != nil || took == 0 {
			return n, err
		}
		n += took
		switch {
		case r.state == atFirstLine:
			err = r.requestLine(line)
		case len(line) > 0:
			err = r.head.field(line)
		default:
			err = r.endHead()
		}
		if err != nil {
			return n, err
		}
	}
	if r.state == atBody {
		took, err := r.body.feed(p[n:], nil)
		if err == nil && r.body.state == bodyOver {
			r.state = atEnd
		}
		return n + took, err
	}
	return n, nil
}

func (r *Request) requestLine(line []byte) error {
	if len(line) == 0 {
		return nil // blank lines before a request are to be ignored
	}
	method, rest, ok := bytes.Cut(line, blank)
	target, proto, ok2 := bytes.Cut(rest, blank)
	if !ok || !ok2 || len(method) == 0 || len(target) == 0 {
		return ErrRequestLine
	}
	for _, b := range method {
		if !isToken[b] {
			return ErrRequestLine
		}
	}
	switch {
	case !isVersion(proto):
		return ErrRequestLine
	case !isTarget(method, target):
		return ErrTarget
	case !r.head.version(proto):
		return ErrVersion
	}
	r.isHead = string(method) == "HEAD"
	r.isConnect = string(method) == "CONNECT"
	r.state = atFields
	return nil
}

func (r *Request) endHead() error {
	h := &r.head
	if h.encodings > 0 && (h.hasLength || h.minor == 0) {
		return ErrBothLengths
	}
	if err := h.encoding(); err != nil {
		return err
	}
	switch {
	case h.hosts > 1 || h.hosts == 0 && h.minor > 0 && !r.isConnect:
		return ErrHost
	case h.badHost:
		return ErrHostValue
	case h.badExpect:
		return ErrExpect
	}
	r.state = atBody
	if h.chunked {
		r.body = body{state: bodyChunk, chunked: true}
		return nil
	}
	if r.body.counted(h.length); h.length == 0 {
		r.state = atEnd
	}
	return nil
}

// Done reports whether the request is complete.
func (r *Request) Done() bool { return r.state == atEnd }

// Begun reports whether anything of the request has been taken.
func (r *Request) Begun() bool { return r.head.size > 0 }

// WantsContinue reports whether the header is complete, and the client waits for "100
// Continue" before it sends the content.
func (r *Request) WantsContinue() bool {
	return r.state == atBody && r.head.goOn && r.head.minor > 0 && r.body.total == 0
}

// IsHead reports whether the method is HEAD: its response has no body.
func (r *Request) IsHead() bool { return r.isHead }

// HTTP10 reports whether the client speaks HTTP/1.0, and so needs to be told when the
// connection stays open.
func (r *Request) HTTP10() bool { return r.head.minor == 0 }

// KeepAlive reports whether the client wants the connection to carry another request.
func (r *Request) KeepAlive() bool { return r.head.persistent() }
