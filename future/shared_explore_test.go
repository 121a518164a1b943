//go:build explore

package future

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// beacon is a leaf that is ready when it was lit.
type beacon struct {
	lit     word.Bool
	w       waker.AtomicWaker
	value   counted
	dropped int
	ended   bool
}

func (b *beacon) Poll(cx *waker.Context) Poll[*counted] {
	b.w.Register(cx.Waker())
	if !b.lit.Load() {
		return Pending[*counted]()
	}
	b.ended = true
	return Ready(&b.value)
}

func (b *beacon) Drop() { b.dropped++ }

func (b *beacon) light() {
	b.lit.Store(true)
	b.w.Wake()
}

// modelShared has a shared future with so many waits, of threads of their own: some wait for it, others
// give up after one poll.
func modelShared(patient, impatient int) func(x *explore.Run) {
	return func(x *explore.Run) {
		b := new(beacon)
		first := Share[*counted](b)
		x.Label("shared", first.s)
		got := 0
		ops := make([]SharedOp[*counted], patient+impatient)
		for i := range ops {
			ops[i] = first.Clone()
		}
		first.Drop()
		for i := range ops {
			x.Go("", func() {
				for task := new(testkit.Sleeper); ; task.Wait() {
					if p := ops[i].Poll(task.Context()); p.ready {
						x.Assert(p.value == &b.value && p.err == nil, "came to %v, %v", p.value, p.err)
						got++
						return
					}
					if i >= patient {
						ops[i].Drop()
						return
					}
				}
			})
		}
		x.Go("light", b.light)
		x.Finally(func() {
			x.Assert(got >= patient, "%d have got the value", got)
			x.Assert(!b.ended || b.dropped == 0, "ended, and dropped")
			x.Assert(b.ended || b.dropped == 1, "given up, and dropped %d times", b.dropped)
			discarded := 0
			if b.ended && got == 0 {
				discarded = 1
			}
			x.Assert(b.value.discarded == discarded, "%d have got the value, and it was discarded %d times", got, b.value.discarded)
		})
	}
}

func TestModelSharedOne(t *testing.T) {
	explore.Check(t, explore.Config{}, modelShared(1, 0))
}

func TestModelSharedTwo(t *testing.T) {
	explore.Check(t, testkit.Within(2), modelShared(2, 0))
}

func TestModelSharedGivenUp(t *testing.T) {
	explore.Check(t, testkit.Within(2), modelShared(0, 2))
}

func TestModelSharedGivenUpByOne(t *testing.T) {
	explore.Check(t, testkit.Within(2), modelShared(1, 1))
}
