package web

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"sync"
	"time"
)

// standardBody is the content of a request, for an http.Handler.
type standardBody struct {
	s      *standardCall
	req    *http.Request // whose Trailer it sets
	lock   sync.Mutex
	err    error // that reads return from now on
	closed bool
}

// Read implements io.Reader. It blocks.
func (b *standardBody) Read(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	switch {
	case b.closed:
		return 0, http.ErrBodyReadAfterClose
	case b.err != nil:
		return 0, b.err
	case len(p) == 0:
		return 0, nil
	}
	x := b.s.x
	if x.goOn(); x.owes() && len(x.piece) == 0 {
		if b.s.w.flush(); b.s.w.err != nil {
			b.end(b.s.w.err)
			return 0, b.err
		}
	}
	n, err := b.read(p)
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

// read waits for content, for BodyTimeout at most unless the handler has set a deadline of its own.
func (b *standardBody) read(p []byte) (int, error) {
	x := b.s.x
	timed := false
	for {
		a := x.req.Body().PollRead(&b.s.wait.cx, p)
		if a.IsReady() {
			if timed {
				_ = x.c.Net().SetReadDeadline(time.Time{})
			}
			return a.Result()
		}
		if d := x.c.srv.config.BodyTimeout; d > 0 && !timed && !b.s.ownRead {
			timed = true
			_ = x.c.Net().SetReadDeadline(time.Now().Add(d))
		}
		<-b.s.wait.token
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
