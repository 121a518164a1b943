package web

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/wire/http1"
)

// Handler answers a request. It runs on a worker, in the poll of the connection's task, so it must not block: what waits goes
// into a future that it hands to [Response.Await] (see [Async]), and what blocks behind [Standard]. What it has set
// and written is sent after it has returned; without anything that is an empty answer with status 200.
//
// If it panics the client gets a 500 if nothing has been sent yet, the connection is closed, and Config.Conns.OnError is
// told of the *future.PanicError.
type Handler func(w *Response, r *Request)

// Response is an answer in the making. Like the [Request] it belongs to the handler until that has returned, or the
// future that it has handed over has ended; using it afterwards spoils other answers.
//
// The framing is the server's: Content-Length, or chunks once [Response.Flush] was called; Connection; and Date.
type Response struct {
	x      *exchange
	status int
	typ    string // Content-Type
	fields []byte // "Name: value\r\n"...
	body   []byte // content that is not in out yet
	lent   []byte // content that is the handler's, see SetContent

	length   int64 // of the content, if hasLength
	written  int64 // content that was handed to out
	trailers []byte

	hasDate   bool
	hasLength bool
	hasTyp    bool
	streams   bool // the header is in out
	chunked   bool
	over      bool // all of it is in out
	gzip      bool
	varies    bool // by Accept-Encoding
	copying   copying
	sending   sending
}

func (w *Response) reset() {
	*w = Response{x: w.x, fields: w.fields[:0], body: w.body[:0], trailers: w.trailers[:0]}
}

// SetStatus sets the status, from 200 to 999, as some have that RFC 9110 does not know. By default it is 200.
func (w *Response) SetStatus(status int) {
	if status < 200 || status > 999 {
		panic(fmt.Sprintf("web: SetStatus(%d): it takes a status from 200 to 999", status))
	}
	w.status = status
}

// Status returns the status.
func (w *Response) Status() int {
	if w.status == 0 {
		return 200
	}
	return w.status
}

// Set sets a header field, in place of those of that name. It panics if the name or the value has a byte that is
// not allowed there, such as a line end, and if the field is one that the server sets: see
// [Response.SetLength] and [Response.Close]. After the header was sent it does nothing. It does not allocate in the long run.
func (w *Response) Set(name, value string) {
	if !w.check(name, value) {
		return
	}
	w.drop(name)
	w.fields = http1.AppendField(w.fields, name, value)
}

// Add adds a header field beside those of that name. See [Response.Set].
func (w *Response) Add(name, value string) {
	if w.check(name, value) {
		w.fields = http1.AppendField(w.fields, name, value)
	}
}

// SetContentType sets the field Content-Type. By default it is text/plain if there is content.
func (w *Response) SetContentType(value string) { w.Set("Content-Type", value) }

// check reports whether the field is to go into fields.
func (w *Response) check(name, value string) bool {
	if err := http1.CheckField(name, value); err != nil {
		panic(fmt.Sprintf("web: header field %q: %q: %v", name, value, err))
	}
	switch len(name) {
	case len("Date"):
		w.hasDate = w.hasDate || strings.EqualFold(name, "date")
	case len("Trailer"):
		if strings.EqualFold(name, "trailer") {
			panic("web: the field Trailer is the server's; Response.SetTrailer sets one")
		}
	case len("Connection"):
		if strings.EqualFold(name, "connection") {
			if strings.EqualFold(value, "close") {
				w.Close()
				return false
			}
			panic("web: the field Connection is the server's; Response.Close and Response.Switch say how it goes on")
		}
	case len("Content-Type"):
		if strings.EqualFold(name, "content-type") {
			w.typ, w.hasTyp = value, true
			return false
		}
	case len("Content-Length"):
		if strings.EqualFold(name, "content-length") {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				panic(fmt.Sprintf("web: Content-Length: %q: it takes a number of bytes", value))
			}
			w.SetLength(n)
			return false
		}
	case len("Transfer-Encoding"):
		if strings.EqualFold(name, "transfer-encoding") {
			panic("web: the field Transfer-Encoding is the server's; Response.Flush begins a stream")
		}
	}
	return !w.streams
}

