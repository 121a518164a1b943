package ws

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/waker"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// core is what a connection's task polls, of a server or a client: it sends what is owed and queued, then reads, and hands over what came.
//
//	shaking    shake is set: a server waits for the request
//	opening    the handshake is over, and nobody was told yet
//	open       opened
//	asked      the peer has sent a close frame, which is to be answered when who receives was told
//	closing    a close frame is queued or sent; what still comes is read, and not handed over
//	ending     what is to be sent is in the queue. When that is gone it ends; or lingers first, and throws away what comes
type core struct {
	io    carrier
	api   Conn
	rules *rules

	shake *handshake
	serve future.Future[future.Unit] // of Config.Handle; nil if there is none, or it is over

	reader wire.Reader
	out    []byte // in a poll: the answers of this read, in the scratch buffer
	rest   []byte // of them, what could not be sent
	in     []byte // the beginning of a frame's header, or of a control frame; with more, all that is left of a read
	part   []byte // of a message that has not come as a whole

	inflater *wire.Inflater // nil: the peer begins each message with an empty window
	protocol string
	why      error          // how it ends, once that is known
	timer    *reactor.Timer // nil: nothing is limited
	deflate  bool
	given    uint8  // messages handed over in this poll
	code     uint16 // of the peer's close frame, if asked
	more     bool   // in has frames that are there as a whole
	opened   bool
	asked    bool
	closing  bool
	ending   bool
	linger   bool
	shut     bool // its writing side, before lingering
	pinged   bool
	over     bool // the protocol is, and the future of Config.Handle may not be
}

// carrier is what a connection's bytes go over: a [serve.Conn], or the socket of a client.
type carrier interface {
	aio.ReadWriter
	aio.CloseWriter
	RemoteAddr() net.Addr
	Draining() bool
	Ends() bool
}

const (
	maxIn  = 32 << 10 // bytes that are read at once
	maxOut = 32 << 10
	// maxTurn is how many frames are handed over in a poll. Who has sent more goes on at low priority: a thousand peers that do are
	// not a pause for those who send one.
	maxTurn = 64
	// lingerTime is how long a peer that broke the rules may go on sending before it sees why the connection ends.
	lingerTime = time.Second
)

// machine is a connection of a Server that accepts itself.
type machine struct {
	serve.Conn
	core
}

// init prepares a connection.
func (m *core) init(io carrier, r *rules) {
	m.io, m.rules, m.api.m = io, r, m
	m.reader.MaxMessage, m.reader.Client = r.maxMessage, r.client
	if r.message == nil {
		m.api.inbox = new(inbox)
	}
}

