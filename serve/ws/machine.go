package ws

import (
	"errors"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// machine is what a connection's task polls: it sends what is owed and queued, then reads, and hands over what came.
type machine struct {
	serve.Conn
	api    Conn
	server *Server
	reader wire.Reader
	shake  *handshake // until it is over

	out  []byte // in a poll: the answers of this read, in the scratch buffer
	rest []byte // of them, what could not be sent
	in   []byte // the beginning of a frame's header, or of a control frame
	part []byte // of a message that has not come as a whole

	protocol string
	why      error          // how it ends, once that is known
	timer    *reactor.Timer // nil: nothing is limited
	deflate  bool
	opened   bool
	closing  bool // a close frame is queued or sent: nothing is sent behind it
	ending   bool // it ends when everything is sent
	linger   bool // after that what comes is thrown away, so that the peer sees what was sent
	shut     bool // its writing side, before lingering
	pinged   bool
}

const (
	maxIn  = 32 << 10 // bytes that are read at once
	maxOut = 32 << 10
)

func (m *machine) init(s *Server) {
	m.server, m.api.m = s, m
	m.reader.MaxMessage = s.config.MaxMessage
	m.shake = new(handshake)
	m.within(s.config.HandshakeTime)
}

// within has late be called after a time, or never if that is 0: then there is no timer, and its memory is not held.
func (m *machine) within(d time.Duration) {
	switch {
	case d > 0 && m.timer == nil:
		m.timer = new(reactor.Timer)
		fallthrough
	case d > 0:
		m.timer.Reset(d)
	case m.timer != nil:
		m.timer.Stop()
		m.timer = nil
	}
}

// Poll implements future.Future.
func (m *machine) Poll(cx *waker.Context) (p future.Poll[future.Unit]) {
	p = future.Ready(future.Unit{}) // so that a panic ends it too
	defer func() {
		if m.out = nil; p.IsReady() {
			m.end()
		}
	}()
	scratch := sched.Scratch(cx)
	for {
		again, err := m.step(cx, scratch)
		if err != nil {
			if m.why == nil {
				m.why = err
			}
			var closed *CloseError
			if err != io.EOF && !errors.As(m.why, &closed) {
				p = future.Done(future.Unit{}, m.why)
			}
			return p
		}
		if !again {
			p = future.Pending[future.Unit]()
			return p
		}
	}
}

// step goes on by one system call. It returns false if it has to wait, and io.EOF at the end.
func (m *machine) step(cx *waker.Context, scratch []byte) (again bool, err error) {
	m.api.waker.Register(cx.Waker())
	if m.timer != nil && m.timer.Poll(cx).IsReady() {
		return m.late()
	}
	switch {
	case len(m.rest) > 0:
		return m.sendRest(cx)
	case m.api.some.Load():
		return m.sendQueued(cx, scratch[maxIn:])
	case m.ending && !m.linger:
		return false, io.EOF
	case m.ending && !m.shut:
		m.shut = true
		return true, m.CloseWrite()
	case m.Draining() && m.shake != nil && len(m.shake.head) == 0:
		return false, io.EOF
	case m.Draining() && m.opened && !m.closing:
		m.close(wire.GoingAway, "")
		return true, nil
	}
	return m.read(cx, scratch)
}

// close queues a close frame, if none is there.
func (m *machine) close(code uint16, reason string) {
	m.api.Close(code, reason)
	m.beginClosing()
}

func (m *machine) beginClosing() {
	if !m.closing {
		m.closing = true
		m.within(m.server.config.CloseTime)
	}
}

func (m *machine) sendRest(cx *waker.Context) (bool, error) {
	w := m.PollWrite(cx, m.rest)
	if w.IsPending() {
		return false, m.isCut()
	}
	n, err := w.Result()
	if m.rest = m.rest[n:]; len(m.rest) == 0 {
		m.rest = nil
	}
	return true, err
}

func (m *machine) sendQueued(cx *waker.Context, scratch []byte) (bool, error) {
	if err := m.isCut(); err != nil {
		return false, err
	}
	out := m.api.first(scratch)
	if len(out) == 0 {
		m.api.sent(0)
		return true, nil
	}
	w := m.PollWrite(cx, out)
	if w.IsPending() {
		return false, nil
	}
	n, err := w.Result()
	if m.api.sent(n) {
		m.beginClosing() // somebody's Close
	}
	return true, err
}

func (m *machine) isCut() error {
	m.api.lock.Lock()
	defer m.api.lock.Unlock()
	if m.api.cut {
		return ErrSlow
	}
	return nil
}

func (c *Conn) isOver() bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.over
}

