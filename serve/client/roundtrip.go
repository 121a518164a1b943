package client

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/internal/thread"
)

// RoundTrip implements http.RoundTripper, for ordinary goroutines, which it blocks until the header has come; on a worker it
// fails with future.ErrOnWorker. It follows no redirects, as http.Client does that. The request's context ends it, and the reading of its content. The
// Body of a response with status 101 is an io.ReadWriteCloser, which is the connection.
func (c *Client) RoundTrip(req *http.Request) (*http.Response, error) {
	c.check()
	if thread.Current() != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, future.ErrOnWorker
	}
	op := c.Do(req)
	op.x.single = true
	r, err := future.BlockOn(future.WithContext(req.Context(), future.Box[*Response](op)))
	if err != nil {
		return nil, err
	}
	if stream, read := r.Detach(); stream != nil {
		r.Response.Body = &goStream{stream: stream, read: read}
	} else {
		r.Response.Body = &goBody{r: r, ctx: req.Context()}
	}
	return r.Response, nil
}

// goBody is the content of a response for a goroutine. Close may be called while another one reads.
type goBody struct {
	r     *Response
	ctx   context.Context
	lock  sync.Mutex // of who reads
	close sync.Once
}

// Read implements io.Reader.
func (b *goBody) Read(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return future.BlockOn(future.WithContext(b.ctx, future.Box[int](aio.Read(b.r, p))))
}

// Close implements io.Closer.
func (b *goBody) Close() error {
	b.close.Do(func() {
		b.r.abandon() // has a read that waits fail
		b.lock.Lock()
		defer b.lock.Unlock()
		_ = b.r.Close()
	})
	return nil
}

// goStream is a connection that has changed to another protocol. One goroutine reads, one writes, and any may close it meanwhile.
type goStream struct {
	stream tlsio.Stream
	reads  sync.Mutex
	writes sync.Mutex
	read   []byte // already
}

// Read implements io.Reader.
func (s *goStream) Read(p []byte) (int, error) {
	s.reads.Lock()
	defer s.reads.Unlock()
	if n := copy(p, s.read); n > 0 {
		s.read = s.read[n:]
		return n, nil
	}
	return future.BlockOn(future.Box[int](aio.Read(s.stream, p)))
}

// Write implements io.Writer.
func (s *goStream) Write(p []byte) (int, error) {
	s.writes.Lock()
	defer s.writes.Unlock()
	op := aio.WriteAll(s.stream, p)
	_, err := future.BlockOn(&op)
	return op.Written(), err
}

// Close implements io.Closer.
func (s *goStream) Close() error { return s.stream.Close() }

var _ http.RoundTripper = (*Client)(nil)
var _ io.ReadCloser = (*goBody)(nil)