// drop takes the fields of a name out.
func (w *Response) drop(name string) {
	for at, end := w.find(name, 0); at >= 0; at, end = w.find(name, at) {
		w.fields = append(w.fields[:at], w.fields[end:]...)
	}
}

// has reports whether a field was set.
func (w *Response) has(name string) bool {
	at, _ := w.find(name, 0)
	return at >= 0
}

// find returns where in fields the next one of a name is, from a beginning of a line on; at is -1 if there is none.
func (w *Response) find(name string, from int) (at, end int) {
	for at = from; at < len(w.fields); at = end {
		line := w.fields[at:]
		end = at + bytes.IndexByte(line, '\n') + 1
		if len(line) > len(name) && line[len(name)] == ':' && http1.EqualFold(line[:len(name)], name) {
			return at, end
		}
	}
	return -1, 0
}

// SetLength says how long the content of an answer will be that is sent by [Response.Flush] piece by piece, so that it needs
// no chunks; one that comes to something else fails, and its connection is closed. It panics if n is negative. After the header was sent it does nothing.
func (w *Response) SetLength(n int64) {
	if n < 0 {
		panic(fmt.Sprintf("web: SetLength(%d): it takes a number of bytes, 0 or more", n))
	}
	if !w.streams {
		w.length, w.hasLength = n, true
	}
}

// SetTrailer adds a field that is sent after content in chunks. It panics as [Response.Set] does, and if the field has to be known before the
// content, see [http1.CheckTrailer]. Clients of HTTP/1.0, and those that get a Content-Length, are not told.
func (w *Response) SetTrailer(name, value string) {
	if err := http1.CheckTrailer(name, value); err != nil {
		panic(fmt.Sprintf("web: trailer %q: %q: %v", name, value, err))
	}
	w.trailers = http1.AppendField(w.trailers, name, value)
}

// Close has the connection end after this answer.
func (w *Response) Close() { w.x.closes = true }

// Write appends to the content. It does not block and does not fail: what is written is kept until the handler has
// returned, or [Response.Flush] sends it.
func (w *Response) Write(p []byte) (int, error) {
	if w.streams {
		w.stream(p)
	} else {
		w.body = append(w.body, p...)
	}
	return len(p), nil
}

// WriteString is Write of a string.
func (w *Response) WriteString(s string) (int, error) {
	if w.streams {
		w.stream([]byte(s))
	} else {
		w.body = append(w.body, s...)
	}
	return len(s), nil
}

// SetContent makes p all of the content, in place of what was written. Large content is not copied, so p must not be changed
// until it is sent; what is made once and never changed is best.
func (w *Response) SetContent(p []byte) {
	if w.streams {
		w.stream(p)
		return
	}
	w.body, w.lent = w.body[:0], p
}

// Error makes this an answer with a status and a text, in place of what was set and written.
func (w *Response) Error(status int, text string) {
	if w.streams {
		return
	}
	w.Reset()
	w.SetStatus(status)
	w.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.WriteString(text)
	_, _ = w.WriteString("\n")
}

// Reset takes back what was set and written, unless it was sent.
func (w *Response) Reset() {
	if !w.streams {
		gzip, varies := w.gzip, w.varies
		w.reset()
		w.gzip, w.varies = gzip, varies
	}
}

// Redirect makes this an answer with a status from 300 to 399 and a Location.
func (w *Response) Redirect(status int, location string) {
	if status < 300 || status > 399 {
		panic(fmt.Sprintf("web: Redirect(%d): it takes a status from 300 to 399", status))
	}
	w.Set("Location", location)
	w.SetStatus(status)
}

// Await has the answer wait for a future, which goes on with it: the handler hands it over and returns. If it fails that
// is as if the handler had panicked. It is dropped if the client resets the connection, or the server does not wait any
// longer. Of several the last one counts.
func (w *Response) Await(f future.Future[future.Unit]) {
	if old := w.x.fut; old != nil {
		w.x.fut = nil
		future.Drop(old)
	}
	w.x.fut = f
}

var (
	errTooLong  = errors.New("web: a handler wrote more than the length that it had set")
	errTooShort = errors.New("web: a handler wrote less than the length that it had set")
)
