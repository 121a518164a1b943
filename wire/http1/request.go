package http1

import "bytes"

// Request reads one request. Reset prepares it for each. The zero Request finds out where
// the request ends and how the connection goes on; with Keep it also notes where everything
// is, so that a server can look things up (see fields.go).
type Request struct {
	// Keep notes where the method, the target and the header fields are, and keeps the
	// trailers. It is set before the first Feed, and stays.
	Keep bool
	// MaxHead, if set, is the size in bytes from which on a header, and from which on the
	// trailers, are refused.
	MaxHead int

	state     messageState
	isHead    bool
	isConnect bool // its target is its host
	head      head
	body      body

	// What Keep keeps.
	bytes          []byte // of the header, see Bind
	method, target span
	fields         []fieldSpan
}

// Reset prepares for the next request.
func (r *Request) Reset() {
	*r = Request{Keep: r.Keep, MaxHead: r.MaxHead, fields: r.fields[:0], body: body{kept: r.body.kept[:0]}}
	r.head.limit = r.MaxHead
}

// Feed takes what it understands of p and returns how much that was, like
// [Response.Feed]. Content is skipped. An error is an [*Error], with the status to
// answer; what follows it on the connection cannot be understood.
func (r *Request) Feed(p []byte) (n int, err error) {
	if n, err = r.FeedHead(p); err != nil || r.state != atBody {
		return n, err
	}
	took, err := r.body.feed(p[n:], nil)
	r.checkEnd(err)
	return n + took, err
}

// FeedHead is Feed that takes nothing beyond the header.
func (r *Request) FeedHead(p []byte) (n int, err error) {
	r.head.limit = r.MaxHead
	for r.state < atBody {
		line, took, err := r.head.cutStrict(p[n:])
		if err != nil || took == 0 {
			return n, err
		}
		n += took
		switch {
		case r.state == atFirstLine:
			err = r.requestLine(line)
		case len(line) > 0:
			err = r.field(line)
		default:
			err = r.endHead()
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// FeedBody takes what it understands of p up to the end of the first piece of content, and
// returns how much that was, with the piece, which is a part of p. It takes nothing before
// the header is complete, and nothing beyond the end of the request.
func (r *Request) FeedBody(p []byte) (n int, piece []byte, err error) {
	if r.state != atBody {
		return 0, nil, nil
	}
	n, piece, err = r.body.next(p)
	r.checkEnd(err)
	return n, piece, err
}

func (r *Request) checkEnd(err error) {
	if err == nil && r.body.state == bodyOver {
		r.state = atEnd
	}
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
	if r.Keep {
		at := r.lineAt(line)
		r.method = span{at, at + uint32(len(method))}
		at = r.method.end + 1
		r.target = span{at, at + uint32(len(target))}
	}
	return nil
}

func (r *Request) field(line []byte) error {
	name, value, err := r.head.field(line)
	if err == nil && r.Keep {
		r.note(line, name, value)
	}
	return err
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
	kept := r.body.kept
	if h.chunked {
		r.body = body{state: bodyChunk, chunked: true, limit: r.MaxHead, keep: r.Keep, kept: kept}
		return nil
	}
	if r.body.counted(h.length); h.length == 0 {
		r.state = atEnd
	}
	r.body.kept = kept
	return nil
}

// HeadDone reports whether the header is complete.
func (r *Request) HeadDone() bool { return r.state >= atBody }

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

// Upgrades reports whether the Connection field has the token upgrade.
func (r *Request) Upgrades() bool { return r.head.upgrade && r.head.minor > 0 }

// ContentLength returns the length of the content in bytes, or -1 if it comes in chunks.
func (r *Request) ContentLength() int64 {
	if r.head.chunked {
		return -1
	}
	return r.head.length
}

// Content returns how many bytes of content have come, without the chunks' framing.
func (r *Request) Content() int64 { return r.body.total }
