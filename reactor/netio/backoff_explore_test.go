//go:build explore && linux && !portable

package netio

import (
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
)

// A listener that has run out of descriptors pauses as long as it is said to, to a tick of
// the reactor: twice as long each time, up to a limit, and briefly again after a success.
func TestModelBackoffPauses(t *testing.T) {
	explore.Check(t, explore.Config{MaxSteps: 100_000}, func(x *explore.Run) {
		var clock word.Int64
		clock.Store(1)
		reactor.SetModelClock(&clock)
		x.Finally(func() { reactor.SetModelClock(nil) })
		r := reactor.NewModel()
		x.Go("listener", func() {
			var b backoff
			task := sleeperAt(r)
			ev := new(reactor.Events)
			pause := func(want time.Duration) {
				begin := clock.Load()
				b.start()
				b.start() // by another acceptor: it is the same pause
				for !b.over(task.Context()) {
					n, _ := r.Wait(ev, -1)
					r.Deliver(ev, n)
				}
				took := time.Duration(clock.Load() - begin)
				x.Assert(took >= want && took <= want+time.Duration(tick(2)), "a pause of %v took %v", want, took)
				x.Assert(!b.pausing.Load(), "it pauses after its pause")
			}
			for range 2 {
				for want := 5 * time.Millisecond; want < time.Second; want *= 2 {
					pause(want)
				}
				pause(time.Second)
				pause(time.Second)
				b.success()
			}
			x.Assert(b.count.Load() == 20, "%d pauses are counted", b.count.Load())
		})
	})
}
