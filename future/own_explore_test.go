//go:build explore

package future

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
)

// counted is a value that counts how often it is discarded.
type counted struct{ discarded int }

func (c *counted) Drop() { c.discarded++ }

// modelOwned is a leaf whose value arrives on one thread while it is polled, and perhaps
// given up, on another: the value is answered or discarded, once.
func modelOwned(x *explore.Run, givenUp bool, f Future[*counted], v *counted, arrive func()) {
	answered := 0
	x.Label("future", f)
	x.Go("arrival", arrive)
	x.Go("task", func() {
		for task := new(testkit.Sleeper); ; task.Wait() {
			if p := f.Poll(task.Context()); p.ready {
				answered++
				return
			}
			if givenUp {
				Drop(f)
				return
			}
		}
	})
	x.Finally(func() {
		x.Assert(answered+v.discarded == 1, "answered %d times, discarded %d times", answered, v.discarded)
	})
}

func eachWay(t *testing.T, model func(x *explore.Run, givenUp bool)) {
	for name, givenUp := range map[string]bool{"awaited": false, "given up": true} {
		t.Run(name, func(t *testing.T) {
			explore.Check(t, explore.Config{}, func(x *explore.Run) { model(x, givenUp) })
		})
	}
}

func TestModelFromChanOwnsItsValue(t *testing.T) {
	eachWay(t, func(x *explore.Run, givenUp bool) {
		v := new(counted)
		c := &chanFuture[*counted]{stop: make(chan struct{})}
		c.state.Store(chanWaiting)
		modelOwned(x, givenUp, c, v, func() { c.arrived(Ready(v)) })
	})
}

func TestModelLocalHandleOwnsItsValue(t *testing.T) {
	eachWay(t, func(x *explore.Run, givenUp bool) {
		v := new(counted)
		h := new(LocalHandle[*counted])
		h.task.pool = new(LocalPool) // as Spawn does
		modelOwned(x, givenUp, h, v, func() { h.finish(Ready(v)) })
	})
}

func TestModelBlockingOwnsItsValue(t *testing.T) {
	eachWay(t, func(x *explore.Run, givenUp bool) {
		v, ran := new(counted), 0
		b := BlockingOn(new(BlockingPool), func() (*counted, error) { ran = 1; return v, nil }).b
		b.state.Store(callQueued)
		modelOwned(x, givenUp, b, v, func() {
			b.run()
			v.discarded += 1 - ran // it was given up before its turn
		})
	})
}
