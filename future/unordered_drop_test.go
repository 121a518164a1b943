package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// A set that was dropped is used again, with the memory of those that were in it.
func TestUnorderedDropInALoop(t *testing.T) {
	var u future.Unordered[int]
	cx := waker.FromWaker(waker.Noop())
	for round := range 3 {
		all := doors(&u, 10)
		if u.PollNext(&cx).IsReady() {
			t.Fatal("ready")
		}
		all[round].pass() // woken, and not polled any more
		u.Drop()
		if u.Len() != 0 {
			t.Errorf("%d are left", u.Len())
		}
		for i, g := range all {
			if g.dropped != 1 {
				t.Errorf("round %d: member %d was dropped %d times", round, i, g.dropped)
			}
		}
		if _, err := u.PollNext(&cx).Result(); err != future.ErrEnd {
			t.Errorf("%v", err)
		}
	}
}

// A member whose Drop panics keeps none of the others from being dropped.
func TestUnorderedDropThatPanics(t *testing.T) {
	var u future.Unordered[int]
	first := doors(&u, 2)
	u.Push(dropPanics{})
	rest := doors(&u, 2)
	mustPanic(t, u.Drop, "drop panics")
	for i, g := range append(first, rest...) {
		if g.dropped != 1 {
			t.Errorf("member %d was dropped %d times", i, g.dropped)
		}
	}
	if u.Len() != 0 {
		t.Errorf("%d are left", u.Len())
	}
}
