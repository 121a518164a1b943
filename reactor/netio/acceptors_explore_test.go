//go:build explore && linux && !portable

package netio

import (
	"testing"

	"github.com/magpie-go/magpie/internal/testkit"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// doors is a queue of acceptors, and the connections that have come.
type doors struct {
	queue  acceptors
	come   word.Int32
	closed word.Bool
}

func newDoors(x *explore.Run) *doors {
	d := new(doors)
	x.Label("d", d)
	return d
}

// arrive is a connection that comes, as the source of a listener tells it.
func (d *doors) arrive() {
	d.come.Inc()
	d.queue.call()
}

// take takes a connection if there is one.
func (d *doors) take() bool {
	for {
		n := d.come.Load()
		if n == 0 {
			return false
		}
		if d.come.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// accept waits for a connection as Listener.poll does; false if the listener is closed.
func (d *doors) accept(place *acceptor) bool {
	task := new(testkit.Sleeper)
	for parked := false; ; {
		if d.closed.Load() {
			d.queue.got(place)
			return false
		}
		if d.take() {
			d.queue.got(place)
			return true
		}
		if parked {
			task.Wait()
			parked = false
			continue
		}
		d.queue.wait(place, task.Context())
		parked = true
	}
}

// Two acceptors and two connections, which come one after the other: both are accepted.
func TestModelAcceptorsTwo(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2}, func(x *explore.Run) {
		d := newDoors(x)
		places := make([]acceptor, 2)
		for i := range places {
			x.Go("acceptor", func() { d.accept(&places[i]) })
		}
		x.Go("peer", func() {
			d.arrive()
			d.arrive()
		})
		x.Finally(func() { x.Assert(d.come.Load() == 0 && d.queue.head == nil, "a connection or an acceptor is left") })
	})
}

// Two connections come with one event, as they may where events are edge-triggered.
func TestModelAcceptorsOneEvent(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2}, func(x *explore.Run) {
		d := newDoors(x)
		places := make([]acceptor, 2)
		for i := range places {
			x.Go("acceptor", func() { d.accept(&places[i]) })
		}
		x.Go("peer", func() {
			d.come.Add(2)
			d.queue.call()
		})
		x.Finally(func() { x.Assert(d.come.Load() == 0, "a connection is left") })
	})
}

// Of two acceptors that wait one gives up while a connection comes: the other gets it,
// whichever was called.
func TestModelAcceptorsOneLeaves(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 3}, func(x *explore.Run) {
		d := newDoors(x)
		var leaving, staying acceptor
		gone := new(testkit.Sleeper)
		d.queue.wait(&leaving, gone.Context())
		x.Go("stays", func() { d.accept(&staying) })
		x.Go("leaves", func() { d.queue.leave(&leaving) })
		x.Go("peer", d.arrive)
		x.Finally(func() { x.Assert(d.come.Load() == 0, "the connection is left") })
	})
}

// One that has been called does not look before another one took the connection: it
// goes on waiting, for the next.
func TestModelAcceptorsNewcomer(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 2}, func(x *explore.Run) {
		d := newDoors(x)
		var place acceptor
		x.Go("acceptor", func() { d.accept(&place) })
		x.Go("by hand", func() { d.accept(nil) })
		x.Go("peer", func() {
			d.arrive()
			d.arrive()
		})
		x.Finally(func() { x.Assert(d.come.Load() == 0, "a connection is left") })
	})
}

// Close ends everybody who waits.
func TestModelAcceptorsClose(t *testing.T) {
	explore.Check(t, explore.Config{Preemptions: 3}, func(x *explore.Run) {
		d := newDoors(x)
		places := make([]acceptor, 2)
		for i := range places {
			x.Go("acceptor", func() { x.Assert(!d.accept(&places[i]), "accepted nothing") })
		}
		x.Go("closer", func() {
			d.closed.Store(true)
			d.queue.callAll()
		})
	})
}
