package server

import (
	"errors"
	"time"

	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// wsHandler upgrades to WebSocket, and sends each message back, in the fragments in which it comes.
type wsHandler struct {
	request  http1.Request
	upgraded bool
	reader   wire.Reader
	within   bool        // a message has begun to go back
	fails    func() bool // nil: never
}

func (h *wsHandler) handle(p, out []byte, c *Counts) (n int, _ []byte, finish, linger bool) {
	if !h.upgraded {
		if n, out, finish = h.upgrade(p, out, c); !h.upgraded {
			return n, out, finish, finish
		}
	}
	for n < len(p) && len(out) < maxAnswers {
		e, took, err := h.reader.Next(p[n:])
		if err != nil {
			c.Refused++
			return len(p), closing(out, wire.CloseOf(err), err.Error()), true, true
		}
		if took == 0 {
			break
		}
		n += took
		switch e.Op {
		case wire.Ping:
			out = wire.AppendFrame(out, wire.Pong, e.Data)
		case wire.Pong:
		case wire.Close:
			code, _, _ := wire.ParseClosing(e.Data)
			return n, closing(out, code, ""), true, false
		default:
			if e.Final {
				c.Requests++
				if isTrue(h.fails) {
					return len(p), closing(out, wire.InternalError, "an error as asked for"), true, true
				}
			}
			out = h.back(out, &e)
		}
	}
	return n, out, false, false
}

// back sends a piece of a message back, as a fragment.
func (h *wsHandler) back(out []byte, e *wire.Event) []byte {
	op := e.Op
	if h.within {
		op = wire.Continuation
	}
	h.within = !e.Final
	out = wire.AppendHeader(out, wire.Header{Final: e.Final, Op: op, Length: int64(len(e.Data))})
	return append(out, e.Data...)
}

func closing(out []byte, code uint16, reason string) []byte {
	return wire.AppendFrame(out, wire.Close, wire.AppendClosing(nil, code, reason))
}

// upgrade takes the request for it.
func (h *wsHandler) upgrade(p, out []byte, c *Counts) (n int, _ []byte, finish bool) {
	// The header is looked at when it is there as a whole: begin anew each time.
	h.request = http1.Request{Keep: true}
	n, err := h.request.FeedHead(p)
	if err != nil {
		var refused *http1.Error
		errors.As(err, &refused)
		c.Refused++
		return n, append(out, newAnswers(time.Now()).refusal(refused)...), true
	}
	if !h.request.HeadDone() {
		return 0, out, false
	}
	h.request.Bind(p)
	key, _ := h.request.Get("Sec-WebSocket-Key")
	if !h.request.HasToken("Upgrade", "websocket") || !wire.IsKey(string(key)) {
		c.Refused++
		return n, append(out, "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"...), true
	}
	h.upgraded = true
	out = append(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	return n, append(wire.AppendAccept(out, string(key)), "\r\n\r\n"...), false
}

func (h *wsHandler) unfinished() bool { return h.reader.Begun() }

// room doubles, as far as the longest header.
func (h *wsHandler) room(size int) int { return min(max(2*size, httpBuffer), http1.MaxHead) }
