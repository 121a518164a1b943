//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/sys"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
	"golang.org/x/sys/unix"
)

// Listener waits for connections. It holds one descriptor until [Listener.Close], which
// must be called.
//
// Any number of tasks may accept, on any threads, and any thread may close it meanwhile.
// It must not be copied.
type Listener struct {
	src     reactor.Source
	queue   acceptors
	backoff backoff
	addr    net.Addr
	file    unixFile
}

// PollAccept returns the next connection, which is then the caller's to close and
// has TCP_NODELAY set. It returns Pending, with the waker of cx left to be woken, while
// there is none; net.ErrClosed after Close. It allocates the connection and nothing else.
//
// Connections that were gone before they could be accepted are passed over. When there
// are no descriptors left (EMFILE, ENFILE) or no memory (ENOBUFS, ENOMEM) it pauses,
// 5 ms at first and up to 1 s, and then goes on by itself: see [Listener.Backoffs].
//
// Several tasks may poll it: each connection wakes all of them, whereas those that await
// [Listener.Accept] are woken one at a time, in turn.
func (l *Listener) PollAccept(cx *waker.Context) future.Poll[*Conn] { return l.poll(cx, nil) }

// poll is PollAccept for an acceptor with a place in the queue, or without one.
func (l *Listener) poll(cx *waker.Context, place *acceptor) future.Poll[*Conn] {
	l.check()
	var fd int
	accept := func(at int) (v verdict, err error) {
		fd, v, err = accept(at)
		return v, err
	}
	park := func() (bool, error) {
		l.queue.wait(place, cx)
		calling := cx.WithWaker(l.queue.caller())
		return l.src.Park(&calling, reactor.Read)
	}
	for {
		if l.pausing(cx, place) {
			return future.Pending[*Conn]()
		}
		err := attempt(&l.src, cx, reactor.Read, accept, park)
		switch err {
		case nil:
			l.backoff.success()
			l.queue.got(place)
			return future.Ready(newConn(fd, l.kind()))
		case errPending:
			return future.Pending[*Conn]()
		case net.ErrClosed:
			l.backoff.end()
		}
		if errors.Is(err, errShort) {
			l.backoff.start()
			continue
		}
		return l.failed(place, err)
	}
}

// TryAccept returns a connection that has come, as [Listener.PollAccept], and does not wait: it returns [ErrWouldBlock] when there is none. It
// knows no pause: without descriptors or memory it fails.
func (l *Listener) TryAccept() (*Conn, error) {
	l.check()
	if !l.src.Enter() {
		return nil, l.acceptError(net.ErrClosed)
	}
	defer l.src.Leave()
	for {
		switch fd, v, err := accept(l.src.FD()); {
		case v == again:
		case v == blocked:
			return nil, ErrWouldBlock
		case err != nil:
			return nil, l.acceptError(err)
		default:
			return newConn(fd, l.kind()), nil
		}
	}
}

// pausing reports whether accepting pauses; then the waker of cx is left to be woken at the end of
// that.
func (l *Listener) pausing(cx *waker.Context, place *acceptor) bool {
	if !l.backoff.pausing.Load() {
		return false
	}
	l.queue.wait(place, cx)
	calling := cx.WithWaker(l.queue.caller())
	return !l.backoff.over(&calling) && !l.src.Closed()
}

// errShort is what accept returns when the process or the system has run out of something.
var errShort = errors.New("out of descriptors or memory")

// accept makes one system call.
func accept(listening int) (fd int, v verdict, err error) {
	fd, errno := sys.Accept(listening)
	switch errno {
	case 0:
		return fd, over, nil
	case syscall.EAGAIN:
		return 0, blocked, nil
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
		return 0, over, fmt.Errorf("%w: %w", errShort, os.NewSyscallError("accept", errno))
	case syscall.ECONNABORTED, syscall.EPROTO, syscall.ENETDOWN, syscall.ENETUNREACH,
		syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ENOPROTOOPT:
		return 0, again, nil // what became of a connection while it waited; Linux reports it here
	}
	return 0, over, os.NewSyscallError("accept", errno)
}

func (l *Listener) kind() kind {
	switch l.addr.Network() {
	case "unix":
		return unixKind
	case "unixpacket":
		return unixpacketKind
	}
	return tcpKind
}

// Addr returns the address that it listens on, with the port that port 0 became.
func (l *Listener) Addr() net.Addr {
	l.check()
	return l.addr
}

// Control is [Conn.Control].
func (l *Listener) Control(f func(fd uintptr)) error {
	l.check()
	if !l.src.Enter() {
		return &net.OpError{Op: "control", Net: l.addr.Network(), Addr: l.addr, Err: net.ErrClosed}
	}
	defer l.src.Leave() // also when f, which is a user's, panics
	f(uintptr(l.src.FD()))
	return nil
}

// check panics for a listener that listens to nothing.
func (l *Listener) check() {
	if l == nil || !l.src.HasFD() {
		panic(zeroListener)
	}
}

