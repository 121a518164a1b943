package runner

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// manyConns is more connections than one address has ports for: bare descriptors, from one address of the loopback after the other.
type manyConns struct {
	addr string
	fds  []int
}

// perAddress is how many are opened from one, of the 28,232 ports that there are usually.
const perAddress = 20_000

// open opens n more and uses each once. It stops, without an error, when the system has no descriptors, ports or memory for another.
func (m *manyConns) open(ctx context.Context, n int) error {
	to, err := netip.ParseAddrPort(m.addr)
	if err != nil {
		return err
	}
	for range n {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := m.one(to)
		switch {
		case errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM) || errors.Is(err, unix.EADDRNOTAVAIL):
			return nil
		case err != nil:
			return fmt.Errorf("connection %d: %w", len(m.fds)+1, err)
		}
	}
	return nil
}

func (m *manyConns) one(to netip.AddrPort) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	set := func(level, option, value int) {
		if err == nil {
			err = unix.SetsockoptInt(fd, level, option, value)
		}
	}
	set(unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	set(unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	if err == nil {
		err = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}) // leaves no port in TIME_WAIT
	}
	if err == nil {
		err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 10})
	}
	if err == nil {
		i := len(m.fds) / perAddress
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, byte(1 + i/250), byte(1 + i%250)}})
	}
	if err == nil {
		err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	}
	if err == nil {
		err = ping(fd)
	}
	if err != nil {
		_ = unix.Close(fd)
		return err
	}
	m.fds = append(m.fds, fd)
	return nil
}

func ping(fd int) error {
	var out, in [64]byte
	if _, err := unix.Write(fd, out[:]); err != nil {
		return err
	}
	n, err := unix.Read(fd, in[:])
	for err == unix.EINTR { // with a time-out the system does not go on by itself
		n, err = unix.Read(fd, in[:])
	}
	if err == nil && n != len(in) {
		err = fmt.Errorf("an echo of %d bytes", n)
	}
	return err
}

// use sends messages on the first of each so many of the connections, one after the other, and returns how long each took, in order: one
// at least, however short d is.
func (m *manyConns) use(ctx context.Context, active int, d time.Duration) ([]int64, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	step := max(len(m.fds)/active, 1)
	var took []int64
	for start, i := time.Now(), 0; (len(took) == 0 || time.Since(start) < d) && ctx.Err() == nil; i = (i + step) % (step * active) {
		sent := time.Now()
		if err := ping(m.fds[i%len(m.fds)]); err != nil {
			return nil, err
		}
		took = append(took, time.Since(sent).Nanoseconds())
	}
	slices.Sort(took)
	return took, ctx.Err()
}

func (m *manyConns) close() {
	for _, fd := range m.fds {
		_ = unix.Close(fd)
	}
}
