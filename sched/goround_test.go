package sched

import "testing"

// A thief asks each victim once, the nearest first, until one had something.
func TestThievesGoRound(t *testing.T) {
	peers := make([]*peer, 5)
	for i := range peers {
		peers[i] = new(peer)
	}
	w := new(worker)
	w.random, w.victims = 1, [][]*peer{peers[:3], peers[3:4], peers[4:]}
	first := map[*peer]bool{}
	for range 100 {
		for stop := 1; stop <= len(peers)+1; stop++ {
			var asked []*peer
			got := w.goRound(func(_ *worker, v *peer) bool {
				asked = append(asked, v)
				return len(asked) == stop
			})
			if got != (stop <= len(peers)) || len(asked) != min(stop, len(peers)) {
				t.Fatalf("found something: %v, after %d of %d were asked", got, len(asked), stop)
			}
			first[asked[0]] = true
			near := map[*peer]bool{}
			for i, v := range asked {
				near[v] = true
				if i < 3 && v != peers[0] && v != peers[1] && v != peers[2] || i >= 3 && v != peers[i] {
					t.Fatalf("the %d. that is asked is not one of the nearest that are left", i+1)
				}
			}
			if len(near) != len(asked) {
				t.Fatal("somebody was asked twice")
			}
		}
	}
	if len(first) != 3 {
		t.Errorf("of three that are equally near %d are asked first at times", len(first))
	}
}
