package server

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/httpwire"
)

const (
	hello = "Hello, World!"

	httpBuffer = 4 << 10
	// maxAnswers is how many bytes of answers to pipelined requests are collected
	// before they are sent: a client that only asks and never reads gets no further.
	maxAnswers = 16 << 10
)

// The answers, ready to send. HEAD gets the same header without the content.
var (
	stays   = answer(http.StatusOK, "", hello)
	stays10 = answer(http.StatusOK, "Connection: keep-alive\r\n", hello)
	closes  = answer(http.StatusOK, "Connection: close\r\n", hello)

	goOn = []byte("HTTP/1.1 100 Continue\r\n\r\n")
)

func answer(status int, header, content string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nServer: magpie\r\nContent-Type: text/plain\r\n%sContent-Length: %d\r\n\r\n%s",
		status, http.StatusText(status), header, len(content), content)
}

type httpHandler struct {
	request httpwire.Request
	told    bool // to go on with the content
}

// handle answers all the requests that p holds.
func (h *httpHandler) handle(p, out []byte, c *Counts) (n int, _ []byte, finish, linger bool) {
	for {
		took, err := h.request.Feed(p[n:])
		n += took
		if err != nil {
			var wire *httpwire.Error
			errors.As(err, &wire)
			c.Refused++
			return n, append(out, answer(wire.Status, "Connection: close\r\n", err.Error()+"\n")...), true, true
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
	a := closes
	if h.request.KeepAlive() {
		if a = stays; h.request.HTTP10() {
			a = stays10
		}
	}
	if h.request.IsHead() {
		a = a[:len(a)-len(hello)]
	}
	return append(out, a...), !h.request.KeepAlive()
}

func (h *httpHandler) unfinished() bool { return h.request.Begun() }

// room doubles, as far as the longest line.
func (h *httpHandler) room(size int) int { return min(max(2*size, httpBuffer), httpwire.MaxHead) }
