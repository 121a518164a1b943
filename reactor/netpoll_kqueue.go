//go:build (darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package reactor

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Descriptors reports whether this backend watches descriptors.
const Descriptors = true

// wakeToken is the event data of the pipe that unparks.
const wakeToken = ^uint64(0)

// poller is one kqueue and the pipe that interrupts it. (EVFILT_USER would save the
// pipe, but OpenBSD has no such filter.)
//
// A kevent's udata is a pointer that x/sys makes unwieldy, so the token is found by
// descriptor: tokens are kept in a table that add and remove write. An event names
// its descriptor, and the token read for it has the generation of the source that
// owns the descriptor now.
type poller struct {
	kq     int
	pr, pw int
	tokens tokenTable
}

// Events is room for what one wait reports. Each thread that waits has its own.
type Events struct {
	buf    [256]unix.Kevent_t
	tokens *tokenTable
	wakeFD int
}

func (p *poller) open() error {
	kq, err := unix.Kqueue()
	if err != nil {
		return fmt.Errorf("reactor: kqueue: %w", err)
	}
	unix.CloseOnExec(kq)
	var fds [2]int
	if err := unix.Pipe(fds[:]); err != nil {
		unix.Close(kq)
		return fmt.Errorf("reactor: pipe: %w", err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			return errors.Join(fmt.Errorf("reactor: pipe: %w", err), unix.Close(kq), unix.Close(fds[0]), unix.Close(fds[1]))
		}
	}
	p.kq, p.pr, p.pw = kq, fds[0], fds[1]
	if err := p.add(p.pr, wakeToken); err != nil {
		return errors.Join(err, p.close())
	}
	return nil
}

// limit tells what the system lacks for exact timeouts: nothing.
func (p *poller) limit() string { return "" }

// made reports whether open has been called.
func (p *poller) made() bool { return p.pr != p.pw }

func (p *poller) close() error {
	return errors.Join(unix.Close(p.kq), unix.Close(p.pr), unix.Close(p.pw))
}

// add watches fd in both directions, edge-triggered, and reports it under token.
func (p *poller) add(fd int, token uint64) error {
	p.tokens.set(fd, token)
	var changes [2]unix.Kevent_t
	unix.SetKevent(&changes[0], fd, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR)
	n := 1
	if fd == p.pr { // reported to everybody until the owner has read it
		changes[0].Flags = unix.EV_ADD
	} else {
		unix.SetKevent(&changes[1], fd, unix.EVFILT_WRITE, unix.EV_ADD|unix.EV_CLEAR)
		n = 2
	}
	if _, err := unix.Kevent(p.kq, changes[:n], nil, nil); err != nil {
		return os.NewSyscallError("kevent", err)
	}
	return nil
}

// remove stops watching fd.
func (p *poller) remove(fd int) {
	p.tokens.set(fd, 0)
	var changes [2]unix.Kevent_t
	unix.SetKevent(&changes[0], fd, unix.EVFILT_READ, unix.EV_DELETE)
	unix.SetKevent(&changes[1], fd, unix.EVFILT_WRITE, unix.EV_DELETE)
	// It fails only for a descriptor that is gone from the set already.
	for i := range changes {
		_, _ = unix.Kevent(p.kq, changes[i:i+1], nil, nil)
	}
}

// shareable: whoever waits gets events that no other one gets.
func (p *poller) shareable() bool { return true }

// watch has waits end when another poller has something to report, edge-triggered.
func (p *poller) watch(other *poller) error {
	p.tokens.set(other.kq, watchToken)
	var change [1]unix.Kevent_t
	unix.SetKevent(&change[0], other.kq, unix.EVFILT_READ, unix.EV_ADD|unix.EV_CLEAR)
	if _, err := unix.Kevent(p.kq, change[:], nil, nil); err != nil {
		return os.NewSyscallError("kevent", err)
	}
	return nil
}

// unwatch ends what watch has begun.
func (p *poller) unwatch(other *poller) { p.remove(other.kq) }

// wake interrupts a wait that is under way, or the next one that blocks.
func (p *poller) wake() {
	// A full pipe has wake-ups enough in it.
	_, _ = unix.Write(p.pw, []byte{1})
}

// acknowledge ends an interruption, which is reported until then.
func (p *poller) acknowledge() {
	var sink [64]byte
	for n := len(sink); n == len(sink); {
		n, _ = unix.Read(p.pr, sink[:])
	}
}

// wait fills ev with at most len(ev.buf) events: at once if timeout is 0, else after
// at most timeout, without a limit if it is negative. An interruption by a signal
// counts as no events.
func (p *poller) wait(ev *Events, timeout time.Duration) (int, error) {
	ev.tokens, ev.wakeFD = &p.tokens, p.pr
	var ts *unix.Timespec
	if timeout >= 0 {
		t := unix.NsecToTimespec(int64(timeout))
		ts = &t
	}
	n, err := unix.Kevent(p.kq, nil, ev.buf[:], ts)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, unix.EINTR):
		return 0, nil
	}
	return 0, os.NewSyscallError("kevent", err)
}

// event returns what the i-th event of a wait says.
func (ev *Events) event(i int) (token uint64, what readiness) {
	e := &ev.buf[i]
	if int(e.Ident) == ev.wakeFD {
		return wakeToken, 0
	}
	switch e.Filter {
	case unix.EVFILT_READ:
		what = readable
	case unix.EVFILT_WRITE:
		what = writable
	}
	if e.Flags&(unix.EV_EOF|unix.EV_ERROR) != 0 {
		what |= readable | writable | hangup
	}
	return ev.tokens.get(int(e.Ident)), what
}
