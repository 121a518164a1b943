//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

func (dc DialConfig) dial(network, address string) future.Future[*Conn] {
	hp, err := dc.check(network, address)
	if err != nil {
		return future.Fail[*Conn](err)
	}
	if targets, ok := hp.literal(); ok && network != "unix" && len(targets) == 0 {
		return future.Fail[*Conn](dialError(network, hp.noAddress()))
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &dialFuture{cancel: cancel}
	d.call = future.BlockingOn(LookupPool, func() (future.Unit, error) {
		c, err := dc.connect(ctx, network, address, hp)
		if err == nil {
			d.conn.Store(&c)
			if d.dropped.Load() {
				d.discard()
			}
		}
		return future.Unit{}, err
	})
	return d
}

// connect connects. It blocks.
func (dc DialConfig) connect(ctx context.Context, network, address string, hp hostPort) (net.Conn, error) {
	dialer := net.Dialer{FallbackDelay: dc.AttemptDelay, Control: onRaw(dc.Control)}
	if dc.LocalAddr != (netip.AddrPort{}) {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(dc.LocalAddr)
	}
	if dc.LocalPath != "" {
		dialer.LocalAddr = &net.UnixAddr{Name: dc.LocalPath, Net: network}
	}
	_, literal := hp.literal()
	if dc.Resolver == nil || network == "unix" || literal {
		return dialer.DialContext(ctx, network, address)
	}
	port, err := hp.lookUpPort(ctx)
	if err != nil {
		return nil, dialError(network, err)
	}
	return dc.each(ctx, dialer, network, hp, uint16(port))
}

// onRaw is a Control of this package as package net takes it; nil for none.
func onRaw(control func(network, address string, fd uintptr) error) func(network, address string, c syscall.RawConn) error {
	if control == nil {
		return nil
	}
	return func(network, address string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = control(network, address, fd) })
		return cmp.Or(err, failed)
	}
}

// each tries the addresses that the resolver finds, one after the other.
func (dc DialConfig) each(ctx context.Context, dialer net.Dialer, network string, hp hostPort, port uint16) (net.Conn, error) {
	var first error
	for _, family := range []string{"ip6", "ip4"} {
		if network != "tcp" && hp.family() != family {
			continue
		}
		addrs, err := future.BlockOn(dc.Resolver.LookupIP(family, hp.host))
		for _, a := range hp.with(addrs, port) {
			var c net.Conn
			if c, err = dialer.DialContext(ctx, network, a.String()); err == nil {
				return c, nil
			}
		}
		if first == nil && err != nil {
			first = err
		}
	}
	if first == nil {
		first = dialError(network, hp.noAddress())
	}
	return nil, first
}

// dialFuture takes the connection from the goroutine that makes it.
//
// The goroutine stores conn and then looks at dropped; Drop sets dropped and then looks
// at conn: one of them closes what nobody will take, and the swap that takes it lets it
// be only one. Rejected: closing it in the goroutine alone, which has ended if the
// future is dropped between its end and the next poll.
type dialFuture struct {
	call    future.Future[future.Unit]
	cancel  context.CancelFunc
	conn    word.Pointer[net.Conn]
	dropped word.Bool
}

// Poll implements future.Future.
func (d *dialFuture) Poll(cx *waker.Context) future.Poll[*Conn] {
	p := d.call.Poll(cx)
	if p.IsPending() {
		return future.Pending[*Conn]()
	}
	d.cancel()
	if err := p.Err(); err != nil {
		return future.Failed[*Conn](err)
	}
	return future.Ready(newConn(*d.conn.Swap(nil)))
}

// Drop implements future.Dropper.
func (d *dialFuture) Drop() {
	d.dropped.Store(true)
	d.cancel()
	future.Drop(d.call)
	d.discard()
}

func (d *dialFuture) discard() {
	if c := d.conn.Swap(nil); c != nil {
		_ = (*c).Close()
	}
}
