//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

func (dc DialConfig) dial(network, address string) future.Future[*Conn] {
	hp, err := dc.check(network, address)
	if err != nil {
		return future.Fail[*Conn](err)
	}
	d := &dialFuture{config: dc, network: network}
	d.trying = d.room[:0]
	if ofUnix(network) {
		d.queue.targets[v6] = []target{{&unix.SockaddrUnix{Name: address}, unix.AF_UNIX, &net.UnixAddr{Name: address, Net: network}}}
		return d
	}
	addrs, ok := hp.literal()
	if !ok {
		d.host = hp
		d.queue.find(&d.config, hp)
		return d
	}
	d.queue.add(&d.config, addrs)
	if len(d.queue.targets[v4]) > 0 { // of this machine
		d.queue.turn = v4
	}
	if len(d.queue.targets[v6])+len(d.queue.targets[v4]) == 0 {
		return future.Fail[*Conn](dialError(network, d.noAddress(hp)))
	}
	return d
}

// noAddress is the error for a host that has no address that could be dialled.
func (d *dialFuture) noAddress(hp hostPort) error {
	if local := d.config.LocalAddr; local.Addr().IsValid() {
		return fmt.Errorf("%s has no address that can be dialled from %s", hp.host, local.Addr())
	}
	return hp.noAddress()
}

// target is one address to try.
type target struct {
	sa     unix.Sockaddr
	family int
	addr   net.Addr
}

func tcpTarget(a netip.AddrPort) target {
	sa, family := toSockaddr(a)
	return target{sa, family, net.TCPAddrFromAddrPort(a)}
}

func (t target) kind() kind {
	switch {
	case t.family != unix.AF_UNIX:
		return tcpKind
	case t.addr.Network() == "unixpacket":
		return unixpacketKind
	}
	return unixKind
}

// networkOf is the name of a family.
func networkOf(family int) string {
	switch family {
	case unix.AF_INET:
		return "tcp4"
	case unix.AF_INET6:
		return "tcp6"
	}
	return "unix"
}

// dialFuture tries the targets of a queue, one beside the other.
//
// A new attempt begins when there is none, when one has failed, or when the last one has been alone for long enough.
// The first that succeeds is the outcome, and the others are abandoned.
type dialFuture struct {
	config  DialConfig
	network string
	host    hostPort
	queue   queue
	trying  []try         // the attempts under way
	room    [1]try        // for trying, as long as one is enough
	alone   reactor.Alarm // set while the last attempt is
	err     error         // of the first attempt that failed
	over    bool
}

// try is an attempt at one target.
type try struct {
	target
	conn  *Conn // being connected
	retry reactor.Alarm
	pause time.Duration // the last one; retry is set for it
}

// Poll implements future.Future.
func (d *dialFuture) Poll(cx *waker.Context) future.Poll[*Conn] {
	if d.over {
		panic("netio: a Dial polled after Ready (or after Drop); make another one")
	}
	d.queue.poll(cx, &d.config)
	failed := false
	for i := 0; i < len(d.trying); {
		switch c, err := d.trying[i].poll(cx, &d.config); err {
		case nil:
			return d.won(i, c)
		case errPending:
			i++
		default:
			failed = true
			d.failed(i, err)
		}
	}
	for failed || len(d.trying) == 0 || d.waited(cx) {
		t, ok := d.queue.next()
		if !ok {
			break
		}
		d.alone.Drop()
		d.trying = append(d.trying, try{target: t})
		last := len(d.trying) - 1
		c, err := d.trying[last].poll(cx, &d.config)
		if err == nil {
			return d.won(last, c)
		}
		if failed = err != errPending; failed {
			d.failed(last, err)
		}
	}
	if len(d.trying) > 0 || d.queue.looking() {
		return future.Pending[*Conn]()
	}
	if !cx.Spend() {
		return future.Pending[*Conn]()
	}
	err := d.failure()
	d.Drop()
	return future.Failed[*Conn](err)
}

// waited reports whether the last attempt has been alone for long enough, or leaves the waker to be woken then, if there is
// another target.
func (d *dialFuture) waited(cx *waker.Context) bool {
	delay := cmp.Or(d.config.AttemptDelay, attemptDelay)
	if delay < 0 || !d.queue.more() {
		return false
	}
	if !d.alone.IsSet() {
		d.alone = reactor.NewAlarm(delay)
	}
	return d.alone.Poll(cx).IsReady()
}

// won ends the dial with the connection of an attempt.
func (d *dialFuture) won(i int, c *Conn) future.Poll[*Conn] {
	d.trying[i].conn = nil
	d.Drop()
	return future.Ready(c)
}

