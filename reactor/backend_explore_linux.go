//go:build explore && !portable

package reactor

import (
	"time"
	"unsafe"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"golang.org/x/sys/unix"
)

// In an exploration the operating system is a model too: what a poller waits for, the
// clock, the descriptor table. A reactor made by NewModel uses that; all others are as
// in a normal build.

// backend is the poller of this system, or the model of one.
type backend struct {
	poller
	model *modelPoller
}

// modelPoller is an epoll as a model sees it. It reports an interruption until that is
// taken back.
type modelPoller struct {
	signal    explore.Event // the eventfd
	launched  explore.Event // the goroutine of a background reactor is to be started
	onAdd     func(fd int, token uint64) error
	onRemove  func(fd int)
	of        *Reactor
	onWatch   func(r, other *Reactor)
	onEnd     func(r, other *Reactor)
	closed    word.Bool
	ownerOnly bool // it refuses to be asked by others
	asked     int  // how often somebody has, without waiting
}

// NewModel returns a reactor that the threads of an exploration can wait in.
func NewModel() *Reactor {
	r := new(Reactor)
	r.poll.model = &modelPoller{of: r}
	return r
}

// NewPausedModel returns a reactor of a model whose timers go by c.
func NewPausedModel(c *Clock) *Reactor {
	r := NewModel()
	r.clock = c
	return r
}

// OnWatch has a model's reactor report what it begins and ceases to watch.
func (r *Reactor) OnWatch(watch, unwatch func(r, other *Reactor)) {
	r.poll.model.onWatch, r.poll.model.onEnd = watch, unwatch
}

func (b *backend) open() error {
	if b.model != nil {
		return nil
	}
	return b.poller.open()
}

func (b *backend) made() bool { return b.model != nil || b.poller.made() }

func (b *backend) close() error {
	if b.model != nil {
		b.model.closed.Store(true)
		return nil
	}
	return b.poller.close()
}

func (b *backend) wake() {
	if b.model != nil {
		if b.model.closed.Load() {
			panic("reactor: a wake-up after the descriptors were closed")
		}
		b.model.signal.Set()
		return
	}
	b.poller.wake()
}

func (b *backend) acknowledge() {
	if b.model != nil {
		b.model.signal.TryWait()
		return
	}
	b.poller.acknowledge()
}

func (b *backend) wait(ev *Events, timeout time.Duration) (int, error) {
	if b.model != nil {
		return b.model.wait(ev, timeout), nil
	}
	return b.poller.wait(ev, timeout)
}

func (b *backend) add(fd int, token uint64) error {
	if m := b.model; m != nil {
		if m.onAdd != nil {
			return m.onAdd(fd, token)
		}
		return nil
	}
	return b.poller.add(fd, token)
}

func (b *backend) shareable() bool {
	if b.model != nil {
		return !b.model.ownerOnly
	}
	return b.poller.shareable()
}

func (b *backend) watch(other *backend) error {
	if m := b.model; m != nil {
		if m.onWatch != nil {
			m.onWatch(m.of, other.model.of)
		}
		return nil
	}
	return b.poller.watch(&other.poller)
}

func (b *backend) unwatch(other *backend) {
	if m := b.model; m != nil {
		if m.onEnd != nil {
			m.onEnd(m.of, other.model.of)
		}
		return
	}
	b.poller.unwatch(&other.poller)
}

func (b *backend) remove(fd int) {
	if m := b.model; m != nil {
		if m.onRemove != nil {
			m.onRemove(fd)
		}
		return
	}
	b.poller.remove(fd)
}

// wait ends at the interruption or, if it has a timeout, when that is over: then it is
// what makes time pass, so other threads may do any number of steps before.
func (m *modelPoller) wait(ev *Events, timeout time.Duration) int {
	if timeout == 0 {
		m.asked++
	}
	if timeout > 0 {
		passTime(sinceStart() + int64(timeout))
	}
	for !m.signal.IsSet() {
		if timeout >= 0 {
			return 0
		}
		word.Spin()
	}
	ev.buf[0] = unix.EpollEvent{Events: unix.EPOLLIN}
	*(*[2]uint32)(unsafe.Pointer(&ev.buf[0].Fd)) = [2]uint32{^uint32(0), ^uint32(0)} // wakeToken
	return 1
}

func (b *background) launch() {
	if m := b.reactor.poll.model; m != nil {
		m.launched.Set()
		return
	}
	go b.run()
}

var start = time.Now()

// modelClock, if set, is the time of a model, in nanoseconds.
var modelClock *word.Int64

// SetModelClock makes a word the time of a model, in nanoseconds; nil ends that.
func SetModelClock(now *word.Int64) { modelClock = now }

// ModelNow returns the time of the model, or the real one outside of models. It is never 0.
func ModelNow() int64 { return sinceStart() }

func sinceStart() int64 {
	if modelClock != nil {
		return modelClock.Load()
	}
	return int64(time.Since(start)) + 1
}

// passTime moves the time of a model on.
func passTime(to int64) {
	for {
		now := modelClock.Load()
		if now >= to || modelClock.CompareAndSwap(now, to) {
			return
		}
	}
}

// modelClose, if set, is told of descriptors that are closed.
var modelClose func(fd int)

func closeDescriptor(fd int) {
	if modelClose != nil {
		modelClose(fd)
		return
	}
	_ = unix.Close(fd)
}
