//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

// The last task, or Close after it, tells who waits.
func TestModelTracker(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		tr := new(TaskTracker)
		x.Label("tracker", tr)
		token := tr.Token()
		ended := false
		x.Go("task", func() { ended = true; token.Done() })
		x.Go("closes", func() { tr.Close() })
		x.Go("waits", func() {
			op := tr.Wait()
			patient(&op)
			x.Assert(ended, "over, and a task lives")
		})
	})
}

// It was over for a moment, with somebody waiting: that is enough.
func TestModelTrackerReopened(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		tr := new(TaskTracker)
		x.Label("tracker", tr)
		tr.Close()
		token := tr.Token()
		op := tr.Wait()
		x.Go("task", token.Done)
		x.Go("comes back", func() {
			if tr.Len() == 0 {
				tr.Reopen()
			}
		})
		x.Go("waits", func() { patient(&op) })
	})
}

// Two tasks end at once: one of them is the last.
func TestModelTrackerTwo(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		tr := new(TaskTracker)
		x.Label("tracker", tr)
		tr.Close()
		a, b := tr.Token(), tr.Token()
		x.Go("a", a.Done)
		x.Go("b", b.Done)
		x.Go("waits", func() {
			op := tr.Wait()
			patient(&op)
			x.Assert(tr.Len() == 0, "over, and %d live", tr.Len())
		})
	})
}
