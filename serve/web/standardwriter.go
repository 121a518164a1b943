package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
)

// standardWriter is an http.ResponseWriter over the exchange's Response. Content is collected up to standardBuffer bytes: an answer
// that is no longer gets a Content-Length, as net/http's do.
const standardBuffer = 4 << 10

// What is kept after the handler has returned must not reach the answer to somebody else, which the exchange is for by then: lock is
// held by each method that looks at the exchange, and once ended is set none does.
type standardWriter struct {
	s          *standardCall
	wait       *sleeper
	lock       sync.Mutex
	ended      bool // the handler has returned
	header     http.Header
	wrote      bool // the header is decided
	isHijacked bool
	declared   []string // trailers
	err        error    // of the connection
}

var _ interface {
	http.ResponseWriter
	http.Flusher
	http.Hijacker
	io.StringWriter
	io.ReaderFrom
} = (*standardWriter)(nil)

// Header implements http.ResponseWriter.
func (w *standardWriter) Header() http.Header { return w.header }

// errEnded is what a handler is told that writes after it has returned.
var errEnded = errors.New("web: the http.Handler has returned: its ResponseWriter and the request's content are not to be used any more")

// end takes the exchange away from whoever has kept the writer.
func (w *standardWriter) end() {
	w.lock.Lock()
	w.ended = true
	w.lock.Unlock()
}

// WriteHeader implements http.ResponseWriter.
func (w *standardWriter) WriteHeader(status int) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.writeHeader(status)
}

func (w *standardWriter) writeHeader(status int) {
	if w.ended || w.isHijacked || w.wrote {
		return
	}
	if status < 100 || status > 999 {
		panic("web: WriteHeader takes a status from 100 to 999")
	}
	if status < 200 && status != http.StatusSwitchingProtocols {
		w.interim(status)
		return
	}
	w.wrote = true
	r := &w.s.x.resp
	r.status = status
	names := make([]string, 0, 16)
	for name := range w.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := w.header[name]
		switch key := http.CanonicalHeaderKey(name); { // a handler may have written into the map
		case len(values) == 0 && key != "Date" && key != "Content-Type":
			continue
		case key == "Content-Length":
			if n, err := strconv.ParseInt(values[0], 10, 64); err == nil && n >= 0 {
				r.SetLength(n)
			}
			continue
		case key == "Transfer-Encoding":
			continue
		case key == "Connection":
			w.connection(values)
			continue
		case key == "Content-Type":
			r.hasTyp = true
			if len(values) > 0 {
				r.typ = clean(values[0])
			}
			continue
		case key == "Date":
			r.hasDate = true
		case key == "Trailer":
			w.declare(values)
			continue
		case strings.HasPrefix(name, http.TrailerPrefix):
			continue
		}
		if slices.Contains(w.declared, name) || http1.CheckField(name, "") != nil {
			continue
		}
		for _, v := range values {
			r.fields = http1.AppendField(r.fields, name, clean(v))
		}
	}
}

// declare notes which trailers will come, and says so.
func (w *standardWriter) declare(values []string) {
	for name := range announced(nil, strings.Join(values, ",")) {
		if http1.CheckTrailer(name, "") == nil {
			w.declared = append(w.declared, name)
		}
	}
	if slices.Sort(w.declared); len(w.declared) > 0 {
		w.s.x.resp.fields = http1.AppendField(w.s.x.resp.fields, "Trailer", strings.Join(w.declared, ", "))
	}
}

func (w *standardWriter) connection(values []string) {
	for _, v := range values {
		for t := range strings.SplitSeq(v, ",") {
			w.s.x.closes = w.s.x.closes || strings.EqualFold(strings.TrimSpace(t), "close")
		}
		if !strings.EqualFold(v, "close") && http1.CheckField("Connection", v) == nil && !strings.EqualFold(v, "keep-alive") {
			w.s.x.resp.fields = http1.AppendField(w.s.x.resp.fields, "Connection", v)
		}
	}
}

// clean makes blanks of what may not stand in a value, as net/http does.
func clean(v string) string {
	if http1.CheckField("X", v) == nil {
		return v
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, v))
}

// interim sends an answer before the answer, such as Early Hints. A client of HTTP/1.0 would take it for the answer.
func (w *standardWriter) interim(status int) {
	x := w.s.x
	if x.req.HTTP10() {
		return
	}
	x.out = http1.AppendStatus(x.out, status)
	if status == http.StatusContinue {
		x.told = true
	} else {
		for name, values := range w.header {
			if key := http.CanonicalHeaderKey(name); key == "Content-Length" || key == "Transfer-Encoding" || http1.CheckField(name, "") != nil {
				continue
			}
			for _, v := range values {
				x.out = http1.AppendField(x.out, name, clean(v))
			}
		}
	}
	x.out = http1.AppendEnd(x.out)
	w.flush()
}

// Write implements io.Writer.
func (w *standardWriter) Write(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if err := w.mayWrite(len(p)); err != nil {
		return 0, err
	}
	x := w.s.x
	r := &x.resp
	if !r.streams && len(r.body)+len(p) <= standardBuffer {
		r.body = append(r.body, p...)
		return len(p), nil
	}
	w.begin(p)
	r.stream(p)
	if x.err != nil {
		return 0, x.err
	}
	if len(x.out)-x.sent >= standardBuffer {
		w.flush()
	}
	return len(p), w.err
}

