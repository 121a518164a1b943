package web

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"sync"

	"github.com/magpie-go/magpie/internal/word"
)

// standardBody is the content of a request, for an http.Handler. One goroutine may read it while another writes the answer.
type standardBody struct {
	s    *standardCall
	req  *http.Request // whose Trailer it sets
	wait *sleeper

	closed word.Bool // no read begins any more
	begun  word.Bool // some has come: nobody waits to be told to send it
	broken word.Bool // the content ends otherwise than it should: so does the connection

	lock sync.Mutex
	told bool  // the client was told to go on, if it waits for that
	err  error // that reads return from now on
}

// Read implements io.Reader. It blocks.
func (b *standardBody) Read(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	switch {
	case b.closed.Load():
		return 0, http.ErrBodyReadAfterClose
	case b.err != nil:
		return 0, b.err
	case len(p) == 0:
		return 0, nil
	}
	x := b.s.x
	n, err := b.read(p)
	if x.req.msg.Done() && len(x.piece) == 0 && err == nil {
		err = io.EOF
	}
	if err == http.ErrBodyReadAfterClose {
		return n, err
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
	defer func() {
		if timed {
			b.s.reads.over()
		}
	}()
	for {
		if n, err := x.takeBody(p); n > 0 || err != nil {
			if n > 0 && !b.begun.Load() {
				b.begun.Store(true)
			}
			return n, err
		}
		if err := b.goOn(); err != nil {
			return 0, err
		}
		n, pending, err := x.receiveBody(&b.wait.cx, p)
		switch {
		case n > 0 || err != nil:
			return n, err
		case !pending:
			continue
		}
		if !timed {
			timed = true
			b.s.reads.within(x.c.srv.config.BodyTimeout)
		}
		if <-b.wait.token; b.closed.Load() {
			return 0, http.ErrBodyReadAfterClose
		}
	}
}

// goOn tells a client that waits for it to send its content.
func (b *standardBody) goOn() error {
	if b.told {
		return nil
	}
	b.told = true
	if !b.s.x.req.msg.WantsContinue() {
		return nil
	}
	return b.s.w.goOn()
}

// end is called when there is no more content, and leaves reading to the task.
func (b *standardBody) end(err error) {
	b.err = err
	if !errors.Is(err, io.EOF) {
		b.broken.Store(true)
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
		b.s.talk.task.Wake()
	}
}

// Close implements io.Closer. What was not read is skipped, or ends the connection, after the answer. A read that waits ends.
func (b *standardBody) Close() error {
	b.closed.Store(true)
	b.wait.cx.Waker().WakeByRef()
	b.lock.Lock() // until a read has ended
	defer b.lock.Unlock()
	return nil
}
