//go:build explore

package stream

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
)

// counted is a value that counts how often it is discarded.
type counted struct{ discarded int }

func (c *counted) Drop() { c.discarded++ }

// modelReceived is a stream whose goroutine has a value, and a task that waits for it: or gives the stream
// up, or its wait first.
func modelReceived(stops, drops bool) func(x *explore.Run) {
	return func(x *explore.Run) {
		v, taken := new(counted), 0
		r := new(received[*counted])
		r.state.Store(chanWaiting)
		x.Label("stream", r)
		x.Go("goroutine", func() { r.arrived(future.Ready(v)) })
		x.Go("task", func() {
			for task := new(testkit.Sleeper); ; task.Wait() {
				if p := r.PollNext(task.Context()); p.IsReady() {
					taken++
					return
				}
				if drops {
					r.Drop()
					return
				}
				if stops {
					stops = false
					r.StopWaiting()
					task = new(testkit.Sleeper)
					if r.PollNext(task.Context()).IsReady() {
						taken++
						return
					}
				}
			}
		})
		x.Finally(func() {
			x.Assert(taken+v.discarded == 1, "taken %d times, discarded %d times", taken, v.discarded)
		})
	}
}

func TestModelFromChan(t *testing.T) {
	explore.Check(t, explore.Config{}, modelReceived(false, false))
}

func TestModelFromChanDropped(t *testing.T) {
	explore.Check(t, explore.Config{}, modelReceived(false, true))
}

func TestModelFromChanStopped(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) { modelReceived(true, false)(x) })
}

// A value that the goroutine sends, while the task waits for that or gives up.
func TestModelToChan(t *testing.T) {
	for name, drops := range map[string]bool{"awaited": false, "given up": true} {
		t.Run(name, func(t *testing.T) {
			explore.Check(t, explore.Config{}, func(x *explore.Run) {
				o := &sending[int]{over: over[int]{Empty[int]()}}
				o.state.Store(sendWaiting)
				x.Label("send", o)
				var sent word.Bool
				x.Go("goroutine", func() {
					sent.Store(true)
					o.sent()
				})
				x.Go("task", func() {
					for task := new(testkit.Sleeper); ; task.Wait() {
						if o.Poll(task.Context()).IsReady() {
							x.Assert(sent.Load(), "ready before it was sent")
							return
						}
						if drops {
							o.Drop()
							return
						}
					}
				})
			})
		})
	}
}
