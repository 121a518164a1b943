//go:build linux && !portable

package reactor

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Descriptors reports whether this backend watches descriptors.
const Descriptors = true

// wakeToken is the event data of the eventfd that unparks.
const wakeToken = ^uint64(0)

// poller is one epoll instance and the eventfd that interrupts it.
type poller struct {
	ep, event int
	coarse    bool // no epoll_pwait2 (before Linux 5.11): timeouts in milliseconds
}

// Events is room for what one wait reports. Each thread that waits has its own.
type Events struct {
	buf [256]unix.EpollEvent
}

func (p *poller) open() error {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("reactor: epoll_create1: %w", err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		unix.Close(ep)
		return fmt.Errorf("reactor: eventfd: %w", err)
	}
	p.ep, p.event = ep, event
	// Level-triggered: reported to everybody until the owner has read it.
	if err := p.control(unix.EPOLL_CTL_ADD, event, unix.EPOLLIN, wakeToken); err != nil {
		p.close()
		return fmt.Errorf("reactor: adding the eventfd to epoll: %w", err)
	}
	_, e := p.waitUntil(new(Events), 0) // to tell from the start whether there is such a call
	p.coarse = e == unix.ENOSYS || e == unix.EPERM
	return nil
}

// limit tells what the system lacks for exact timeouts, or "".
func (p *poller) limit() string {
	if p.coarse {
		return "epoll_pwait2 is not available (Linux before 5.11, or a seccomp filter): workers that sleep wake up to 1 ms late for timers"
	}
	return ""
}

// made reports whether open has been called.
func (p *poller) made() bool { return p.ep != p.event }

func (p *poller) close() error {
	return errors.Join(unix.Close(p.ep), unix.Close(p.event))
}

func (p *poller) control(op, fd int, events uint32, token uint64) error {
	ev := unix.EpollEvent{Events: events}
	*(*[2]uint32)(unsafe.Pointer(&ev.Fd)) = [2]uint32{uint32(token), uint32(token >> 32)} // Fd and Pad: 8 bytes of data
	return unix.EpollCtl(p.ep, op, fd, &ev)
}

// add watches fd in both directions, edge-triggered, and reports it under token.
func (p *poller) add(fd int, token uint64) error {
	err := p.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP|unix.EPOLLPRI|unix.EPOLLET&0xffffffff, token)
	if err != nil {
		return os.NewSyscallError("epoll_ctl", err)
	}
	return nil
}

// remove stops watching fd.
func (p *poller) remove(fd int) {
	// It fails only for a descriptor that is gone from the set already.
	_ = unix.EpollCtl(p.ep, unix.EPOLL_CTL_DEL, fd, nil)
}

// shareable: whoever waits gets events that no other one gets.
func (p *poller) shareable() bool { return true }

// watch has waits end when another poller has something to report, edge-triggered.
func (p *poller) watch(other *poller) error {
	if err := p.control(unix.EPOLL_CTL_ADD, other.ep, unix.EPOLLIN|unix.EPOLLET&0xffffffff, watchToken); err != nil {
		return os.NewSyscallError("epoll_ctl", err)
	}
	return nil
}

// unwatch ends what watch has begun.
func (p *poller) unwatch(other *poller) { p.remove(other.ep) }

// wake interrupts a wait that is under way, or the next one that blocks.
func (p *poller) wake() {
	one := [8]byte{1}
	unix.RawSyscall(unix.SYS_WRITE, uintptr(p.event), uintptr(unsafe.Pointer(&one)), 8)
}

// acknowledge ends an interruption, which is reported until then.
func (p *poller) acknowledge() {
	var count [8]byte
	unix.RawSyscall(unix.SYS_READ, uintptr(p.event), uintptr(unsafe.Pointer(&count)), 8)
}

// wait fills ev with at most len(ev.buf) events: at once if timeout is 0, else after
// at most timeout, without a limit if it is negative. An interruption by a signal
// counts as no events.
func (p *poller) wait(ev *Events, timeout time.Duration) (int, error) {
	var n uintptr
	var e syscall.Errno
	switch {
	case timeout == 0:
		// It cannot block: the scheduler need not know.
		n, _, e = unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.ep), uintptr(unsafe.Pointer(&ev.buf)), uintptr(len(ev.buf)), 0, 0, 0)
	case timeout < 0 || p.coarse:
		ms := -1
		if timeout > 0 {
			ms = int(min((timeout+time.Millisecond-1)/time.Millisecond, 1<<30))
		}
		n, _, e = unix.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.ep), uintptr(unsafe.Pointer(&ev.buf)), uintptr(len(ev.buf)), uintptr(ms), 0, 0)
	default:
		n, e = p.waitUntil(ev, timeout)
		if e == unix.ENOSYS || e == unix.EPERM { // a filter that has come since open
			p.coarse = true
			return p.wait(ev, timeout)
		}
	}
	switch e {
	case 0:
		return int(n), nil
	case unix.EINTR:
		return 0, nil
	}
	return 0, os.NewSyscallError("epoll_wait", e)
}

// waitUntil is epoll_pwait2, which old kernels, and seccomp filters that predate it, refuse.
func (p *poller) waitUntil(ev *Events, timeout time.Duration) (uintptr, syscall.Errno) {
	ts := kernelTimespec{int64(timeout / time.Second), int64(timeout % time.Second)}
	n, _, e := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(p.ep), uintptr(unsafe.Pointer(&ev.buf)), uintptr(len(ev.buf)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	return n, e
}

// kernelTimespec is struct __kernel_timespec, 64 bits on every machine.
type kernelTimespec struct{ sec, nsec int64 }

// event returns what the i-th event of a wait says.
func (ev *Events) event(i int) (token uint64, what readiness) {
	e := &ev.buf[i]
	data := (*[2]uint32)(unsafe.Pointer(&e.Fd))
	token = uint64(data[0]) | uint64(data[1])<<32
	if e.Events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLPRI) != 0 {
		what |= readable
	}
	if e.Events&(unix.EPOLLOUT|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		what |= writable
	}
	if e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLPRI) != 0 {
		// With urgent data in the stream a short read says as little about what comes
		// next as after a hang-up: it ends before the urgent byte, whatever follows.
		what |= hangup
	}
	return token, what
}
