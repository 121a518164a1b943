package netio

import (
	"testing"

	"github.com/magpie-go/magpie/waker"
)

// A close wakes all who wait, at once: none waits for another one's executor to poll it.
func TestCloseCallsAllAcceptors(t *testing.T) {
	var q acceptors
	var places [4]acceptor
	var woken [len(places) + 2]int
	for i := range woken {
		var place *acceptor
		if i < len(places) {
			place = &places[i]
		}
		cx := waker.FromWaker(waker.FromFunc(func() { woken[i]++ }))
		q.wait(place, &cx)
	}
	q.callAll()
	for i, n := range woken {
		if n != 1 {
			t.Errorf("acceptor %d of %d was woken %d times", i, len(woken), n)
		}
	}
	for i := range places {
		q.leave(&places[i])
	}
	if q.head != nil || q.waiting.Load() != 0 {
		t.Error("some still wait")
	}
}