// failed ends an attempt.
func (d *dialFuture) failed(i int, err error) {
	t := &d.trying[i]
	if d.err == nil {
		d.err = &net.OpError{Op: "dial", Net: d.network, Addr: t.addr, Err: err}
	}
	t.abandon()
	d.trying = slices.Delete(d.trying, i, i+1)
}

// failure is the error when there is nothing more to try.
func (d *dialFuture) failure() error {
	switch {
	case d.err != nil:
		return d.err
	case d.queue.err != nil:
		return dialError(d.network, d.queue.err)
	}
	return dialError(d.network, d.noAddress(d.host))
}

// Drop implements future.Dropper.
func (d *dialFuture) Drop() {
	d.over = true
	d.alone.Drop()
	for i := range d.trying {
		d.trying[i].abandon()
	}
	clear(d.trying)
	d.trying = nil
	d.queue.drop()
}

// poll brings the connection to the target forward; errPending: it waits.
func (t *try) poll(cx *waker.Context, dc *DialConfig) (*Conn, error) {
	if t.conn == nil {
		if t.retry.IsSet() && t.retry.Poll(cx).IsPending() {
			return nil, errPending
		}
		if !cx.Spend() {
			return nil, errPending
		}
		if err := t.connect(dc); err == errBehind {
			// There is no event for that.
			t.pause = min(max(2*t.pause, time.Millisecond), 100*time.Millisecond)
			t.retry = reactor.NewAlarm(t.pause)
			return t.poll(cx, dc)
		} else if err != nil {
			return nil, err
		}
	}
	src := &t.conn.src
	err := attempt(src, cx, reactor.Write, connected, func() (bool, error) { return src.Park(cx, reactor.Write) })
	return t.conn, err
}

// connect opens a socket and begins to connect it.
func (t *try) connect(dc *DialConfig) error {
	fd, err := socketOf(t.family, t.kind().socketType())
	if err != nil {
		return err
	}
	defer func() {
		if t.conn == nil { // also when Control, which is a user's, panics
			_ = unix.Close(fd)
		}
	}()
	if err := t.prepare(dc, fd); err != nil {
		return err
	}
	switch err := unix.Connect(fd, t.sa); err {
	case nil, syscall.EINPROGRESS, syscall.EINTR: // an interrupted one goes on
		t.conn = newConn(fd, t.kind())
		return nil
	case syscall.EAGAIN: // to be tried again, and bound again
		if dc.LocalPath != "" && !abstract(dc.LocalPath) {
			_ = unix.Unlink(dc.LocalPath)
		}
		return errBehind
	default:
		return os.NewSyscallError("connect", err)
	}
}

// errBehind is what connect returns when the server is behind with accepting. A Control may return EAGAIN itself.
var errBehind = errors.New("netio: the server is behind with accepting")

// prepare sets what must be set before a socket is connected.
func (t *try) prepare(dc *DialConfig, fd int) error {
	if a, ok := t.addr.(*net.TCPAddr); ok {
		if err := checkZone(a.Zone); err != nil {
			return err
		}
	}
	if t.kind() == tcpKind {
		if err := setNoDelay(fd, true); err != nil {
			return err
		}
	}
	if dc.FastOpen && t.kind() == tcpKind {
		_ = connectFast(fd) // without it it takes a round trip more
	}
	if dc.Control != nil {
		if err := dc.Control(networkOf(t.family), t.addr.String(), uintptr(fd)); err != nil {
			return err
		}
	}
	if dc.LocalAddr.IsValid() && dc.LocalAddr.Port() == 0 {
		bindWithoutPort(fd)
	}
	return dc.bind(fd, t.family)
}

// bind gives a socket its local address, if there is to be one.
func (dc *DialConfig) bind(fd, family int) error {
	if dc.LocalPath != "" {
		return os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrUnix{Name: dc.LocalPath}))
	}
	local := dc.LocalAddr
	if local == (netip.AddrPort{}) {
		return nil
	}
	ip := local.Addr().Unmap()
	if !ip.IsValid() {
		ip = netip.IPv6Unspecified()
		if family == unix.AF_INET {
			ip = netip.IPv4Unspecified()
		}
	}
	if err := checkZone(ip.Zone()); err != nil {
		return err
	}
	sa, _ := toSockaddr(netip.AddrPortFrom(ip, local.Port()))
	return os.NewSyscallError("bind", unix.Bind(fd, sa))
}

// abandon closes what was opened for the target.
func (t *try) abandon() {
	t.retry.Drop()
	if t.conn != nil {
		t.conn.forget(reactor.Write)
		_ = t.conn.Close()
		t.conn = nil
	}
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
