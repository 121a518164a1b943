//go:build explore

package coord

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// sleepUntil polls f, as a task that is a thread, until it is ready.
func sleepUntil[T any](f future.Future[T]) (T, error) {
	s := new(testkit.Sleeper)
	for {
		if p := f.Poll(s.Context()); p.IsReady() {
			return p.Result()
		}
		s.Wait()
	}
}

// A value that was sent is received.
func TestModelOneshotSend(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		tx, rx := Oneshot[int]()
		x.Label("oneshot", tx.core())
		x.Go("sender", func() { x.Assert(tx.Send(7) == nil, "refused") })
		x.Go("receiver", func() {
			op := rx.Recv()
			v, err := sleepUntil(&op)
			x.Assert(v == 7 && err == nil, "received %d, %v", v, err)
		})
		x.Go("waiter", func() {
			op := tx.Closed()
			_, err := sleepUntil(&op)
			x.Assert(err == nil, "%v", err)
		})
	})
}

// The receiver gives up a receive, and is dropped, while a value is sent: it is discarded or refused, and who waits
// for the receiver's end is told.
func TestModelOneshotDrop(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		dropped, refused := 0, false
		tx, rx := Oneshot[discarded]()
		x.Label("oneshot", tx.core())
		x.Go("sender", func() { refused = tx.Send(discarded{&dropped}) != nil })
		x.Go("receiver", func() {
			op := rx.Recv()
			op.Poll(new(testkit.Sleeper).Context())
			op.Drop()
			rx.Drop()
		})
		x.Go("waiter", func() {
			op := tx.Closed()
			_, err := sleepUntil(&op)
			x.Assert(err == nil, "%v", err)
		})
		x.Finally(func() {
			taken := rx.core().state.Load() == oneshotTaken
			x.Assert(refused == (dropped == 0) || taken && !refused, "refused %v, discarded %d", refused, dropped)
			x.Assert(dropped <= 1, "discarded %d times", dropped)
			x.Assert(tx.core().value.n == nil, "the value is kept")
		})
	})
}

type discarded struct{ n *int }

func (d discarded) Drop() { *d.n++ }

// Both ends are closed at once while somebody receives: one of them is told why.
func TestModelOneshotBothClose(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		tx, rx := Oneshot[int]()
		x.Label("oneshot", tx.core())
		x.Go("sender", tx.Close)
		x.Go("receiver", rx.Close)
		x.Go("other", func() {
			op := rx.Recv()
			_, err := sleepUntil(&op)
			x.Assert(errors.Is(err, ErrClosed), "%v", err)
		})
	})
}
