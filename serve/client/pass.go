package client

import (
	"io"
	"iter"
	"net/http"

	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/wire/http1"
)

// Message is a request that its owner has written, for who passes requests on: see [Client.Pass]. None of it may be changed before the operation has ended.
type Message struct {
	Method string // which Head begins with
	Host   string // where it goes, by http: host:port
	// Head is the request line and the fields, each with its CRLF, but for those that frame the content. Nothing of it is checked. Room
	// behind it is used.
	Head []byte
	// Body is the content, of Length bytes, or in chunks, with Trailer after it, if that is negative; nil: there is none.
	Body    aio.Reader
	Length  int64
	Trailer http.Header // the names must be there at the beginning, the values at the end of Body
}

// Pass is Do for a Message, without redirects and proxies. HeaderTimeout begins anew when the content is sent; before that it ends a server that takes
// nothing of it for so long, while content may take its time to come. Of the response the http.Response has StatusCode, ContentLength and, at its end,
// Trailer; the header is in [Response.Fields].
func (c *Client) Pass(m *Message) DoOp {
	c.check()
	if m == nil || len(m.Head) == 0 {
		panic("client: Pass with a nil Message, or one without a Head")
	}
	return DoOp{&exchange{client: c, msg: m}}
}

// Fields are the header of a response to Pass, names as they were sent, until more is read of the response.
func (r *Response) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		if r.input == nil {
			return
		}
		for rest := r.fields; len(rest) > 0; {
			var name, value []byte
			if name, value, rest = cutField(rest); !yield(name, value) {
				return
			}
		}
	}
}

// sending begins to send it.
func (m *Message) sending() (s sending, err error) {
	length := m.Length
	if m.Body == nil {
		length = 0
	}
	if err = s.frame(m.Head, m.Method, length, m.Trailer); err == nil && !s.ended {
		s.body, s.closer = m.Body, io.NopCloser(nil)
	}
	return s, err
}

// passedHead takes a header of end bytes; done is false after that of an interim response.
func (r *Response) passedHead(end int) (done bool, err error) {
	n, err := r.wire.Feed(r.buf[r.r : r.r+end])
	r.r += n
	switch status := r.wire.Status(); {
	case err != nil:
		return false, err
	case status < 200 && status != http.StatusSwitchingProtocols:
		r.scan, r.fields = 0, r.fields[:0]
		if r.interm++; r.interm > interims {
			return false, http1.ErrStatusCode
		}
		return false, nil
	default:
		r.Response = &http.Response{StatusCode: status, ContentLength: r.wire.ContentLength()}
		r.last = r.last || status == http.StatusSwitchingProtocols
		return true, nil
	}
}
