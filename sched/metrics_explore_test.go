//go:build explore && linux && !portable

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

// What is read of a worker that sleeps is exact, also if it falls asleep meanwhile.
func TestModelMetricsOfASleeper(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 1)
		h.workers[0].push(&h.task(nil).header)
		h.run(0)
		x.Go("reader", func() {
			if m := h.Metrics(); m.Workers[0].Asleep {
				x.Assert(m.Polls == 1 && m.Finished == 1, "of a worker that sleeps %d polls and %d ends are told", m.Polls, m.Finished)
			}
		})
		h.untilDone()
	})
}
