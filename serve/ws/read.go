package ws

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func (m *core) read(cx *waker.Context, scratch []byte) (bool, error) {
	have := copy(scratch, m.in)
	r := m.io.PollRead(cx, scratch[have:maxIn])
	if r.IsPending() {
		if m.shake != nil && len(m.shake.head) == 0 && m.io.Ends() {
			return false, io.EOF
		}
		return false, nil
	}
	n, err := r.Result()
	switch {
	case err == io.EOF && (m.ending || m.shake != nil && len(m.shake.head) == 0):
		return false, io.EOF
	case err == io.EOF:
		return false, ErrNoWord
	case err != nil:
		return false, err
	case m.ending: // thrown away
		return true, nil
	}
	m.in = nil
	m.out = scratch[maxIn:maxIn]
	p := scratch[:have+n]
	if m.shake != nil {
		p = m.handshake(cx, p)
	} else {
		m.heard()
	}
	m.frames(p, false)
	return m.sendNow(cx)
}

// heard notes that the peer is there. What was read before counts when its turn comes: behind it the answer to a ping may wait.
func (m *core) heard() {
	if m.rules.pingEvery > 0 && !m.closing {
		m.pinged = false
		m.within(m.rules.pingEvery)
	}
}

// handshake takes more of the request, and answers it when it has come as a whole. It returns what came behind it.
func (m *core) handshake(cx *waker.Context, p []byte) []byte {
	rest, err := m.shake.feed(p)
	if err != nil {
		status := 400
		if e := (*http1.Error)(nil); errors.As(err, &e) {
			status = e.Status
		}
		m.out = refuse(m.out, status)
		m.why = err
		m.lingers()
		return nil
	}
	if !m.shake.request.HeadDone() {
		return nil
	}
	upgraded := false
	m.out, upgraded = m.shake.answer(m.out, m)
	if !upgraded {
		m.lingers()
		return nil
	}
	m.shake = nil
	m.opens(cx)
	return rest
}

// lingers has the connection end after its last answer, when the peer has been waited for a while.
func (m *core) lingers() {
	m.ending, m.linger = true, true
	m.within(lingerTime)
}

// frames hands over what is in p, and keeps what is incomplete, and what has to wait: of p itself if that is the connection's own.
func (m *core) frames(p []byte, own bool) {
	for len(p) > 0 && m.shake == nil && !m.asked && !m.ending {
		e, n, err := m.reader.Next(p)
		if err == nil && n > 0 {
			err = m.event(e)
		}
		if err != nil {
			m.fail(err)
			return
		}
		if n == 0 {
			m.in = slices.Clone(p)
			return
		}
		p = p[n:]
		if m.given++; m.given >= maxTurn || len(m.out) >= maxOut {
			m.given = maxTurn
			if len(p) == 0 {
				return
			}
			if !own {
				p = slices.Clone(p)
			}
			m.in, m.more = p, true // of messages that are small others may follow whose answers are large
			return
		}
	}
}

// goOn hands over what was left of a read, when the answers to what came before have gone.
func (m *core) goOn(cx *waker.Context, scratch []byte) (bool, error) {
	p := m.in
	m.in, m.more = nil, false
	m.heard()
	m.out = scratch[maxIn:maxIn]
	m.frames(p, true)
	return m.sendNow(cx)
}

// fail ends a connection whose peer breaks the rules.
func (m *core) fail(err error) {
	m.why = err
	m.close(wire.CloseOf(err), "")
	m.lingers()
}

func (m *core) event(e wire.Event) error {
	switch e.Op {
	case wire.Ping:
		if !m.closing {
			m.out = m.appendFrame(m.out, wire.Pong, false, e.Data)
		}
	case wire.Pong:
	case wire.Close:
		code, reason, _ := wire.ParseClosing(e.Data)
		if m.why == nil {
			m.why = &CloseError{code, string(reason)}
		}
		m.asked, m.code = true, code
		if m.api.inbox != nil && !m.closing { // who receives may have something to say to the last messages
			m.api.inbox.end(m.why)
			m.within(m.rules.closeTime)
		} else {
			m.answerClose()
		}
	default:
		return m.piece(e)
	}
	return nil
}

// answerClose answers the peer's close frame, behind what is queued. If it is the answer to ours there is nothing to be said.
func (m *core) answerClose() {
	m.close(m.code, "")
	m.ending = true
	if m.rules.client { // it is the server that closes the connection
		m.linger, m.shut = true, true
	}
}

// piece takes a piece of a message. One that came as a whole is handed over where it lies.
func (m *core) piece(e wire.Event) error {
	data, lent := e.Data, true
	if !e.Final || len(m.part) > 0 {
		m.part = append(m.part, data...)
		if !e.Final {
			return nil
		}
		data, m.part, lent = m.part, nil, false
	}
	if e.Compressed {
		i := m.inflater
		if i == nil {
			i = &wire.Inflater{NoContext: true}
		}
		var err error
		if data, err = i.Append(nil, data, m.rules.maxMessage); err != nil {
			return err
		}
		if lent = false; e.Op == wire.Text && !utf8.Valid(data) {
			return wire.ErrUTF8
		}
	}
	switch {
	case m.closing:
	case m.rules.message != nil:
		m.rules.message(&m.api, e.Op, data)
	default:
		if lent {
			data = bytes.Clone(data)
		}
		m.api.inbox.put(Message{e.Op, data})
	}
	return nil
}
