package sched

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// A computation that serves takes what waits behind a peer's long poll, each time it does so.
func TestServingRelievesALongPoll(t *testing.T) {
	w := handDriven(t)
	r, err := reactor.New()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	peer := newWorker(w.rt, 1, r)
	w.rt.addWorker(peer)
	peer.askedAt.Store(1) // long ago

	ran := map[string]bool{}
	task := func(where string) *header {
		return &w.taskOf(func(*waker.Context) bool { ran[where] = true; return true }).header
	}
	peer.queues.run.Push(task("queue"))
	peer.queues.lifo.Store(task("LIFO slot"))
	peer.queues.inbox.Push(task("inbox"))

	w.serve(w.rt.now() + time.Hour)
	for _, where := range []string{"queue", "LIFO slot", "inbox"} {
		if !ran[where] {
			t.Errorf("what is in the %s waits for the end of the long poll", where)
		}
	}
	if peer.askedAt.Load() == 1 {
		t.Error("nobody has asked the reactor of the worker in a long poll")
	}
}
