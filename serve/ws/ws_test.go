package ws_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve"
	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/ws"
	"github.com/magpie-go/magpie/waker"
	"github.com/magpie-go/magpie/wire/http1"
	wire "github.com/magpie-go/magpie/wire/ws"
)

func TestEcho(t *testing.T) {
	for _, compress := range []bool{false, true} {
		addr, _ := start(t, ws.Config{Message: echo, Compress: compress}, 2)
		c := dial(t, addr, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
		if c.deflate != compress {
			t.Errorf("compression: %v", c.deflate)
		}
		for _, n := range []int{0, 1, 125, 126, 1000, 65535, 65536, 1 << 20} {
			text := strings.Repeat("é", n/2)
			c.send(wire.Text, text)
			c.want("text:" + text)
		}
		c.send(wire.Binary, "\xff\x00")
		c.want("binary:\xff\x00")
		// Many at once, cut anywhere, with pings between fragments.
		var b []byte
		for i := range 500 {
			b = wire.AppendMasked(b, wire.Text, fmt.Sprint(i), [4]byte{byte(i)})
		}
		b = append(b, 1, 0x81, 0, 0, 0, 0, 'a')
		b = wire.AppendMasked(b, wire.Ping, "p", [4]byte{9})
		b = append(b, 0x80, 0x81, 0, 0, 0, 0, 'b')
		go func() {
			for len(b) > 0 {
				n := min(7, len(b))
				c.Write(b[:n])
				b = b[n:]
			}
		}()
		for i := range 500 {
			c.want(fmt.Sprint("text:", i))
		}
		c.want("pong:p", "text:ab")
		c.send(wire.Close, string(wire.AppendClosing(nil, wire.Normal, "bye")))
		c.want(closing(wire.Normal), "eof")
	}
}

func TestDeflatedMessages(t *testing.T) {
	addr, _ := start(t, ws.Config{Message: echo, Compress: true, MaxMessage: 1 << 20}, 1)
	deflated := func(data string) []byte {
		small := wire.AppendDeflated(nil, []byte(data))
		b := wire.AppendHeader(nil, wire.Header{Final: true, Compressed: true, Op: wire.Text, Masked: true, Length: int64(len(small))})
		return append(b, small...) // the mask is zero
	}
	c := dial(t, addr, "Sec-WebSocket-Extensions: permessage-deflate")
	long := strings.Repeat("magpie ", 10_000)
	c.Write(deflated(long))
	c.want("text:" + long)
	c.Write(deflated("\xff"))
	c.want(closing(wire.BadData), "eof")
	c = dial(t, addr, "Sec-WebSocket-Extensions: permessage-deflate")
	c.Write(deflated(strings.Repeat("0", 10<<20)))
	c.want(closing(wire.TooBig), "eof")
}

// What breaks the rules is answered by a close frame with its code, and then by the end.
func TestBrokenFrames(t *testing.T) {
	closed := make(chan error, 1)
	addr, _ := start(t, ws.Config{Message: echo, MaxMessage: 1000, Closed: func(_ *ws.Conn, err error) { closed <- err }}, 1)
	for in, want := range map[string]error{
		"\x81\x01a":                        wire.ErrNotMasked,
		"\xc1\x81\x00\x00\x00\x00a":        wire.ErrReserved,
		"\x83\x81\x00\x00\x00\x00a":        wire.ErrOpcode,
		"\x80\x81\x00\x00\x00\x00a":        wire.ErrNothingBegun,
		"\x81\x82\x00\x00\x00\x00\xff\xff": wire.ErrUTF8,
		"\x81\xfe\x10\x00\x00\x00\x00\x00": wire.ErrTooBig,
		"\x88\x82\x00\x00\x00\x00\x03\xed": wire.ErrCloseCode,
		"\x09\x81\x00\x00\x00\x00a":        wire.ErrControlFragment,
		"\x89\xfe\x00\x7e\x00\x00\x00\x00": wire.ErrControlSize,
	} {
		c := dial(t, addr)
		c.send(wire.Text, "first")
		c.Write([]byte(in))
		c.want("text:first", closing(wire.CloseOf(want)), "eof")
		c.Close()
		if err := <-closed; err != want {
			t.Errorf("%x: %v, want %v", in, err, want)
		}
	}
	c := dial(t, addr)
	c.send(wire.Close, string(wire.AppendClosing(nil, 3000, "why")))
	c.want(closing(3000), "eof")
	var e *ws.CloseError
	if err := <-closed; !errors.As(err, &e) || e.Code != 3000 || e.Reason != "why" {
		t.Error(err)
	}
	c = dial(t, addr)
	c.Close()
	if err := <-closed; err != ws.ErrNoWord {
		t.Error(err)
	}
}

func TestHandshakes(t *testing.T) {
	addr, _ := start(t, ws.Config{Message: echo, Protocols: []string{"b", "a"}}, 1)
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"plain":              {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 426},
		"no key":             {strings.Replace(request, "Sec-WebSocket-Key", "X", 1) + "\r\n", 400},
		"short key":          {strings.Replace(request, "dGhlIHNhbXBsZSBub25jZQ==", "YQ==", 1) + "\r\n", 400},
		"version 8":          {strings.Replace(request, "13", "8", 1) + "\r\n", 426},
		"two keys":           {request + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 400},
		"two versions":       {request + "Sec-WebSocket-Version: 13\r\n\r\n", 426},
		"content":            {request + "Content-Length: 5\r\n\r\nhello", 400},
		"content in chunks":  {request + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"POST":               {strings.Replace(request, "GET", "POST", 1) + "\r\n", 400},
		"HTTP/1.0":           {strings.Replace(request, "1.1", "1.0", 1) + "\r\n", 400},
		"not HTTP":           {"hello\r\n\r\n", 400},
		"another site":       {request + "Origin: https://evil\r\n\r\n", 403},
		"the same site":      {request + "Origin: https://x\r\n\r\n", 101},
		"a header too large": {request + "A: " + strings.Repeat("a", 20_000) + "\r\n\r\n", 431},
		"no Connection":      {strings.Replace(request, "Connection", "X", 1) + "\r\n", 426},
		"unknown protocol":   {request + "Sec-WebSocket-Protocol: z\r\n\r\n", 101},
	} {
		if got := ask(t, addr, c.request).response; got.StatusCode != c.status || got.Header.Get("Sec-WebSocket-Protocol") != "" {
			t.Errorf("%s: %s %v, want %d", name, got.Status, got.Header, c.status)
		}
	}
	if got := dial(t, addr, "Sec-WebSocket-Protocol: a, b").response.Header.Get("Sec-WebSocket-Protocol"); got != "b" {
		t.Errorf("protocol %q", got)
	}
}

func TestPlainRequests(t *testing.T) {
	addr, _ := start(t, ws.Config{Message: echo, Plain: func(out []byte, r *http1.Request) []byte {
		return http1.AppendEnd(http1.AppendLength(http1.AppendStatus(out, 204), 0))
	}}, 1)
	if got := ask(t, addr, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").response.StatusCode; got != 204 {
		t.Error(got)
	}
}

// One frame reaches all members of a group, each in order; those who have left do not hinder it.
func TestBroadcast(t *testing.T) {
	var group ws.Group
	left := make(chan struct{}, 100)
	addr, _ := start(t, ws.Config{
		Open:    func(c *ws.Conn) { group.Add(c); c.Reply(wire.Text, []byte("hi")) },
		Message: func(c *ws.Conn, op wire.Op, data []byte) { group.Broadcast(ws.Prepare(op, data, false)) },
		Closed:  func(c *ws.Conn, _ error) { group.Remove(c); left <- struct{}{} },
	}, 2)
	var all []*client
	for range 100 {
		c := dial(t, addr)
		c.want("text:hi")
		all = append(all, c)
	}
	for i := range 50 {
		all[0].send(wire.Text, fmt.Sprint(i))
	}
	for _, c := range all {
		for i := range 50 {
			c.want(fmt.Sprint("text:", i))
		}
	}
	all[1].Close()
	<-left
	if n := group.Len(); n != 99 {
		t.Errorf("%d are left, want 99", n)
	}
	all[0].send(wire.Text, "last")
	all[2].want("text:last")
}

// Drain: each connection is told, answers, and ends.
func TestDrain(t *testing.T) {
	addr, stop := start(t, ws.Config{Message: echo}, 2)
	c := dial(t, addr)
	ended := make(chan error)
	go func() { ended <- stop() }()
	c.want(closing(wire.GoingAway))
	c.send(wire.Close, string(wire.AppendClosing(nil, wire.GoingAway, "")))
	c.want("eof")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// One whose handshake comes after the server has begun to end is let in and told; one that stays silent ends.
func TestDrainOfNewConnections(t *testing.T) {
	for _, first := range []time.Duration{time.Hour, -1} {
		server, err := ws.New(ws.Config{Message: echo, Serve: serve.Config{FirstTime: first}})
		if err != nil {
			t.Fatal(err)
		}
		addr, stop := testkit.Serve(t, 1, server.Run)
		before := dial(t, addr)
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		nc.SetDeadline(time.Now().Add(time.Minute))
		after := dial(t, addr)
		ended := make(chan error, 1)
		go func() { ended <- stop() }()
		for _, c := range []*client{before, after} { // so the one between them has seen that it drains
			c.want(closing(wire.GoingAway))
			c.send(wire.Close, string(wire.AppendClosing(nil, wire.GoingAway, "")))
			c.want("eof")
		}
		if first > 0 {
			fresh := askOn(t, nc, request+"\r\n")
			fresh.want(closing(wire.GoingAway))
			fresh.send(wire.Close, string(wire.AppendClosing(nil, wire.GoingAway, "")))
			fresh.want("eof")
		} else if got, err := io.ReadAll(nc); len(got) > 0 || err != nil {
			t.Errorf("one that is silent has read %q, %v", got, err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestCloseFromOutside(t *testing.T) {
	conns, closed := make(chan *ws.Conn, 1), make(chan error, 1)
	addr, _ := start(t, ws.Config{Message: echo, Open: func(c *ws.Conn) { conns <- c }, Closed: func(_ *ws.Conn, err error) { closed <- err }}, 2)
	c := dial(t, addr)
	conn := <-conns
	if err := conn.Send(wire.Text, []byte("before")); err != nil {
		t.Error(err)
	}
	conn.Close(wire.PolicyViolation, "enough")
	if err := conn.Send(wire.Text, nil); err != ws.ErrClosed {
		t.Error(err)
	}
	c.want("text:before", closing(wire.PolicyViolation)+"enough")
	c.send(wire.Close, string(wire.AppendClosing(nil, wire.PolicyViolation, "")))
	c.want("eof")
	if e := (*ws.CloseError)(nil); !errors.As(<-closed, &e) {
		t.Error("not told")
	}
}

// A request that does not come, and a peer that does not answer a close frame nor read, are not waited for.
func TestTimes(t *testing.T) {
	conns, failed, closed := make(chan *ws.Conn, 1), make(chan error, 1), make(chan error, 1)
	addr, _ := start(t, ws.Config{
		Message: echo, HandshakeTime: 50 * time.Millisecond, CloseTime: 50 * time.Millisecond,
		Open: func(c *ws.Conn) { conns <- c }, Closed: func(_ *ws.Conn, err error) { closed <- err },
		Serve: serve.Config{OnError: func(_ *serve.Conn, err error) { failed <- err }},
	}, 1)
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.Write([]byte("GET / HTTP/1.1\r\n"))
	if err := <-failed; err != ws.ErrLate {
		t.Error(err)
	}
	c := dial(t, addr)
	(<-conns).Close(wire.Normal, "")
	<-closed
	c.want(closing(wire.Normal), "eof")
}

func TestPings(t *testing.T) {
	closed := make(chan error, 1)
	addr, _ := start(t, ws.Config{Message: echo, PingEvery: 20 * time.Millisecond, Closed: func(_ *ws.Conn, err error) { closed <- err }}, 1)
	c := dial(t, addr)
	for range 3 {
		c.want("ping:")
		c.send(wire.Pong, "")
	}
	c.want("ping:")
	if err := <-closed; err != ws.ErrSilent {
		t.Error(err)
	}
}

// Who does not read is dealt with by the policy, and the others are not held up.
func TestPolicies(t *testing.T) {
	big := ws.Prepare(wire.Binary, make([]byte, 100_000), false)
	setup := func(t *testing.T, p ws.Policy) (*ws.Conn, *client, chan error) {
		conns, closed := make(chan *ws.Conn, 1), make(chan error, 1)
		addr, _ := start(t, ws.Config{Message: echo, MaxQueued: 300_000, Full: p, Open: func(c *ws.Conn) { conns <- c }, Closed: func(_ *ws.Conn, err error) { closed <- err }}, 2)
		c := dial(t, addr)
		return <-conns, c, closed
	}
	t.Run("disconnect", func(t *testing.T) {
		conn, _, closed := setup(t, ws.Disconnect)
		for i := 0; ; i++ {
			if err := conn.SendPrepared(big); err == ws.ErrSlow {
				break
			} else if err != nil || i > 10_000 {
				t.Fatal(err)
			}
		}
		if err := <-closed; err != ws.ErrSlow {
			t.Error(err)
		}
	})
	t.Run("drop", func(t *testing.T) {
		conn, c, _ := setup(t, ws.Drop)
		sent := 0
		for conn.Dropped() == 0 {
			if err := conn.SendPrepared(big); err != nil || sent > 10_000 {
				t.Fatal(err)
			}
			sent++
		}
		for range sent - int(conn.Dropped()) {
			if got := c.next(); len(got) != len("binary:")+100_000 {
				t.Fatal("another message")
			}
		}
		c.send(wire.Text, "still there")
		c.want("text:still there")
	})
	t.Run("wait", func(t *testing.T) {
		conn, c, _ := setup(t, ws.Wait)
		for i := 0; conn.SendPrepared(big) == nil; i++ {
			if i > 10_000 {
				t.Fatal("never full")
			}
		}
		if err := conn.SendPrepared(big); err != ws.ErrFull {
			t.Error(err)
		}
		rt, err := sched.New(sched.Config{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer rt.Close()
		last := ws.Prepare(wire.Text, []byte("last"), false)
		waits := make(chan struct{})
		h := sched.Spawn(rt, future.Async(func(co *future.Co) (future.Unit, error) {
			for {
				op := conn.SendWait(big) // until the socket takes no more either
				if waited, err := waited(co, op, waits); err != nil || waited {
					break
				}
			}
			return conn.SendWait(last).Await(co)
		}))
		<-waits
		for {
			if got := c.next(); got == "text:last" {
				break
			} else if len(got) != len("binary:")+100_000 {
				t.Fatalf("%.100q", got)
			}
		}
		if _, err := h.Wait(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// waited awaits an operation, and reports whether it had to wait; it closes waits when it begins to.
func waited(co *future.Co, op ws.SendWaitOp, waits chan struct{}) (waited bool, err error) {
	_, err = future.Await(co, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		p := op.Poll(cx)
		if p.IsPending() && !waited {
			waited = true
			close(waits)
		}
		return p
	}))
	return waited, err
}

func TestConfig(t *testing.T) {
	for _, c := range []ws.Config{{}, {Message: echo, MaxQueued: -1}, {Message: echo, Full: 9}, {Message: echo, PingEvery: -1},
		{Message: echo, Protocols: []string{"a b"}}, {Message: echo, Protocols: []string{""}}, {Message: echo, Protocols: []string{"a", "a"}}} {
		if _, err := ws.New(c); err == nil || !strings.HasPrefix(err.Error(), "ws: ") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
