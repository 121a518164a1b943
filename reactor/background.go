package reactor

import (
	"time"

	"github.com/magpie-go/magpie/internal/word"
)

// background drives a reactor from an ordinary goroutine, for executors that have none.
//
// Protocol: the goroutine runs while a source is registered or a timer is set. Whoever
// registers or sets one calls used afterwards, which starts the goroutine if it is not
// running. The goroutine ends only under the mutex, having seen there that nothing is
// left: either it sees the new source, or used sees that it has ended.
//
// Its poller is opened at the first use and kept.
type background struct {
	reactor Reactor

	mu      word.Mutex
	running bool
	opened  bool
}

// shared is the reactor of all executors without one.
var shared background

func init() { shared.reactor.background = &shared }

// used is called after a source was registered or a timer set.
func (r *Reactor) used() {
	if r.background != nil {
		r.background.start()
	}
}

// open opens the poller if that has not been done.
func (b *background) open() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.opened {
		return nil
	}
	err := b.reactor.poll.open()
	b.opened = err == nil
	return err
}

func (b *background) start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running || b.unused() {
		return
	}
	b.running = true
	b.launch()
}

func (b *background) unused() bool { return b.reactor.Sources() == 0 && b.reactor.Timers() == 0 }

// endIfUnused ends the running state if nothing is left.
func (b *background) endIfUnused() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = !b.unused()
	return !b.running
}

func (b *background) run() {
	over := false
	defer func() {
		if !over { // a waker has called runtime.Goexit, which ends the goroutine and nothing else
			b.launch()
		}
	}()
	ev := new(Events)
	for !b.endIfUnused() {
		if err := b.open(); err != nil {
			// No descriptors left for the poller, which a source would have been told.
			// Timers can do without: look at them now and then until there are some.
			time.Sleep(time.Millisecond)
			b.reactor.fireDue()
			continue
		}
		if _, err := b.reactor.Park(ev, -1); err != nil {
			panic(err) // the poller's own descriptor is bad: somebody closed it
		}
	}
	over = true
}
