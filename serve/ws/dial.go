package ws

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// Dial returns an operation that comes to a connection to a URL, ws://host:port/path?query or wss://…, once the server has agreed. A name and a
// password in it are sent as Basic authentication. The connection has a task of its own from then on, in ClientConfig.Runtime, or in
// the runtime that polls the operation; it goes on when the operation, and the task that polled it, are over. Close ends it.
//
//	c, err := client.Dial("wss://example.org/chat").Await(co)               // in an async function; in a machine the operation is a field
//	c, err := sched.Run(ctx, rt, future.Box[*ws.Conn](client.Dial("ws://…"))) // a goroutine
//
// It fails with a *wire/ws.AnswerError that tells what the server has answered if that is not an upgrade; with clock.ErrTimeout; with errors of
// connecting, of TLS and of the connection. A Drop closes what there is.
func (l *Client) Dial(address string) future.BoxedOp[*Conn] {
	if l == nil || !l.rules.client {
		panic("ws: a nil or zero Client; NewClient makes them")
	}
	u, o, request, err := l.prepare(address)
	if err != nil {
		return future.Of(future.Fail[*Conn](err))
	}
	d := &dialing{client: l, url: u, opening: o, out: request, connect: l.connect(u)}
	return future.Of(future.Box[*Conn](clock.Timeout(future.Of[*Conn](d), l.rules.handshakeTime)))
}

func newKey() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return wire.NewKey(random)
}

// connect returns the future of a connection without WebSocket.
func (l *Client) connect(u *url.URL) future.Future[*link] {
	addr := hostPort(u)
	if u.Scheme == "ws" { // needs no coroutine
		return future.Map(future.Box[*netio.Conn](l.config.Dial.Dial("tcp", addr)), func(nc *netio.Conn) *link { return &link{Conn: nc} })
	}
	return future.Box[*link](future.Async(func(co *future.Co) (*link, error) {
		nc, err := l.config.Dial.Dial("tcp", addr).Await(co)
		if err != nil {
			return nil, err
		}
		k := &link{Conn: nc}
		done := false
		defer func() {
			if !done {
				k.Drop()
			}
		}()
		conf := l.config.TLS.Clone()
		if conf == nil {
			conf = new(tls.Config)
		}
		if conf.ServerName == "" {
			conf.ServerName = u.Hostname()
		}
		if len(conf.NextProtos) == 0 {
			conf.NextProtos = []string{"http/1.1"}
		}
		k.tls = tlsio.Client(nc, conf)
		if _, err := k.tls.Handshake().Await(co); err != nil {
			return nil, fmt.Errorf("ws: TLS with %s: %w", addr, err)
		}
		done = true
		return k, nil
	}))
}

// dialing is a connection being made: connecting while link is nil, then sending while out is not empty, then reading the answer.
type dialing struct {
	client  *Client
	url     *url.URL
	opening *wire.Opening
	connect future.Future[*link]
	link    *link
	out     []byte
	refused *refusal // what follows is its content
}

const (
	maxRefusal  = 1 << 10     // bytes of the content of a refusal that are told
	refusalTime = time.Second // in which it has to come
)

// Poll implements future.Future.
func (d *dialing) Poll(cx *waker.Context) future.Poll[*Conn] {
	for {
		again, c, err := d.step(cx)
		if err != nil {
			d.Drop()
			return future.Failed[*Conn](err)
		}
		if c != nil {
			return future.Ready(c)
		}
		if !again {
			return future.Pending[*Conn]()
		}
	}
}

func (d *dialing) step(cx *waker.Context) (again bool, c *Conn, err error) {
	switch {
	case d.link == nil:
		p := d.connect.Poll(cx)
		if p.IsPending() {
			return false, nil, nil
		}
		d.connect = nil
		k, err := p.Result()
		if err != nil {
			return false, nil, err
		}
		d.link = k
		return true, nil, nil
	case len(d.out) > 0:
		p := d.link.PollWrite(cx, d.out)
		if p.IsPending() {
			return false, nil, nil
		}
		n, err := p.Result()
		d.out = d.out[n:]
		return true, nil, err
	}
	if p := d.link.pollFlush(cx); p.IsPending() || p.Err() != nil {
		return false, nil, p.Err()
	}
	buf := sched.Scratch(cx)[:maxIn]
	p := d.link.PollRead(cx, buf)
	if p.IsPending() {
		if r := d.refused; r != nil && r.timer.Poll(cx).IsReady() {
			return false, nil, r.answer
		}
		return false, nil, nil
	}
	n, err := p.Result()
	if d.refused != nil {
		return true, nil, d.refused.feed(buf[:n], err)
	}
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return false, nil, fmt.Errorf("ws: %s has not answered: %w", d.url.Host, err)
	}
	k, err := d.opening.Feed(buf[:n])
	if a := (*wire.AnswerError)(nil); errors.As(err, &a) && a.Status != 0 && a.Status != 101 {
		return true, nil, d.refuse(a, buf[k:n])
	}
	if err != nil || !d.opening.Done() {
		return true, nil, err
	}
	return false, d.begin(cx, buf[k:n]), nil
}

// refuse begins to take the content of an answer that is not 101.
func (d *dialing) refuse(a *wire.AnswerError, p []byte) error {
	r := &refusal{answer: a}
	r.content.Sink = func(p []byte) { a.Body = append(a.Body, p...) }
	r.content.Reset(false)
	head := fmt.Sprintf("HTTP/1.1 %d \r\n", a.Status)
	for _, name := range []string{"Content-Length", "Transfer-Encoding"} {
		for _, value := range a.Header[name] {
			head += name + ": " + value + "\r\n"
		}
	}
	if _, err := r.content.Feed([]byte(head + "\r\n")); err != nil {
		return a // how long it is nobody knows
	}
	r.timer.Reset(refusalTime)
	d.refused = r
	return r.feed(p, nil)
}

// refusal is an answer that is not 101, while its content comes.
type refusal struct {
	answer  *wire.AnswerError
	content http1.Response
	timer   reactor.Timer
}

// feed takes content, and returns the answer as an error when there is enough, or no more.
func (r *refusal) feed(p []byte, err error) error {
	a := r.answer
	for n := 0; err == nil && len(p) > 0; p = p[n:] {
		if n, err = r.content.Feed(p); n == 0 {
			break // a line of a chunk that has not come as a whole: the rest is not worth a buffer
		}
	}
	if len(a.Body) >= maxRefusal {
		a.Body = a.Body[:maxRefusal]
	} else if err == nil && !r.content.Done() && len(p) == 0 {
		return nil
	}
	return a
}

// begin has the connection go on in a task of its own.
func (d *dialing) begin(cx *waker.Context, rest []byte) *Conn {
	t := &dialed{link: d.link}
	t.init(d.link, &d.client.rules)
	t.in = slices.Clone(rest)
	t.protocol = d.opening.Protocol
	if t.deflate = d.opening.Compressed; t.deflate {
		t.reader.Compressed = true
		if !d.opening.Deflate.ServerNoContext {
			t.inflater = new(wire.Inflater)
		}
	}
	d.link = nil
	if rt := d.client.config.Runtime; rt != nil {
		sched.SpawnDetached(rt, dialedTask{t})
	} else {
		sched.SpawnDetached(cx, dialedTask{t})
	}
	return &t.api
}

// Drop implements future.Dropper.
func (d *dialing) Drop() {
	if f := d.connect; f != nil {
		d.connect = nil
		future.Drop(f)
	}
	if d.link != nil {
		d.link.Drop()
		d.link = nil
	}
	if d.refused != nil {
		d.refused.timer.Stop()
		d.refused = nil
	}
}
