package ws

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
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
	refused *wire.AnswerError // what follows is its content
}

const maxRefusal = 1 << 10 // bytes of the content of a refusal that are told

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
		return false, nil, nil
	}
	n, err := p.Result()
	if d.refused != nil {
		return true, nil, d.refusal(buf[:n], err)
	}
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return false, nil, fmt.Errorf("ws: %s has not answered: %w", d.url.Host, err)
	}
	k, err := d.opening.Feed(buf[:n])
	if a := (*wire.AnswerError)(nil); errors.As(err, &a) && a.Status != 0 && a.Status != 101 {
		d.refused = a
		return true, nil, d.refusal(buf[k:n], nil)
	}
	if err != nil || !d.opening.Done() {
		return true, nil, err
	}
	return false, d.begin(cx, buf[k:n]), nil
}

// refusal takes the content of an answer that is not 101, and returns it as an error when there is enough, or no more.
func (d *dialing) refusal(p []byte, err error) error {
	a := d.refused
	a.Body = append(a.Body, p...)
	if len(a.Body) >= maxRefusal {
		a.Body = a.Body[:maxRefusal]
		return a
	}
	if length := a.Header.Get("Content-Length"); err != nil || length == fmt.Sprint(len(a.Body)) {
		return a
	}
	return nil
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
}
