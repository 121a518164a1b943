package waitlist

import "testing"

// A node that stood first in a list while that was being closed takes nothing of it along: it is first in another
// list, which is open.
func TestFirstInAnotherList(t *testing.T) {
	var l, other List
	ps := make([]person, 3*batch)
	for i := range ps {
		if s := ps[i].wait(&l); s != Waiting {
			t.Fatalf("%d is %d", i, s)
		}
	}
	l.Close(nil)
	for i := range ps {
		p := &ps[i]
		if s := p.wait(&l); s != Closed {
			t.Fatalf("%d is %d after the end", i, s)
		}
		for round := range 3 {
			if s := p.wait(&other); s != Waiting || other.Closed() {
				t.Fatalf("%d in another list is %d, which is closed: %v", i, s, other.Closed())
			}
			if !other.NotifyOne(nil) || p.wait(&other) != Notified {
				t.Fatalf("%d had no turn in round %d", i, round)
			}
		}
	}
}
