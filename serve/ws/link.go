package ws

import (
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/tlsio"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// link is the socket of a client, with TLS or without.
type link struct {
	*netio.Conn
	tls *tlsio.Conn // or nil
}

var _ carrier = (*link)(nil)

// PollRead implements aio.Reader.
func (k *link) PollRead(cx *waker.Context, p []byte) future.Poll[int] {
	if k.tls != nil {
		return k.tls.PollRead(cx, p)
	}
	return k.Conn.PollRead(cx, p)
}

// PollWrite implements aio.Writer.
func (k *link) PollWrite(cx *waker.Context, p []byte) future.Poll[int] {
	if k.tls != nil {
		return k.tls.PollWrite(cx, p)
	}
	return k.Conn.PollWrite(cx, p)
}

// CloseWrite implements aio.CloseWriter.
func (k *link) CloseWrite() error {
	if k.tls != nil {
		return k.tls.CloseWrite()
	}
	return k.Conn.CloseWrite()
}

// Draining is for servers.
func (k *link) Draining() bool { return false }

// Ends is for servers.
func (k *link) Ends() bool { return false }

func (k *link) pollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if k.tls != nil {
		return k.tls.PollFlush(cx)
	}
	return future.Ready(future.Unit{})
}

// Drop closes it.
func (k *link) Drop() {
	if k.tls != nil {
		_ = k.tls.Close() // and the socket
		return
	}
	_ = k.Conn.Close()
}

// dialed is a connection of a client. Under TLS what it has written last is sent before it is closed.
type dialed struct {
	core
	link *link
}

// dialedTask is its task, whose memory is used again while that of the connection is the user's.
type dialedTask struct{ d *dialed }

// Poll implements future.Future.
func (t *dialedTask) Poll(cx *waker.Context) future.Poll[future.Unit] {
	d := t.d
	p := future.Ready(future.Unit{}) // so that a panic closes it too
	defer func() {
		if p.IsReady() {
			d.link.Drop()
		}
	}()
	if !d.over {
		was := d.core.Poll(cx)
		if was.IsReady() && d.link.tls != nil {
			_ = d.link.SetWriteDeadline(time.Now().Add(d.rules.closeTime))
		}
	}
	// A failure of it is one of the next write.
	if f := d.link.pollFlush(cx); !d.over || f.IsPending() {
		p = future.Pending[future.Unit]()
	}
	return p
}

// Drop implements future.Dropper.
func (t *dialedTask) Drop() {
	t.d.core.Drop()
	t.d.link.Drop()
}