// Close stops listening: pending accepts fail with net.ErrClosed, connections that
// nobody has accepted are reset, and the file of a Unix socket is removed, if it is still
// the one that this listener made, and unless [Listener.SetUnlinkOnClose] says otherwise.
// A second call fails with net.ErrClosed.
func (l *Listener) Close() error {
	l.check()
	l.file.remove() // while our socket keeps the inode
	if err := l.src.Close(); err != nil {
		return &net.OpError{Op: "close", Net: l.addr.Network(), Addr: l.addr, Err: err}
	}
	l.backoff.end()
	l.queue.callAll()
	return nil
}

func (l *Listener) failed(place *acceptor, err error) future.Poll[*Conn] {
	l.queue.got(place)
	return future.Failed[*Conn](l.acceptError(err))
}

func (l *Listener) acceptError(err error) error {
	return &net.OpError{Op: "accept", Net: l.addr.Network(), Addr: l.addr, Err: err}
}

func (lc ListenConfig) listenUnix(k kind, path string) (l *Listener, err error) {
	var file unixFile
	err = file.bind(path, func() (err error) {
		l, err = lc.open(k, unix.AF_UNIX, &unix.SockaddrUnix{Name: path}, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.file.path, l.file.info = file.path, file.info
	return l, nil
}

func (lc ListenConfig) listenTCP(network string, addr *net.TCPAddr) (*Listener, error) {
	return onFamily(network, addr, func(family int, sa unix.Sockaddr, v6only int) (*Listener, error) {
		return lc.open(tcpKind, family, sa, func(fd int) error { return lc.prepareTCP(fd, family, v6only) })
	})
}

// onFamily opens a listening socket of the family that package net chooses: tcp, or udp, without an address, or with an
// unspecified one of either family, is both, by one IPv6 socket.
func onFamily[T any](network string, addr *net.TCPAddr, open func(family int, sa unix.Sockaddr, v6only int) (T, error)) (T, error) {
	ip, _ := netip.AddrFromSlice(addr.IP)
	ip = ip.Unmap()
	if (network == "tcp" || network == "udp") && bothFamilies && (!ip.IsValid() || ip.IsUnspecified()) {
		s, err := open(unix.AF_INET6, &unix.SockaddrInet6{Port: addr.Port}, 0)
		if ip.Is6() || !withoutIPv6(err) {
			return s, err
		}
	}
	if !ip.IsValid() {
		ip = netip.IPv4Unspecified()
		if network == "tcp6" || network == "udp6" {
			ip = netip.IPv6Unspecified()
		}
	}
	if err := checkZone(addr.Zone); err != nil {
		var none T
		return none, err
	}
	sa, family := toSockaddr(netip.AddrPortFrom(ip.WithZone(addr.Zone), uint16(addr.Port)))
	return open(family, sa, 1)
}

// bothFamilies reports whether an IPv6 socket can take IPv4 connections on this system.
const bothFamilies = runtime.GOOS != "openbsd" && runtime.GOOS != "dragonfly"

// withoutIPv6 reports whether that is how a machine answers that has none.
func withoutIPv6(err error) bool {
	return errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)
}

// prepareTCP sets the options of a listening socket before it is bound. Accepted
// connections inherit TCP_NODELAY, which spares a system call for each.
func (lc ListenConfig) prepareTCP(fd, family, v6only int) error {
	if family == unix.AF_INET6 {
		if err := setInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, v6only); err != nil {
			return err
		}
	}
	if err := setInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if lc.ReusePort {
		if err := setReusePort(fd); err != nil {
			return err
		}
	}
	if lc.DeferAccept > 0 {
		if err := setDeferAccept(fd, inSeconds(lc.DeferAccept)); err != nil {
			return err
		}
	}
	if lc.FastOpen > 0 {
		if err := setFastOpen(fd, lc.FastOpen); err != nil {
			return err
		}
	}
	return setNoDelay(fd, true)
}

// open makes a listening socket.
func (lc ListenConfig) open(k kind, family int, sa unix.Sockaddr, prepare func(fd int) error) (l *Listener, err error) {
	fd, err := socketOf(family, k.socketType())
	if err != nil {
		return nil, err
	}
	defer func() {
		if l == nil { // also when Control, which is a user's, panics
			_ = unix.Close(fd)
		}
	}()
	if prepare != nil {
		if err := prepare(fd); err != nil {
			return nil, err
		}
	}
	if lc.Control != nil {
		a := fromSockaddr(sa)
		if err := lc.Control(networkOf(family), a.String(), uintptr(fd)); err != nil {
			return nil, err
		}
	}
	if err := unix.Bind(fd, sa); err != nil {
		return nil, os.NewSyscallError("bind", err)
	}
	backlog := lc.Backlog
	if backlog == 0 {
		backlog = longestBacklog()
	}
	if err := unix.Listen(fd, min(backlog, math.MaxInt32)); err != nil {
		return nil, os.NewSyscallError("listen", err)
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		return nil, os.NewSyscallError("getsockname", err)
	}
	l = &Listener{addr: k.address(bound)}
	l.src.Init(fd)
	return l, nil
}

// longestBacklog is what the system cuts longer ones down to.
func longestBacklog() int {
	b, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil && n > 0 {
			return n
		}
	}
	return 4096
}
