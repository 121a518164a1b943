package ws

import (
	"math/rand/v2"
	"slices"

	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func (m *core) sendRest(cx *waker.Context) (bool, error) {
	w := m.io.PollWrite(cx, m.rest)
	if w.IsPending() {
		return false, nil
	}
	n, err := w.Result()
	if m.rest = m.rest[n:]; len(m.rest) == 0 {
		m.rest = nil
	}
	return true, err
}

func (m *core) sendQueued(cx *waker.Context, scratch []byte) (bool, error) {
	out := m.api.first(scratch)
	if len(out) == 0 {
		m.api.sent(0)
		return true, nil
	}
	w := m.io.PollWrite(cx, out)
	if w.IsPending() {
		return false, nil
	}
	n, err := w.Result()
	if m.api.sent(n) && !m.ending { // the close frame has gone, and is to be answered
		m.closing = true
		m.within(m.rules.closeTime)
	}
	return true, err
}

// sendNow sends the answers of a read, and keeps a copy of what cannot be sent.
func (m *core) sendNow(cx *waker.Context) (again bool, err error) {
	out := m.out
	m.out = nil
	if len(out) == 0 {
		return true, nil
	}
	m.rest = out
	again, err = m.sendRest(cx)
	m.rest = slices.Clone(m.rest)
	return again, err
}

// appendMessage appends a message, compressed if that was agreed and is worth it.
func (m *core) appendMessage(b []byte, op wire.Op, data []byte) []byte {
	if op != wire.Text && op != wire.Binary {
		panic("ws: a message that is neither text nor binary")
	}
	if m.deflate && len(data) >= minDeflated {
		return m.appendFrame(b, op, true, wire.AppendDeflated(nil, data))
	}
	return m.appendFrame(b, op, false, data)
}

// appendFrame appends a frame, masked if a client sends it. The keys are those of ChaCha8, which the runtime has
// seeded from the system: who chooses what is sent cannot foresee them, which is what they are for (RFC 6455, section 10.3).
func (m *core) appendFrame(b []byte, op wire.Op, compressed bool, data []byte) []byte {
	h := wire.Header{Final: true, Compressed: compressed, Op: op, Length: int64(len(data))}
	if !m.rules.client {
		return append(wire.AppendHeader(b, h), data...)
	}
	k := rand.Uint32()
	h.Masked, h.Mask = true, [4]byte{byte(k), byte(k >> 8), byte(k >> 16), byte(k >> 24)}
	b = wire.AppendHeader(b, h)
	n := len(b)
	b = append(b, data...)
	wire.Mask(b[n:], h.Mask, 0)
	return b
}
