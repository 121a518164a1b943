//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package netio

import (
	"context"
	"net"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Dial returns an operation that connects to an address; see the package comment for what
// an address is. The networks are tcp, tcp4, tcp6 and unix. On this build package net
// connects, on a goroutine. TCP connections have TCP_NODELAY set.
//
// There is no limit of time but the system's: give one with clock.Timeout. Dropped
// before it is ready, it closes what it has opened.
//
// Errors are *net.OpError with the reason wrapped, such as syscall.ECONNREFUSED.
func Dial(network, address string) DialOp { return DialOp{dial(network, address)} }

func dial(network, address string) future.Future[*Conn] {
	if err := checkNetwork(network); err != nil {
		return future.Fail[*Conn](err)
	}
	if network == "unix" {
		if err := checkUnixPath(address); err != nil {
			return future.Fail[*Conn](err)
		}
	} else if hp, err := splitAddress(network, address); err != nil {
		return future.Fail[*Conn](err)
	} else if targets, ok := hp.literal(); ok && len(targets) == 0 {
		return future.Fail[*Conn](&net.OpError{Op: "dial", Net: network, Err: hp.noAddress()})
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &dialFuture{cancel: cancel}
	d.call = future.BlockingOn(LookupPool, func() (future.Unit, error) {
		var dialer net.Dialer
		c, err := dialer.DialContext(ctx, network, address)
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
