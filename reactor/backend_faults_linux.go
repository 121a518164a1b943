//go:build faults && !explore && !portable

package reactor

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/magpie-go/magpie/internal/faults"
)

// backend is an epoll that reports events late, twice and long afterwards, ends waits
// for nothing, and reports those that are owed for calls that were made to fail.
//
// What is to be reported later is in `later`, with its time, under the lock. Invariant:
// while something is there the owner does not wait for longer than until then, for
// whoever adds to it interrupts the owner, and a wait looks at it first.
type backend struct {
	poller

	lock   sync.Mutex
	closed bool
	later  []laterEvent
	past   [64]unix.EpollEvent // some that were reported
	count  uint
}

type laterEvent struct {
	at    time.Time
	event unix.EpollEvent
}

// latest is how late an event may be.
const latest = 2 * time.Millisecond

// watched are the descriptors that some backend watches.
var watched struct {
	sync.Mutex
	byFD map[int]watching
}

type watching struct {
	by    *backend
	token uint64
}

func init() {
	watched.byFD = make(map[int]watching)
	faults.OnOwe(func(fd int, write bool) {
		watched.Lock()
		w, ok := watched.byFD[fd]
		watched.Unlock()
		if !ok {
			return // adding it reports what it is ready for by then
		}
		e := unix.EpollEvent{Events: unix.EPOLLIN}
		if write {
			e.Events = unix.EPOLLOUT
		}
		setToken(&e, w.token)
		w.by.postpone(e)
	})
}

// postpone has an event reported some time later.
func (b *backend) postpone(e unix.EpollEvent) {
	at := time.Now().Add(time.Duration(faults.Draw(uint64(latest))))
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.closed {
		return
	}
	b.later = append(b.later, laterEvent{at, e})
	b.wake()
}

func (b *backend) close() error {
	b.lock.Lock()
	b.closed = true
	b.lock.Unlock()
	return b.poller.close()
}

func (b *backend) add(fd int, token uint64) error {
	if faults.Hit(faults.NoWatch) {
		return os.NewSyscallError("epoll_ctl", unix.ENOMEM)
	}
	watched.Lock()
	watched.byFD[fd] = watching{b, token}
	watched.Unlock()
	err := b.poller.add(fd, token)
	if err != nil {
		forgetWatched(fd)
	}
	return err
}

func (b *backend) watch(other *backend) error { return b.poller.watch(&other.poller) }
func (b *backend) unwatch(other *backend)     { b.poller.unwatch(&other.poller) }

func (b *backend) remove(fd int) {
	forgetWatched(fd)
	b.poller.remove(fd)
}

func forgetWatched(fd int) {
	watched.Lock()
	delete(watched.byFD, fd)
	watched.Unlock()
}

func (b *backend) wait(ev *Events, timeout time.Duration) (int, error) {
	due, next := b.takeDue(time.Now())
	switch {
	case len(due) > 0, timeout != 0 && faults.Hit(faults.Spurious):
		timeout = 0
	case next >= 0 && (timeout < 0 || timeout > next):
		timeout = next
	}
	n, err := b.poller.wait(ev, timeout)
	n = b.disturb(ev, n)
	for _, e := range due {
		n = b.report(ev, n, e)
	}
	return n, err
}

// takeDue takes the events whose time has come, and says how long it is to the next.
func (b *backend) takeDue(now time.Time) (due []unix.EpollEvent, next time.Duration) {
	b.lock.Lock()
	defer b.lock.Unlock()
	next = -1
	rest := b.later[:0]
	for _, l := range b.later {
		left := l.at.Sub(now)
		if left <= 0 {
			due = append(due, l.event)
			continue
		}
		rest = append(rest, l)
		if next < 0 || left < next {
			next = left
		}
	}
	b.later = rest
	return due, next
}

// disturb changes what a wait has reported.
func (b *backend) disturb(ev *Events, reported int) (n int) {
	for _, e := range ev.buf[:reported] {
		switch token := tokenOf(&e); {
		case token == wakeToken || token == watchToken: // reported until the owner has seen it
		case faults.Hit(faults.Late):
			b.postpone(e)
			continue
		case faults.Hit(faults.Twice):
			b.postpone(e)
		}
		ev.buf[n] = e
		n++
	}
	b.lock.Lock()
	defer b.lock.Unlock()
	for _, e := range ev.buf[:n] {
		if token := tokenOf(&e); token != wakeToken && token != watchToken {
			b.past[b.count%uint(len(b.past))] = e
			b.count++
		}
	}
	if b.count > 0 && n < len(ev.buf) && faults.Hit(faults.Stale) {
		ev.buf[n] = b.past[faults.Draw(min(uint64(b.count), uint64(len(b.past))))]
		n++
	}
	return n
}

// report adds an event to those of a wait, or leaves it for the next one.
func (b *backend) report(ev *Events, n int, e unix.EpollEvent) int {
	if n == len(ev.buf) {
		b.postpone(e)
		return n
	}
	ev.buf[n] = e
	return n + 1
}

func tokenOf(e *unix.EpollEvent) uint64 {
	return uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32
}

func setToken(e *unix.EpollEvent, token uint64) {
	e.Fd, e.Pad = int32(uint32(token)), int32(uint32(token>>32))
}
