package client

import (
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/thread"
)

// RoundTrip implements http.RoundTripper, for ordinary goroutines, which it blocks until the header has come; on a worker it
// fails with future.ErrOnWorker. It follows no redirects, as http.Client does that. The request's context ends it, and the reading of its content.
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
	r.Response.Body = &goBody{r: r, ctx: req.Context()}
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

var _ http.RoundTripper = (*Client)(nil)
var _ io.ReadCloser = (*goBody)(nil)
