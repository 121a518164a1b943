//go:build portable || !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package reactor

import (
	"errors"
	"time"
)

// Descriptors reports whether this backend watches descriptors.
const Descriptors = false

const wakeToken = ^uint64(0)

// poller parks on a channel. It has no descriptors to watch.
type poller struct {
	token chan struct{}
	timer *time.Timer
}

// Events is room for what one wait reports: here never more than a wake-up.
type Events struct{}

func (p *poller) open() error {
	p.token = make(chan struct{}, 1)
	p.timer = time.NewTimer(time.Hour)
	p.timer.Stop()
	return nil
}

// limit tells what the system lacks for exact timeouts: nothing.
func (p *poller) limit() string { return "" }

// made reports whether open has been called.
func (p *poller) made() bool { return p.token != nil }

func (p *poller) close() error { return nil }

func (p *poller) add(int, uint64) error {
	return errors.New("reactor: this backend watches no descriptors; use reactor/netio, which waits on goroutines here")
}

func (p *poller) remove(int) {}

// shareable: there is nothing to get.
func (p *poller) shareable() bool { return true }

// watch has nothing to do: without descriptors there are only timers to wait for, and whoever
// sets one interrupts the wait.
func (p *poller) watch(*poller) error { return nil }
func (p *poller) unwatch(*poller)     {}

// wake interrupts a wait that is under way, or the next one that blocks.
func (p *poller) wake() {
	select {
	case p.token <- struct{}{}:
	default:
	}
}

func (p *poller) acknowledge() {}

// wait blocks until wake, at most for timeout; without a limit if it is negative, not
// at all if it is 0.
func (p *poller) wait(_ *Events, timeout time.Duration) (int, error) {
	switch {
	case timeout == 0:
		return 0, nil
	case timeout < 0:
		<-p.token
		return 0, nil
	}
	p.timer.Reset(timeout)
	select {
	case <-p.token:
		p.timer.Stop()
	case <-p.timer.C:
	}
	return 0, nil
}

func (ev *Events) event(int) (uint64, readiness) { return wakeToken, 0 }