// WriteString implements io.StringWriter.
func (w *standardWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *standardWriter) mayWrite(n int) error {
	if w.ended {
		return errEnded
	}
	if w.isHijacked {
		return http.ErrHijacked
	}
	if !w.wrote {
		w.writeHeader(http.StatusOK)
	}
	r := &w.s.x.resp
	switch {
	case w.err != nil:
		return w.err
	case isBare(r.status):
		if n > 0 {
			return http.ErrBodyNotAllowed
		}
	case r.hasLength && r.written+int64(len(r.body)+n) > r.length:
		return http.ErrContentLength
	}
	return nil
}

// begin puts the header into out, and what was collected; next is content that follows.
func (w *standardWriter) begin(next []byte) {
	r := &w.s.x.resp
	if r.streams {
		return
	}
	w.sniff(next)
	w.heedBody()
	r.begin()
}

// heedBody takes over what a header has to tell of the content.
func (w *standardWriter) heedBody() {
	if b := w.s.body; b != nil {
		x := w.s.x
		x.closes = x.closes || b.broken.Load()
		x.expects = x.expects && !b.begun.Load()
	}
}

// sniff sets a Content-Type that was not set.
func (w *standardWriter) sniff(next []byte) {
	r := &w.s.x.resp
	if r.hasTyp = r.hasTyp || r.has("Content-Encoding"); r.hasTyp {
		return
	}
	content := r.body
	if len(content) < 512 && len(next) > 0 {
		content = append(bytes.Clone(content), next[:min(len(next), 512-len(content))]...)
	}
	r.hasTyp = true // to none, if what is flushed is the header alone: what will come may be of any
	if len(content) > 0 {
		r.typ = http.DetectContentType(content)
	}
}

// Flush implements http.Flusher.
func (w *standardWriter) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *standardWriter) FlushError() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	if err := w.mayWrite(0); err != nil {
		return err
	}
	w.begin(nil)
	w.flush()
	return w.err
}

// flush sends what is in out, and blocks meanwhile.
func (w *standardWriter) flush() {
	x := w.s.x
	if x.c.Secure() == nil {
		w.block(x.write)
		return
	}
	if !x.owes() || w.err != nil {
		return
	}
	w.s.writes.within(x.c.srv.config.WriteTimeout)
	defer w.s.writes.over()
	if w.err = w.ask(asksWrite).err; w.err != nil {
		x.closes = true
		w.s.cancel()
	}
}

// ask has the task do something, and blocks until that is done.
func (w *standardWriter) ask(what uint32) answered {
	w.s.talk.ask(what)
	for {
		if a, ok := w.s.talk.heard(); ok {
			return a
		}
		<-w.wait.token
	}
}

// goOn tells a client that waits for it to send its content, which somebody reads.
func (w *standardWriter) goOn() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.ended {
		return errEnded
	}
	w.s.x.goOn()
	w.flush()
	return w.err
}

// block calls what writes until it has ended.
func (w *standardWriter) block(write func(cx *waker.Context) (pending bool, err error)) {
	c := w.s.x.c
	timed := false
	for w.err == nil {
		pending, err := write(&w.wait.cx)
		if err != nil {
			w.err = err
			w.s.x.closes = true
			w.s.cancel()
		}
		if !pending {
			break
		}
		timed = true
		w.s.writes.within(c.srv.config.WriteTimeout)
		<-w.wait.token
	}
	if timed {
		w.s.writes.over()
	}
}

// finish sends the answer after the handler has returned.
func (w *standardWriter) finish() {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.isHijacked {
		return
	}
	if !w.wrote {
		w.writeHeader(http.StatusOK)
	}
	w.heedBody()
	x := w.s.x
	r := &x.resp
	if w.trailers(); len(r.trailers) > 0 || len(w.declared) > 0 {
		w.begin(nil) // they come after chunks
	}
	if !r.streams {
		w.sniff(nil)
	}
	x.finish()
	w.flush()
	w.ended = true // before anybody else has the lock: a header would follow what was sent
}

// trailers takes those that the handler has set.
func (w *standardWriter) trailers() {
	r := &w.s.x.resp
	for name, values := range w.header {
		plain, prefixed := strings.CutPrefix(name, http.TrailerPrefix)
		if !prefixed && !slices.Contains(w.declared, name) || http1.CheckTrailer(plain, "") != nil {
			continue
		}
		for _, v := range values {
			r.trailers = http1.AppendField(r.trailers, plain, clean(v))
		}
	}
}

// SetReadDeadline is for http.ResponseController.
func (w *standardWriter) SetReadDeadline(t time.Time) error { return w.s.reads.take(t) }

// SetWriteDeadline is for http.ResponseController.
func (w *standardWriter) SetWriteDeadline(t time.Time) error { return w.s.writes.take(t) }

// EnableFullDuplex is for http.ResponseController: reading and writing are always independent.
func (w *standardWriter) EnableFullDuplex() error { return nil }
