//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// Dial returns an operation that connects to an address; see the package comment for what
// an address is. The networks are tcp, tcp4, tcp6 and unix. A host name is looked up by
// net.DefaultResolver, away from the thread that polls; its addresses are tried one after
// the other, and the error is that of the first. TCP connections have TCP_NODELAY set.
//
// There is no limit of time but the system's: give one with clock.Timeout. Dropped
// before it is ready, it closes what it has opened.
//
// Errors are *net.OpError with the reason wrapped, such as syscall.ECONNREFUSED.
func Dial(network, address string) DialOp { return DialOp{dial(network, address)} }

func dial(network, address string) future.Future[*Conn] {
	d := &dialFuture{network: network}
	if err := checkNetwork(network); err != nil {
		return future.Fail[*Conn](err)
	}
	if network == "unix" {
		if err := checkUnixPath(address); err != nil {
			return future.Fail[*Conn](err)
		}
		d.next = []target{{&unix.SockaddrUnix{Name: address}, unix.AF_UNIX, &net.UnixAddr{Name: address, Net: network}}}
		return d
	}
	hp, err := splitAddress(network, address)
	if err != nil {
		return future.Fail[*Conn](err)
	}
	if addrs, ok := hp.literal(); ok {
		if len(addrs) == 0 {
			return future.Fail[*Conn](&net.OpError{Op: "dial", Net: network, Err: hp.noAddress()})
		}
		d.add(addrs)
		return d
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.lookup = future.BlockingOn(LookupPool, func() ([]netip.AddrPort, error) {
		addrs, err := hp.lookUp(ctx)
		if err == nil && len(addrs) == 0 {
			err = hp.noAddress()
		}
		return addrs, err
	})
	return d
}

// target is one address to try.
type target struct {
	sa     unix.Sockaddr
	family int
	addr   net.Addr
}

func (t target) kind() kind {
	if t.family == unix.AF_UNIX {
		return unixKind
	}
	return tcpKind
}

// dialFuture looks up, then tries one target after the other.
type dialFuture struct {
	network string
	lookup  future.Future[[]netip.AddrPort] // under way
	cancel  context.CancelFunc              // of the look-up
	next    []target                        // first the one that is being tried
	conn    *Conn                           // being connected
	err     error                           // of the first target
	retry   reactor.Timer
	pause   time.Duration // retry is set; 0: it is not
	over    bool
}

func (d *dialFuture) add(addrs []netip.AddrPort) {
	for _, a := range addrs {
		sa, family := toSockaddr(a)
		d.next = append(d.next, target{sa, family, net.TCPAddrFromAddrPort(a)})
	}
}

// Poll implements future.Future.
func (d *dialFuture) Poll(cx *waker.Context) future.Poll[*Conn] {
	if d.over {
		panic("netio: a Dial polled after Ready (or after Drop); make another one")
	}
	if d.lookup != nil {
		p := d.lookup.Poll(cx)
		if p.IsPending() {
			return future.Pending[*Conn]()
		}
		d.lookup = nil
		d.cancel()
		addrs, err := p.Result()
		if err != nil {
			d.over = true
			return future.Failed[*Conn](&net.OpError{Op: "dial", Net: d.network, Err: err})
		}
		d.add(addrs)
	}
	for len(d.next) > 0 {
		err := d.try(cx)
		if err == errPending {
			return future.Pending[*Conn]()
		}
		if err == nil {
			c := d.conn
			d.conn, d.over = nil, true
			return future.Ready(c)
		}
		if d.err == nil {
			d.err = &net.OpError{Op: "dial", Net: d.network, Addr: d.next[0].addr, Err: err}
		}
		d.abandon()
		d.next = d.next[1:]
	}
	d.over = true
	return future.Failed[*Conn](d.err)
}

// try brings the connection to the first target forward; errPending: it waits.
func (d *dialFuture) try(cx *waker.Context) error {
	if d.conn == nil {
		if d.pause > 0 && d.retry.Poll(cx).IsPending() {
			return errPending
		}
		if !cx.Spend() {
			return errPending
		}
		if err := d.connect(); err == syscall.EAGAIN {
			// A Unix server that is behind with accepting. There is no event for that.
			d.pause = min(max(2*d.pause, time.Millisecond), 100*time.Millisecond)
			d.retry.Reset(d.pause)
			return d.try(cx)
		} else if err != nil {
			return err
		}
	}
	src := &d.conn.src
	return attempt(src, cx, reactor.Write, connected, func() (bool, error) { return src.Park(cx, reactor.Write) })
}

// connect opens a socket and begins to connect it.
func (d *dialFuture) connect() error {
	t := d.next[0]
	fd, err := socket(t.family)
	if err != nil {
		return err
	}
	if t.family != unix.AF_UNIX {
		err = setNoDelay(fd, true)
	}
	if err == nil {
		switch err = unix.Connect(fd, t.sa); err {
		case nil, syscall.EINPROGRESS, syscall.EINTR: // an interrupted one goes on
			d.conn = newConn(fd, t.kind())
			return nil
		case syscall.EAGAIN:
		default:
			err = os.NewSyscallError("connect", err)
		}
	}
	_ = unix.Close(fd)
	return err
}

// connected is over when the connection stands or has failed.
func connected(fd int) (verdict, error) {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return over, os.NewSyscallError("getsockopt", err)
	}
	if code != 0 {
		return over, os.NewSyscallError("connect", syscall.Errno(code))
	}
	remote, err := unix.Getpeername(fd)
	if err == syscall.ENOTCONN {
		return blocked, nil
	}
	if err != nil {
		// It was up and is gone already: reading tells.
		return over, nil
	}
	// Dialling a free port of this machine may by chance be given that very port as
	// its own, and TCP then connects the socket to itself. Nobody listens there.
	if local, err := unix.Getsockname(fd); err == nil && sameTCP(local, remote) {
		return over, os.NewSyscallError("connect", syscall.ECONNREFUSED)
	}
	return over, nil
}

func sameTCP(a, b unix.Sockaddr) bool {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		b, ok := b.(*unix.SockaddrInet4)
		return ok && a.Port == b.Port && a.Addr == b.Addr
	case *unix.SockaddrInet6:
		b, ok := b.(*unix.SockaddrInet6)
		return ok && a.Port == b.Port && a.Addr == b.Addr
	}
	return false
}

// abandon closes what was opened for the target.
func (d *dialFuture) abandon() {
	d.retry.Stop()
	d.pause = 0
	if d.conn != nil {
		_ = d.conn.Close()
		d.conn = nil
	}
}

// Drop implements future.Dropper.
func (d *dialFuture) Drop() {
	d.over = true
	if d.lookup != nil {
		d.cancel()
		future.Drop(d.lookup)
		d.lookup = nil
	}
	if d.conn != nil {
		d.conn.forget(reactor.Write)
	}
	d.abandon()
}
