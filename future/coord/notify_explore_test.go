//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// bell is a Notify whose line is empty in the end.
func bell(x *explore.Run) *Notify {
	n := new(Notify)
	x.Label("notify", n)
	x.Finally(func() {
		x.Assert(n.line.Empty(), "somebody is in line in the end")
	})
	return n
}

func (n *Notify) permits() int { return int(n.word.Load() & notifyPermit) }

// What is said by NotifyOne is heard by who waits, before or after.
func TestModelNotifyOne(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		n := bell(x)
		x.Go("waits", func() {
			op := n.Notified()
			patient(&op)
		})
		x.Go("tells", n.NotifyOne)
		x.Finally(func() { x.Assert(n.permits() == 0, "a permit is left") })
	})
}

// Two in line, two calls: each has one.
func TestModelNotifyTwo(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		n := bell(x)
		a, b := n.Notified(), n.Notified()
		seated(new(testkit.Sleeper), &a)
		seated(new(testkit.Sleeper), &b)
		x.Go("a", func() { patient(&a) })
		x.Go("b", func() { patient(&b) })
		x.Go("tells", func() { n.NotifyOne(); n.NotifyLast() })
		x.Finally(func() { x.Assert(n.permits() == 0, "a permit is left") })
	})
}

// A call is had by the one that waits, by the one that gives up, or is kept.
func TestModelNotifyGivenUp(t *testing.T) {
	for name, call := range map[string]func(*Notify){"one": (*Notify).NotifyOne, "last": (*Notify).NotifyLast} {
		t.Run(name, func(t *testing.T) {
			explore.Check(t, explore.Config{}, func(x *explore.Run) {
				n := bell(x)
				op := n.Notified()
				seated(new(testkit.Sleeper), &op)
				had := 0
				x.Go("leaves", func() {
					if _, ok := impatient(&op, 1); ok {
						had++
					}
				})
				x.Go("tells", func() { call(n) })
				x.Finally(func() { x.Assert(had+n.permits() == 1, "had %d, kept %d", had, n.permits()) })
			})
		})
	}
}

// A turn that is handed on reaches the next in line.
func TestModelNotifyHandsOn(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		n := bell(x)
		a, b := n.Notified(), n.Notified()
		seated(new(testkit.Sleeper), &a)
		seated(new(testkit.Sleeper), &b)
		x.Go("leaves", a.Drop)
		x.Go("waits", func() { patient(&b) })
		x.Go("tells", n.NotifyOne)
		x.Finally(func() { x.Assert(n.permits() == 0, "a permit is left") })
	})
}

// NotifyAll tells all in line, one who comes with an operation made before, and leaves no permit.
func TestModelNotifyAll(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		n := bell(x)
		a, b := n.Notified(), n.Notified()
		seated(new(testkit.Sleeper), &a)
		x.Go("in line", func() { patient(&a) })
		x.Go("comes", func() { patient(&b) })
		x.Go("tells", n.NotifyAll)
		x.Finally(func() { x.Assert(n.permits() == 0, "a permit is left") })
	})
}

// Beside NotifyAll nothing of NotifyOne is lost, and nothing comes twice: of two in line both are
// told; the second call is had by one of them, or kept.
func TestModelNotifyAllBesideOne(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		n := bell(x)
		a := n.Notified()
		seated(new(testkit.Sleeper), &a)
		had := false
		x.Go("leaves", func() { _, had = impatient(&a, 1) })
		x.Go("all", n.NotifyAll)
		x.Go("one", n.NotifyOne)
		x.Finally(func() {
			x.Assert(n.permits() == 1 || had && n.permits() == 0, "had %v, kept %d", had, n.permits())
			x.Assert(had || a.n == nil, "neither had nor dropped")
		})
	})
}

// Two NotifyAll at once, in batches of one.
func TestModelNotifyAllTwice(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		n := bell(x)
		a, b := n.Notified(), n.Notified()
		seated(new(testkit.Sleeper), &a)
		seated(new(testkit.Sleeper), &b)
		x.Go("one", n.NotifyAll)
		x.Go("two", n.NotifyAll)
		x.Go("comes", func() {
			op := n.Notified()
			impatient(&op, 1)
		})
		x.Finally(func() {
			x.Assert(a.turn == turnAll && b.turn == turnAll, "not all were told: %d, %d", a.turn, b.turn)
			x.Assert(n.permits() == 0, "a permit is left")
		})
	})
}

// An operation that was enabled is told, though it has no waker yet.
func TestModelNotifyEnabled(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		n := bell(x)
		x.Go("waits", func() {
			op := n.Notified()
			op.Enable()
			patient(&op)
		})
		x.Go("tells", n.NotifyOne)
		x.Finally(func() { x.Assert(n.permits() == 0, "a permit is left") })
	})
}
