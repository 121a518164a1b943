//go:build explore

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Two threads that add one waker at once have it woken once.
func TestModelJoinOneWakerFromTwoThreads(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		var l joinList
		var wakes word.Int32
		w := waker.FromFunc(func() { wakes.Inc() })
		added := make([]bool, 2)
		for i, name := range []string{"one", "two"} {
			x.Go(name, func() { added[i] = l.add(w, nil) })
		}
		x.Finally(func() {
			l.Close(nil)
			x.Assert(added[0] && added[1] && wakes.Load() == 1, "added %v, woken %d times", added, wakes.Load())
		})
	})
}

// All that wait by polling a handle are one crowd, also those who come at once.
func TestModelJoinOneCrowd(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		var l joinList
		for _, name := range []string{"one", "two"} {
			w := waker.FromFunc(func() {})
			x.Go(name, func() { l.add(w, nil) })
		}
		x.Finally(func() {
			h := l.Lock()
			n := crowdOf(&h).size()
			h.Unlock()
			x.Assert(n == 2, "a crowd of %d of 2", n)
		})
	})
}
