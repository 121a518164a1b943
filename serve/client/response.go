package client

import (
	"bufio"
	"bytes"
	"io"
	"net/http"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// Response is a response whose header has come: http.Response has status and header, and its Body is empty. The content is read from the Response itself, which is an
// aio.Reader. One task reads it. Trailers are there when it has read the end: those that were announced, and others.
//
// It holds its connection until it was read to its end, or closed.
type Response struct {
	*http.Response

	client *Client
	conn   *conn
	req    *http.Request // nil: it is one to Pass
	*input               // nil when it has ended
	r, w   int           // what was read into buf and not yet fed
	scan   int           // the header does not end before
	interm int           // interim responses so far
	begun  bool          // something was received
	last   bool          // the connection is not to be used again
	err    error         // how it has ended

	// owner says whose the connection is: ours, or nobody's after it was kept or closed. The goroutine that closes the content may be another one
	// than the one that reads its last byte: whoever changes it first decides.
	owner word.Uint32
}

const (
	inUse uint32 = iota
	kept
	gone
)

// release takes the connection away, and reports whether nobody has closed it.
func (r *Response) release() bool { return r.owner.CompareAndSwap(inUse, kept) }

// abandon closes the connection if it is still ours. Any thread may call it.
func (r *Response) abandon() {
	if r.owner.CompareAndSwap(inUse, gone) {
		r.conn.close()
	}
}

// interims is how many interim responses are read before one that is final.
const interims = 8

// newResponse begins one to req, or, if that is nil, to a Message.
func newResponse(c *Client, k *conn, req *http.Request, toHead bool) *Response {
	r := &Response{client: c, conn: k, req: req, input: inputs.Get().(*input)}
	r.wire.MaxHead = c.config.MaxHead
	if r.wire.Field = nil; req == nil {
		r.wire.Field = r.field
	}
	r.wire.Reset(toHead)
	return r
}

// parseHead parses a header that is complete.
func parseHead(head []byte, req *http.Request) (*http.Response, error) {
	r, err := http.ReadResponse(bufio.NewReaderSize(bytes.NewReader(head), len(head)), req)
	if r != nil {
		r.Body = http.NoBody // it would read from head
	}
	return r, err
}

// pollHead reads to the end of the header.
func (r *Response) pollHead(cx *waker.Context) (done bool, err error) {
	for {
		if end := r.headEnd(); end > 0 {
			if r.req == nil {
				if done, err := r.passedHead(end); done || err != nil {
					return done, err
				}
				continue
			}
			head, err := parseHead(r.buf[r.r:r.r+end], r.req)
			if err != nil {
				return false, err
			}
			if r.scan = 0; head.StatusCode/100 == 1 && head.StatusCode != http.StatusSwitchingProtocols {
				if r.interm++; r.interm > interims {
					return false, http1.ErrStatusCode
				}
				r.r += end
				continue
			}
			r.Response = head
			if head.StatusCode == http.StatusSwitchingProtocols {
				r.r += end
				r.last = true
				return true, nil
			}
			n, err := r.wire.Feed(r.buf[r.r : r.r+end])
			r.r += n
			if err != nil {
				return false, err
			}
			if r.wire.Done() {
				r.finish()
			}
			return true, nil
		}
		if r.w-r.r > r.client.config.MaxHead {
			return false, http1.ErrHeadSize
		}
		if a := r.fill(cx); a.IsPending() {
			return false, nil
		} else if err := a.Err(); err != nil {
			if err == io.EOF && r.begun {
				err = io.ErrUnexpectedEOF
			}
			return false, err
		}
	}
}

// headEnd returns the length of the header, with the blank line after it; 0 if that has not come.
func (r *Response) headEnd() int {
	p := r.buf[r.r:r.w]
	for from := r.scan; ; {
		i := bytes.IndexByte(p[from:], '\n')
		if i < 0 {
			return 0
		}
		i += from
		switch {
		case i+1 < len(p) && p[i+1] == '\n':
			return i + 2
		case i+2 < len(p) && p[i+1] == '\r' && p[i+2] == '\n':
			return i + 3
		case i+2 >= len(p):
			return 0
		}
		from = i + 1
		r.scan = from - 1
	}
}

// fill reads more into buf, behind what is there.
func (r *Response) fill(cx *waker.Context) future.Poll[int] {
	if r.r > 0 {
		r.w = copy(r.buf, r.buf[r.r:r.w])
		r.r = 0
	}
	if r.w == len(r.buf) { // a header, or a line of a chunk, that is longer
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	a := r.conn.stream.PollRead(cx, r.buf[r.w:])
	if n, err := a.Result(); err == nil && n > 0 {
		r.begun = true
		r.w += n
	}
	return a
}

// PollRead implements aio.Reader: it reads what there is of the content, and io.EOF at its end, when the connection is
// kept for the next request. After another error it is closed.
func (r *Response) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if r == nil || r.client == nil {
		panic("client: a nil or zero Response: Client.Do comes to them")
	}
	if !cx.Spend() {
		return future.Pending[int]()
	}
	if len(p) == 0 {
		return future.Ready(0)
	}
	for {
		if r.err != nil {
			return future.Failed[int](r.err)
		}
		if len(r.pieces) > 0 {
			return future.Ready(r.take(p))
		}
		if r.wire.Done() {
			r.finish()
			continue
		}
		if r.r < r.w {
			n, err := r.wire.Feed(r.buf[r.r:r.w])
			r.r += n
			if err != nil {
				return r.fail(err)
			}
			if n > 0 {
				continue
			}
		}
		if len(r.buf) > bufferSize && r.w-r.r > r.client.config.MaxHead {
			return r.fail(http1.ErrHeadSize)
		}
		a := r.fill(cx)
		if a.IsPending() {
			return a
		}
		if err := a.Err(); err != nil {
			if err != io.EOF {
				return r.fail(err)
			}
			if err := r.wire.EOF(); err != nil {
				return r.fail(err)
			}
			if t := r.conn.tls; t != nil && !t.PeerEnded() {
				return r.fail(io.ErrUnexpectedEOF) // the end is the length, and somebody may have cut it off
			}
		}
	}
}

// take copies content out of the pieces.
func (r *Response) take(p []byte) (n int) {
	for len(r.pieces) > 0 && n < len(p) {
		m := copy(p[n:], r.pieces[0])
		n += m
		if r.pieces[0] = r.pieces[0][m:]; len(r.pieces[0]) == 0 {
			r.pieces = r.pieces[1:]
		}
	}
	return n
}

// finish keeps the connection of a response that was read to its end, if it may carry another one.
func (r *Response) finish() {
	r.err = io.EOF
	for name, value := range r.wire.Trailers() {
		if r.Trailer == nil {
			r.Trailer = http.Header{}
		}
		r.Trailer.Add(string(name), string(value))
	}
	free := !r.last && r.wire.KeepAlive() && r.r == r.w && (r.req == nil || !r.req.Close)
	if r.giveInput(); !free {
		r.abandon()
	} else if r.release() {
		r.client.keep(r.conn)
	}
}

func (r *Response) fail(err error) future.Poll[int] {
	r.err = err
	r.abandon()
	r.giveInput()
	return future.Failed[int](err)
}

// ForgetRead implements aio.ReadForgetter.
func (r *Response) ForgetRead() {
	if f, ok := r.conn.stream.(aio.ReadForgetter); ok && r.err == nil {
		f.ForgetRead()
	}
}

// Close closes the connection, unless the content was read to its end. The task that reads calls it.
func (r *Response) Close() error {
	if r.err == nil {
		r.err = http.ErrBodyReadAfterClose
		r.abandon()
		r.giveInput()
	}
	return nil
}

// Drop is Close.
func (r *Response) Drop() { _ = r.Close() }

// Detach hands the connection over after a status of 101 (Switching Protocols), with what was read of it already. The caller closes it.
// It returns nil for any other response.
func (r *Response) Detach() (s tlsio.Stream, read []byte) {
	if r.err != nil || r.StatusCode != http.StatusSwitchingProtocols || !r.release() {
		return nil, nil
	}
	read = append([]byte(nil), r.buf[r.r:r.w]...)
	r.err = http.ErrBodyReadAfterClose
	r.giveInput()
	return r.conn.stream, read
}
