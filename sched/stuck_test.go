package sched

import (
	"errors"
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor"
)

// A worker that happens to be awake when Shutdown gives up is not one of those that are stuck.
func TestStuckWorkersAreThoseInLongPolls(t *testing.T) {
	w := handDriven(t)
	r, err := reactor.New()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	peer := newWorker(w.rt, 1, r)
	w.rt.addWorker(peer)
	w.rt.started = time.Now().Add(-time.Hour)
	now := int64(w.rt.now())
	w.served.Store(now)
	peer.served.Store(now - int64(stuckAfter))
	var stuck *StuckError
	if err := w.rt.stuck(); !errors.As(err, &stuck) || len(stuck.Workers) != 1 || stuck.Workers[0].Worker != 1 {
		t.Errorf("of a worker that is awake and one in a poll for a second, stuck are %v", err)
	}
}
