//go:build explore && linux && !portable

package reactor

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// modelUnparks has an owner that sleeps until as many things have happened as there are
// threads that unpark it, and peers that look after its reactor meanwhile.
func modelUnparks(unparkers, peers int) func(x *explore.Run) {
	return func(x *explore.Run) {
		r := NewModel()
		var happened word.Int32
		x.Label("r", r)
		x.Label("happened", &happened)
		x.Go("owner", func() {
			for ev := new(Events); happened.Load() < int32(unparkers); {
				if _, err := r.Wait(ev, -1); err != nil {
					x.Fail("%v", err)
				}
			}
		})
		for range unparkers {
			x.Go("", func() {
				happened.Inc()
				r.Unpark()
			})
		}
		for range peers {
			x.Go("", func() { r.AskAsPeer(new(Events)) })
		}
	}
}

func TestModelUnparkOne(t *testing.T) { explore.Check(t, explore.Config{}, modelUnparks(1, 0)) }
func TestModelUnparkTwo(t *testing.T) { explore.Check(t, explore.Config{}, modelUnparks(2, 0)) }

// A peer that looks after the reactor of an owner that goes to sleep at that moment does
// not keep the wake-up to itself.
func TestModelUnparkWithAPeer(t *testing.T) {
	explore.Check(t, explore.Config{}, modelUnparks(1, 1))
}

// Unparks of an owner that is awake are kept for its next sleep.
func TestModelUnparkTwiceEach(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := NewModel()
		var happened word.Int32
		x.Label("r", r)
		x.Go("owner", func() {
			for ev := new(Events); happened.Load() < 2; {
				r.Wait(ev, -1)
			}
		})
		x.Go("other", func() {
			for range 2 {
				happened.Inc()
				r.Unpark()
			}
		})
	})
}

// Close takes the descriptors from under nobody.
func TestModelUnparkAgainstClose(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		r := NewModel()
		var over word.Bool
		x.Label("r", r)
		x.Go("owner", func() {
			for ev := new(Events); !over.Load(); {
				r.Wait(ev, -1)
			}
			r.Close()
		})
		x.Go("event", func() { // of a descriptor, say
			over.Store(true)
			r.poll.model.signal.Set()
		})
		x.Go("late", r.Unpark)
	})
}
