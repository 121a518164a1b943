//go:build explore

package coord

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// A receiver that waits sees the last value and the end.
func TestModelWatch(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		tx, rx := Watch(0)
		x.Label("watch", tx.w)
		x.Go("sender", func() {
			x.Assert(tx.Send(1) == nil && tx.Send(2) == nil, "no receivers")
			tx.Close()
		})
		x.Go("receiver", func() {
			last := 0
			for {
				op := rx.Changed()
				_, err := sleepUntil(&op)
				if err != nil {
					x.Assert(errors.Is(err, ErrClosed), "%v", err)
					break
				}
				v := rx.Get() // maybe a later one, whose change is told, too
				x.Assert(v >= last, "%d after %d", v, last)
				last = v
			}
			x.Assert(last == 2, "the last value seen is %d", last)
		})
	})
}

// Changes by functions are not lost, and a receiver never waits for one.
func TestModelWatchModify(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		tx, rx := Watch(0)
		x.Label("watch", tx.w)
		for range 2 {
			x.Go("sender", func() { tx.Modify(func(v *int) { *v++ }) })
		}
		x.Go("receiver", func() {
			op := rx.WaitFor(func(v int) bool { return v == 2 })
			v, err := sleepUntil(&op)
			x.Assert(v == 2 && err == nil, "%d, %v", v, err)
		})
	})
}

// A wait that is given up leaves nothing behind, and the sender is told of the end of the receivers.
func TestModelWatchReceiversGone(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		tx, rx := Watch(0)
		x.Label("watch", tx.w)
		x.Go("sender", func() { _ = tx.Send(1) })
		x.Go("receiver", func() {
			op := rx.Changed()
			op.Poll(new(testkit.Sleeper).Context())
			op.Drop()
			rx.Drop()
		})
		x.Go("waiter", func() {
			op := tx.Closed()
			_, err := sleepUntil(&op)
			x.Assert(err == nil, "%v", err)
		})
		x.Finally(func() { x.Assert(tx.w.news.line.Empty(), "somebody is left in line") })
	})
}

// Each value reaches a receiver or is missed, and all know of the end.
func TestModelBroadcast(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		tx, rx := Broadcast[int](1)
		x.Label("broadcast", tx.b)
		other := tx.Subscribe()
		x.Go("sender", func() {
			for i := 1; i <= 2; i++ {
				n, err := tx.Send(i)
				x.Assert(n == 2 && err == nil, "%d receivers, %v", n, err)
			}
			tx.Close()
		})
		for _, r := range []*BroadcastReceiver[int]{rx, other} {
			x.Go("receiver", func() {
				at := 0
				for {
					op := r.Recv()
					v, err := sleepUntil(&op)
					var lagged LaggedError
					switch {
					case err == nil:
						at++
						x.Assert(v == at, "received %d, want %d", v, at)
						continue
					case errors.As(err, &lagged):
						at += int(lagged.Missed)
						continue
					}
					x.Assert(errors.Is(err, ErrClosed) && at == 2, "%v after %d", err, at)
					return
				}
			})
		}
		x.Finally(func() { x.Assert(tx.Len() == 0 && tx.b.ring[0].v == 0, "%d values are kept", tx.Len()) })
	})
}

// A receiver is dropped while a value is sent.
func TestModelBroadcastReceiverGone(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		tx, rx := Broadcast[int](2)
		x.Label("broadcast", tx.b)
		x.Assert(tx.b.send(1) == 1, "no receiver")
		x.Go("sender", func() { _, _ = tx.Send(2) })
		x.Go("receiver", rx.Drop)
		x.Go("waiter", func() {
			op := tx.Closed()
			_, err := sleepUntil(&op)
			x.Assert(err == nil, "%v", err)
		})
		x.Finally(func() { x.Assert(tx.Len() == 0 && tx.Receivers() == 0, "%d values are kept", tx.Len()) })
	})
}
