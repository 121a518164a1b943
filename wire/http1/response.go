package http1

import (
	"bytes"
	"io"
)

type messageState uint8

const (
	atFirstLine messageState = iota
	atFields
	atBody
	atEnd
)

// Response reads one response. Reset prepares it for each.
type Response struct {
	// Sink, if set, is handed the content piece by piece. The bytes are lent for
	// the call.
	Sink func(p []byte)
	// Field, if set, is handed each field of the header, of interim responses too. The
	// bytes are lent for the call.
	Field func(name, value []byte)
	// Keep keeps the trailers.
	Keep bool
	// MaxHead, if set, is the size in bytes from which on a header, and from which on
	// the trailers, are refused.
	MaxHead int

	unfolded []byte // the last header line that had to be put together

	state  messageState
	toHead bool
	begun  bool
	status int
	head   head
	body   body
}

// Reset prepares for the response to the next request. toHead tells that it was a HEAD
// request, whose response has no body whatever its header says.
func (r *Response) Reset(toHead bool) {
	*r = Response{Sink: r.Sink, Field: r.Field, Keep: r.Keep, MaxHead: r.MaxHead, unfolded: r.unfolded, toHead: toHead}
	r.head.limit = r.MaxHead
}

// Feed takes what it understands of p and returns how much that was; an unfinished line
// is left, to be handed in again with what follows it. It takes nothing beyond the end
// of the response. Interim responses (1xx) are skipped. An error is an [*Error].
func (r *Response) Feed(p []byte) (n int, err error) {
	r.begun = r.begun || len(p) > 0
	for r.state < atBody {
		line, took, err := r.cutLine(p[n:])
		if err != nil || took == 0 {
			return n, err
		}
		n += took
		switch {
		case r.state == atFirstLine:
			err = r.statusLine(line)
		case len(line) > 0:
			err = r.field(line)
		default:
			err = r.endHead()
		}
		if err != nil {
			return n, err
		}
	}
	if r.state == atBody {
		took, err := r.body.feed(p[n:], r.Sink)
		if err == nil && r.body.state == bodyOver {
			r.state = atEnd
		}
		return n + took, err
	}
	return n, nil
}

func (r *Response) field(line []byte) error {
	name, value, err := r.head.field(line)
	if err == nil && r.Field != nil {
		r.Field(name, value)
	}
	return err
}

// cutLine returns the first line of p; of the header's fields all lines of one together,
// as RFC 9112, section 5.2, asks of a client.
func (r *Response) cutLine(p []byte) (line []byte, n int, err error) {
	if r.state == atFirstLine {
		return r.head.cutLine(p)
	}
	lines, n, err := r.head.cutFolded(p)
	if bytes.IndexByte(lines, '\n') >= 0 {
		r.unfolded = unfold(r.unfolded[:0], lines)
		lines = r.unfolded
	}
	return lines, n, err
}

func (r *Response) statusLine(line []byte) error {
	proto, rest, ok := bytes.Cut(line, blank)
	if !ok {
		return ErrStatusLine
	}
	if !r.head.version(proto) {
		return ErrVersion
	}
	code, reason, _ := bytes.Cut(rest, blank)
	if !isText(reason) {
		return ErrStatusLine
	}
	if len(code) != 3 {
		return ErrStatusCode
	}
	status := 0
	for _, b := range code {
		if b < '0' || b > '9' {
			return ErrStatusCode
		}
		status = status*10 + int(b-'0')
	}
	if status < 100 {
		return ErrStatusCode
	}
	r.status, r.state = status, atFields
	return nil
}

var blank = []byte{' '}

// endHead decides where the body ends (RFC 9112, section 6.3).
func (r *Response) endHead() error {
	if err := r.head.encoding(); err != nil {
		return err
	}
	if r.status < 200 && r.status != 101 {
		// The header's size goes on counting: a peer that sends interim responses
		// without end is refused too.
		r.head = head{limit: r.head.limit, size: r.head.size}
		r.state = atFirstLine
		return nil
	}
	r.state = atBody
	switch {
	case r.toHead || r.status == 101 || r.status == 204 || r.status == 304:
		r.body.counted(0)
	case r.head.chunked:
		r.body = body{state: bodyChunk, chunked: true, folds: true, limit: r.MaxHead, keep: r.Keep}
	case r.head.hasLength:
		r.body.counted(r.head.length)
	default:
		r.body = body{state: bodyToEOF}
	}
	if r.body.state == bodyOver {
		r.state = atEnd
	}
	return nil
}

// EOF tells the response that the peer has closed. It returns nil if that completes the
// response, io.EOF if nothing of it had come, and io.ErrUnexpectedEOF in the middle.
func (r *Response) EOF() error {
	switch {
	case r.state == atEnd:
		return nil
	case r.state == atBody && r.body.state == bodyToEOF:
		r.state = atEnd
		return nil
	case !r.begun:
		return io.EOF
	}
	return io.ErrUnexpectedEOF
}

// Done reports whether the response is complete.
func (r *Response) Done() bool { return r.state == atEnd }

// Status returns the status code, 0 until the status line has come.
func (r *Response) Status() int { return r.status }

// ContentLength returns what the header says of the length of the content, which the answer
// to a HEAD does not have; -1 if it says nothing, or the content comes in chunks.
func (r *Response) ContentLength() int64 {
	if r.head.chunked || !r.head.hasLength {
		return -1
	}
	return r.head.length
}

// Content returns how many bytes of content have come, without the chunks' framing.
func (r *Response) Content() int64 { return r.body.total }

// KeepAlive tells, of a complete response, whether the connection may carry another.
func (r *Response) KeepAlive() bool {
	return r.head.persistent() && r.status != 101 && r.body.state == bodyOver
}
