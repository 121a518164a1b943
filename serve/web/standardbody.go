package web

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"sync"
)

// standardBody is the content of a request, for an http.Handler.
type standardBody struct {
	s      *standardCall
	req    *http.Request // whose Trailer it sets
	lock   sync.Mutex
	err    error // that reads return from now on
	closed bool
}

var errBodyClosed = http.ErrBodyReadAfterClose

// Read implements io.Reader. It blocks.
func (b *standardBody) Read(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	switch {
	case b.closed:
		return 0, errBodyClosed
	case b.err != nil:
		return 0, b.err
	case len(p) == 0:
		return 0, nil
	}
	x := b.s.x
	body := x.req.Body()
	if x.req.msg.WantsContinue() && !x.told && !x.resp.streams {
		x.told = true
		x.out = append(x.out, goOn...)
		b.s.w.flush()
	}
	for {
		a := body.PollRead(&b.s.wait.cx, p)
		if a.IsPending() {
			<-b.s.wait.token
			continue
		}
		n, err := a.Result()
		if x.req.msg.Done() && len(x.piece) == 0 && err == nil {
			err = io.EOF
		}
		if err != nil {
			b.end(err)
		}
		if n > 0 {
			return n, nil
		}
		return 0, b.err
	}
}

// end is called when there is no more content, and leaves reading to the task.
func (b *standardBody) end(err error) {
	b.err = err
	if !errors.Is(err, io.EOF) {
		b.s.x.closes = true
		return
	}
	for name, value := range b.s.x.req.Trailers() {
		if b.req.Trailer == nil {
			b.req.Trailer = http.Header{}
		}
		b.req.Trailer.Add(textproto.CanonicalMIMEHeaderKey(string(name)), string(value))
	}
	if b.s.reader.Load() == readerGoroutine {
		b.s.reader.Store(readerTask)
		b.s.waker.Wake()
	}
}

// Close implements io.Closer. What was not read is skipped, or ends the connection, after the answer.
func (b *standardBody) Close() error {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.closed = true
	return nil
}
