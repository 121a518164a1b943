package web

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync"

	"github.com/magpie-go/magpie/wire/http1"
)

// leastGzip is from which size on content is worth compressing: below, the header that gzip adds and the work cost more
// than a packet that is smaller.
const leastGzip = 1 << 10

// Gzip returns a handler that compresses what h answers, for clients that accept it: content of 1 KB or more, of a
// type that is text, JSON, XML, JavaScript, SVG or WebAssembly, without a Content-Encoding or "Cache-Control: no-transform", and not streamed. It is
// computed in the connection's poll, some 20 ns a byte. All answers say "Vary: Accept-Encoding"; an ETag of compressed ones becomes weak, as
// that of nginx, and "Accept-Ranges" is left out: what they are of is other bytes.
func Gzip(h Handler) Handler {
	if h == nil {
		panic("web: Gzip of a nil Handler")
	}
	return func(w *Response, r *Request) {
		w.gzip, w.varies = acceptsGzip(r.Get("Accept-Encoding")), true
		h(w, r)
	}
}

// acceptsGzip reports whether gzip is listed, and not with a weight of 0.
func acceptsGzip(accepts []byte) bool {
	for list, more := accepts, true; more; {
		var t []byte
		t, list, more = bytes.Cut(list, []byte{','})
		coding, weight, _ := bytes.Cut(t, []byte{';'})
		if !http1.EqualFold(bytes.TrimSpace(coding), "gzip") {
			continue
		}
		weight = bytes.ToLower(bytes.TrimSpace(weight))
		return !bytes.HasPrefix(weight, []byte("q=0")) || len(bytes.Trim(weight[3:], ".0")) > 0
	}
	return false
}

var compressors = sync.Pool{New: func() any { return new(compressor) }}

type compressor struct {
	w   *gzip.Writer
	out bytes.Buffer
}

// compress returns what is sent for content.
func (w *Response) compress(content []byte) []byte {
	if len(content) < leastGzip || !compressible(w.typ, w.hasTyp) || w.hasLength || w.has("content-encoding") || w.Status() == 206 ||
		w.fieldHas("cache-control", "no-transform") {
		return content
	}
	c := compressors.Get().(*compressor)
	defer compressors.Put(c)
	c.out.Reset()
	if c.w == nil {
		c.w = gzip.NewWriter(&c.out)
	} else {
		c.w.Reset(&c.out)
	}
	_, err := c.w.Write(content)
	if err == nil {
		err = c.w.Close()
	}
	if err != nil || c.out.Len() >= len(content) {
		return content
	}
	w.weaken()
	w.drop("accept-ranges")
	w.fields = append(w.fields, "Content-Encoding: gzip\r\n"...)
	w.body, w.lent = append(w.body[:0], c.out.Bytes()...), nil
	return w.body
}

// fieldHas reports whether a field of that name lists a token.
func (w *Response) fieldHas(name, token string) bool {
	for at, end := w.find(name, 0); at >= 0; at, end = w.find(name, end) {
		for t := range bytes.SplitSeq(w.fields[at+len(name)+1:end], []byte{','}) {
			if http1.EqualFold(bytes.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// weaken makes an ETag a weak one: with a strong one a client could put parts of both contents together.
func (w *Response) weaken() {
	const name = "etag"
	at, end := w.find(name, 0)
	if at < 0 {
		return
	}
	value := strings.TrimSpace(string(w.fields[at+len(name)+1 : end]))
	if w.drop(name); strings.HasPrefix(value, `"`) {
		value = "W/" + value
	}
	w.fields = http1.AppendField(w.fields, "ETag", value)
}

func compressible(typ string, set bool) bool {
	if !set {
		return true // text/plain
	}
	typ, _, _ = strings.Cut(typ, ";")
	typ = strings.ToLower(strings.TrimSpace(typ))
	return strings.HasPrefix(typ, "text/") || strings.HasSuffix(typ, "+json") || strings.HasSuffix(typ, "+xml") ||
		typ == "application/json" || typ == "application/xml" || typ == "application/javascript" || typ == "application/wasm"
}