func (m *machine) read(cx *waker.Context, scratch []byte) (bool, error) {
	have := copy(scratch, m.in)
	r := m.PollRead(cx, scratch[have:maxIn])
	if r.IsPending() {
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
		p = m.handshake(p)
	} else if m.server.config.PingEvery > 0 && !m.closing {
		m.pinged = false
		m.within(m.server.config.PingEvery)
	}
	m.frames(p)
	return m.sendNow(cx)
}

// late is what is done when the time is up.
func (m *machine) late() (bool, error) {
	switch {
	case m.ending, m.closing:
		return false, io.EOF
	case m.shake != nil:
		return false, ErrLate
	case m.pinged:
		return false, ErrSilent
	}
	m.pinged = true
	m.within(m.server.config.PingEvery)
	if len(m.rest) == 0 && !m.api.some.Load() { // else something waits to be sent already, perhaps half of a frame
		m.rest = wire.AppendFrame(nil, wire.Ping, "")
	}
	return true, nil
}

// handshake takes more of the request, and answers it when it has come as a whole. It returns what came behind it.
func (m *machine) handshake(p []byte) []byte {
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
	m.out, upgraded = m.shake.answer(m.out, m.server, m)
	if !upgraded {
		m.lingers()
		return nil
	}
	m.shake = nil
	m.within(m.server.config.PingEvery)
	m.opened = true
	if f := m.server.config.Open; f != nil {
		f(&m.api)
	}
	return rest
}

// lingers has the connection end after its last answer, when the peer has been waited for a while.
func (m *machine) lingers() {
	m.ending, m.linger = true, true
	m.within(time.Second)
}

// frames hands over what is in p, and keeps what is incomplete.
func (m *machine) frames(p []byte) {
	for len(p) > 0 && m.shake == nil && !m.ending {
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
	}
}

// fail ends a connection whose peer breaks the rules.
func (m *machine) fail(err error) {
	m.why = err
	if !m.closing {
		m.out = wire.AppendFrame(m.out, wire.Close, wire.AppendClosing(nil, wire.CloseOf(err), ""))
	}
	m.lingers()
}

func (m *machine) event(e wire.Event) error {
	switch e.Op {
	case wire.Ping:
		if !m.closing {
			m.out = wire.AppendFrame(m.out, wire.Pong, e.Data)
		}
	case wire.Pong:
	case wire.Close:
		code, reason, _ := wire.ParseClosing(e.Data)
		m.why = &CloseError{code, string(reason)}
		if !m.closing && !m.api.isOver() {
			m.out = wire.AppendFrame(m.out, wire.Close, wire.AppendClosing(nil, code, ""))
		}
		m.ending = true
	default:
		return m.piece(e)
	}
	return nil
}

// piece takes a piece of a message. One that came as a whole is handed over where it lies.
func (m *machine) piece(e wire.Event) error {
	data := e.Data
	if !e.Final || len(m.part) > 0 {
		m.part = append(m.part, data...)
		if !e.Final {
			return nil
		}
		data, m.part = m.part, nil
	}
	if e.Compressed {
		i := wire.Inflater{NoContext: true}
		var err error
		if data, err = i.Append(nil, data, m.server.config.MaxMessage); err != nil {
			return err
		}
		if e.Op == wire.Text && !utf8.Valid(data) {
			return wire.ErrUTF8
		}
	}
	if !m.closing {
		m.server.config.Message(&m.api, e.Op, data)
	}
	return nil
}

// sendNow sends the answers of a read, and keeps a copy of what cannot be sent.
func (m *machine) sendNow(cx *waker.Context) (again bool, err error) {
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

func (m *machine) appendFrame(b []byte, op wire.Op, data []byte) []byte {
	if op != wire.Text && op != wire.Binary {
		panic("ws: a message that is neither text nor binary")
	}
	if m.deflate && len(data) >= minDeflated {
		return appendDeflated(b, op, data)
	}
	return wire.AppendFrame(b, op, data)
}

// end ends what the connection had beside the socket.
func (m *machine) end() {
	m.within(0)
	m.api.end()
	if m.opened && m.server.config.Closed != nil {
		m.opened = false
		if m.why == nil {
			m.why = ErrClosed
		}
		m.server.config.Closed(&m.api, m.why)
	}
}

// Drop implements future.Dropper.
func (m *machine) Drop() { m.end() }