// within has late be called after a time, or never if that is 0: then there is no timer, and its memory is not held.
func (m *core) within(d time.Duration) {
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
func (m *core) Poll(cx *waker.Context) (p future.Poll[future.Unit]) {
	p = future.Ready(future.Unit{}) // so that a panic ends it too
	defer func() {
		if m.out = nil; p.IsReady() {
			m.end()
		}
	}()
	m.given = 0
	m.handle(cx)
	for scratch := sched.Scratch(cx); !m.over; {
		again, err := m.step(cx, scratch)
		if err != nil {
			m.finish(err)
			m.handle(cx) // it is told why
		} else if !again {
			p = future.Pending[future.Unit]()
			return p
		}
	}
	if m.serve != nil {
		p = future.Pending[future.Unit]()
	} else if closed := (*CloseError)(nil); m.why != ErrClosed && !errors.As(m.why, &closed) {
		p = future.Failed[future.Unit](m.why)
	}
	return p
}

// finish ends the protocol: nothing is sent or read any more.
func (m *core) finish(err error) {
	if m.why == nil && err != io.EOF {
		m.why = err
	}
	if m.why == nil {
		m.why = ErrClosed
	}
	m.over = true
	m.within(0)
	m.api.end(m.why)
}

// handle polls the future that serves the connection. When that has ended the connection is closed.
func (m *core) handle(cx *waker.Context) {
	f := m.serve
	if f == nil {
		return
	}
	m.serve = nil // who panics is not dropped
	p := f.Poll(cx)
	if p.IsPending() {
		m.serve = f
		return
	}
	code := uint16(wire.Normal)
	if err := p.Err(); err != nil {
		code = wire.InternalError
		if m.why == nil {
			m.why = err
		}
	}
	switch {
	case m.over || m.ending:
	case m.asked:
		m.answerClose()
	default:
		m.close(code, "")
	}
}

// step goes on by one system call. It returns false if it has to wait, and io.EOF at the end.
func (m *core) step(cx *waker.Context, scratch []byte) (again bool, err error) {
	m.api.waker.Register(cx.Waker())
	if m.timer != nil && m.timer.Poll(cx).IsReady() {
		return m.late()
	}
	if m.api.some.Load() {
		if over, cut := m.api.ended(); cut {
			return false, ErrSlow
		} else if over {
			m.beginClosing() // somebody's Close
		}
	}
	switch {
	case len(m.rest) > 0:
		return m.sendRest(cx)
	case m.api.some.Load():
		return m.sendQueued(cx, scratch[maxIn:])
	case m.given >= maxTurn && !m.ending && !m.asked:
		cx.PollAgainLow()
		return false, nil
	case m.more && !m.ending:
		return m.goOn(cx, scratch)
	case m.ending && !m.linger:
		return false, io.EOF
	case m.ending && !m.shut:
		m.shut = true
		return true, m.io.CloseWrite()
	case m.asked && !m.ending:
		if in := m.api.inbox; !m.closing && in != nil && !in.isTold() && !m.io.Draining() {
			return false, nil
		}
		m.answerClose()
		return true, nil
	case m.shake == nil && !m.opened:
		return m.open(cx, scratch)
	case m.io.Draining() && m.opened && !m.closing:
		m.close(wire.GoingAway, "")
		return true, nil
	case m.api.inbox != nil && !m.closing && !m.api.inbox.hasRoom():
		return false, nil
	}
	return m.read(cx, scratch)
}

// open tells that the handshake is over, and hands over what the peer has sent behind it.
func (m *core) open(cx *waker.Context, scratch []byte) (bool, error) {
	m.out = scratch[maxIn:maxIn]
	p := m.in
	m.in = nil
	m.opens(cx)
	m.frames(p, true)
	return m.sendNow(cx)
}

func (m *core) opens(cx *waker.Context) {
	m.opened = true
	m.within(m.rules.pingEvery)
	if m.rules.open != nil {
		m.rules.open(&m.api)
	}
	if m.rules.handle != nil {
		m.serve = m.rules.handle(&m.api)
		m.handle(cx)
	}
}

// close queues a close frame, if none is there.
func (m *core) close(code uint16, reason string) {
	m.api.Close(code, reason)
	m.beginClosing()
}

// beginClosing begins the time that the peer has to take what is queued. When that is sent another one begins, see sendQueued.
func (m *core) beginClosing() {
	if !m.closing {
		m.closing = true
		m.within(m.rules.closeTime)
	}
}

// late is what is done when the time is up.
func (m *core) late() (bool, error) {
	switch {
	case m.ending, m.closing:
		return false, io.EOF
	case m.shake != nil:
		return false, ErrLate
	case m.asked:
		m.answerClose()
		return true, nil
	case m.api.inbox != nil && m.api.inbox.isFull(): // it is we who do not listen
		m.within(m.rules.pingEvery)
		return true, nil
	case m.pinged:
		return false, ErrSilent
	}
	m.pinged = true
	m.within(m.rules.pingEvery)
	if len(m.rest) == 0 && !m.api.some.Load() { // else something waits to be sent already, perhaps half of a frame
		m.rest = m.appendFrame(nil, wire.Ping, false, nil)
	}
	return true, nil
}

// end ends what the connection had beside the socket.
func (m *core) end() {
	if !m.over {
		m.finish(io.EOF)
	}
	if f := m.serve; f != nil {
		m.serve = nil
		future.Drop(f)
	}
	if m.opened && m.rules.closed != nil {
		m.opened = false
		m.rules.closed(&m.api, m.why)
	}
}

// Drop implements future.Dropper.
func (m *core) Drop() { m.end() }
