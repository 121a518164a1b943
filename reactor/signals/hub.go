package signals

import (
	"os"
	"os/signal"
	"slices"
	"sync"

	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// hub hands one signal out to the streams that want it.
//
// Package os/signal drops a signal whose channel is full. As a hub is about one signal, and its channel
// holds one, what is dropped is always a signal that is waiting to be handed out already. Rejected: one
// channel for each stream, in which many of one signal leave no room for another.
//
// The lock is held for moments only, and never while a waker is called.
type hub struct {
	arrived chan os.Signal
	streams []*Stream // under the lock; told in this order
}

var hubs struct {
	lock sync.Mutex
	of   map[os.Signal]*hub
}

// subscribe has the stream told of a signal from now on.
func subscribe(s *Stream, sig os.Signal) {
	hubs.lock.Lock()
	defer hubs.lock.Unlock()
	h := hubs.of[sig]
	if h == nil {
		h = &hub{arrived: make(chan os.Signal, 1)}
		if hubs.of == nil {
			hubs.of = map[os.Signal]*hub{}
		}
		hubs.of[sig] = h
		signal.Notify(h.arrived, sig)
		wake.Go(h.run)
	}
	h.streams = append(h.streams, s)
}

// unsubscribe ends that. The last stream of a signal gives it back to the system.
func unsubscribe(s *Stream, sig os.Signal) {
	hubs.lock.Lock()
	defer hubs.lock.Unlock()
	h := hubs.of[sig]
	// A copy: run may be walking through it.
	h.streams = slices.DeleteFunc(slices.Clone(h.streams), func(o *Stream) bool { return o == s })
	if len(h.streams) == 0 {
		delete(hubs.of, sig)
		signal.Stop(h.arrived) // nothing is sent from here on
		close(h.arrived)
	}
}

// run ends when the channel is closed.
func (h *hub) run() {
	for sig := range h.arrived {
		hubs.lock.Lock()
		streams := h.streams
		hubs.lock.Unlock()
		var woken []waker.Waker
		for _, s := range streams {
			if w, ok := s.deliver(sig); ok {
				woken = append(woken, w)
			}
		}
		wake.All(woken, nil)
	}
}
