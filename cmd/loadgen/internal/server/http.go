package server

import (
	"errors"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/wire/http1"
)

const (
	hello = "Hello, World!"

	httpBuffer = 4 << 10
	// maxAnswers is how many bytes of answers to pipelined requests are collected
	// before they are sent: a client that only asks and never reads gets no further.
	maxAnswers = 16 << 10
)

var goOn = []byte("HTTP/1.1 100 Continue\r\n\r\n")

type httpHandler struct {
	answers *word.Pointer[answers] // of this second
	request http1.Request
	told    bool // to go on with the content
	fails   func() bool
}

// handle answers all the requests that p holds.
func (h *httpHandler) handle(p, out []byte, c *Counts) (n int, _ []byte, finish, linger bool) {
	for {
		took, err := h.request.Feed(p[n:])
		n += took
		if err != nil {
			var wire *http1.Error
			errors.As(err, &wire)
			c.Refused++
			return n, append(out, h.answers.Load().refusal(wire)...), true, true
		}
		if !h.request.Done() {
			if h.request.WantsContinue() && !h.told {
				h.told = true
				out = append(out, goOn...)
			}
			return n, out, false, false
		}
		c.Requests++
		out, finish = h.reply(out)
		h.request.Reset()
		h.told = false
		if finish || n == len(p) || len(out) >= maxAnswers {
			return n, out, finish, finish && n < len(p)
		}
	}
}

func (h *httpHandler) reply(out []byte) (_ []byte, finish bool) {
	now := h.answers.Load()
	a := now.closes
	switch {
	case isTrue(h.fails):
		return append(out, now.fails...), !h.request.KeepAlive()
	case h.request.KeepAlive():
		if a = now.stays; h.request.HTTP10() {
			a = now.stays10
		}
	}
	if h.request.IsHead() {
		a = a[:len(a)-len(hello)]
	}
	return append(out, a...), !h.request.KeepAlive()
}

func (h *httpHandler) unfinished() bool { return h.request.Begun() }

// room doubles, as far as the longest line.
func (h *httpHandler) room(size int) int { return min(max(2*size, httpBuffer), http1.MaxHead) }
