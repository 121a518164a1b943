package fasthttphandler

import (
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/serve/web"
	"github.com/magpie-go/magpie/wire/http1"
)

// largeBody is from which size on content is handed over instead of copied, and its memory left to the collector.
const largeBody = 64 << 10

// answer copies the answer, and lets go of the exchange. Of one with a stream it copies the header, and the exchange remains.
func (e *exchange) answer(w *web.Response) (streams bool, err error) {
	resp := e.answers()
	status := resp.StatusCode()
	if status < 200 || status > 999 {
		return false, fmt.Errorf("fasthttphandler: the handler has set status %d; it may be from 200 to 999", status)
	}
	w.SetStatus(status)
	for name, value := range resp.Header.All() {
		if err := http1.CheckField(string(name), string(value)); err != nil { // for which web.Response panics
			return false, fmt.Errorf("fasthttphandler: the handler has set %q: %q: %v", name, value, err) // it is no fault of the client
		}
		switch {
		case http1.EqualFold(name, "Content-Type"):
			if string(value) != e.typ {
				e.typ = string(value)
			}
			w.SetContentType(e.typ)
		case http1.EqualFold(name, "Connection"):
			if http1.EqualFold(value, "close") {
				w.Close()
			}
		case http1.EqualFold(name, "Content-Length"), http1.EqualFold(name, "Transfer-Encoding"), http1.EqualFold(name, "Trailer"): // the server's
		default:
			w.Add(lent(name), lent(value))
		}
	}
	n := resp.Header.ContentLength()
	if resp.IsBodyStream() {
		if n >= 0 {
			w.SetLength(int64(n))
		}
		return true, nil
	}
	switch body := resp.Body(); {
	case len(body) >= largeBody:
		w.SetContent(resp.SwapBody(nil))
	case len(body) > 0:
		_, _ = w.Write(body)
	case e.ctx.IsHead() && n > 0:
		w.SetLength(int64(n))
	}
	e.release()
	return false, nil
}

// lent is p as a string, for a call that copies it: web.Response.Add keeps nothing but a Content-Type, and p does not change before it returns.
func lent(p []byte) string { return unsafe.String(unsafe.SliceData(p), len(p)) }
