package coord_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

var unit = future.Unit{}

func hasChanged(t *testing.T, rx *coord.WatchReceiver[string], want bool) {
	t.Helper()
	changed, err := rx.HasChanged()
	result(t, changed, err, want, nil)
}

func TestWatchChanges(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	changed := rx.Changed()
	pends(t, p, &changed)
	pends(t, p, &changed)
	is(t, "the value", rx.Get(), "one")
	fails(t, tx.Send("two"), nil)
	p.woken(t, 1)
	comes(t, p, &changed, unit, nil)
	mustPanic(t, func() { changed.Poll(&p.cx) }, "ChangedOp", "after Ready")
	is(t, "the value", rx.Get(), "two")
	is(t, "the sender's value", tx.Get(), "two")
	changed = rx.Changed()
	pends(t, p, &changed)
	tx.Close()
	p.woken(t, 1)
	comes(t, p, &changed, unit, coord.ErrClosed)
	is(t, "the value", rx.Get(), "two")
	fails(t, tx.Send("three"), coord.ErrClosed, "this sender was closed")
	p.gone(t)
}

func TestWatchMarks(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	rx.MarkChanged()
	rx.MarkChanged()
	hasChanged(t, rx, true)
	changed := rx.Changed()
	comes(t, p, &changed, unit, nil)
	hasChanged(t, rx, false)
	rx.MarkChanged()
	is(t, "the value", rx.Get(), "one")
	hasChanged(t, rx, true)
	is(t, "the value", rx.GetAndMark(), "one")
	hasChanged(t, rx, false)
	changed = rx.Changed()
	pends(t, p, &changed)
	changed.Drop()
	rx.MarkChanged()
	rx.MarkUnchanged()
	hasChanged(t, rx, false)
	fails(t, tx.Send("two"), nil)
	hasChanged(t, rx, true)
	rx.MarkUnchanged()
	hasChanged(t, rx, false)
	is(t, "the value", rx.GetAndMark(), "two")
	rx.MarkChanged()
	is(t, "the value", rx.GetAndMark(), "two")
	p.gone(t)
}

func TestWatchManyReceivers(t *testing.T) {
	tx, rx := coord.Watch("one")
	rxs := make([]*coord.WatchReceiver[string], 20) // more than are woken for one locking of the line
	peers := make([]*peer, len(rxs))
	ops := make([]coord.ChangedOp[string], len(rxs))
	for i := range rxs {
		peers[i], rxs[i] = newPeer(), rx.Clone()
		ops[i] = rxs[i].Changed()
		pends(t, peers[i], &ops[i])
	}
	is(t, "receivers", tx.Receivers(), len(rxs)+1)
	fails(t, tx.Send("two"), nil)
	fails(t, tx.Send("three"), nil) // what is missed is gone
	for i, p := range peers {
		p.woken(t, 1)
		comes(t, p, &ops[i], unit, nil)
		is(t, "the value", rxs[i].Get(), "three")
		ops[i] = rxs[i].Changed()
		pends(t, p, &ops[i])
		ops[i].Drop()
		p.gone(t)
	}
	hasChanged(t, rx, true)
	hasChanged(t, rx.Clone(), true)
	hasChanged(t, tx.Subscribe(), false)
}

// The last value is seen, also if the senders are gone.
func TestWatchFinalValue(t *testing.T) {
	p := newPeer()
	tx, rx := coord.Watch("one")
	tx.Close()
	changed := rx.Changed()
	comes(t, p, &changed, unit, coord.ErrClosed)
	is(t, "the value", rx.Get(), "one")

	tx, rx = coord.Watch("one")
	changed = rx.Changed()
	pends(t, p, &changed)
	fails(t, tx.Send("two"), nil)
	tx.Close()
	p.woken(t, 1)
	unseen, err := rx.HasChanged()
	result(t, unseen, err, true, coord.ErrClosed)
	comes(t, p, &changed, unit, nil)
	is(t, "the value", rx.GetAndMark(), "two")
	changed = rx.Changed()
	comes(t, p, &changed, unit, coord.ErrClosed)
	unseen, err = rx.HasChanged()
	result(t, unseen, err, false, coord.ErrClosed)
	p.gone(t)
}

func TestWatchReceiversGone(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	other := rx.Clone()
	closed := tx.Closed()
	pends(t, p, &closed)
	rx.Drop()
	rx.Drop()
	p.woken(t, 0)
	other.Drop()
	p.woken(t, 1)
	// One that comes before the sender looks: it waits on.
	third := tx.Subscribe()
	is(t, "IsClosed", tx.IsClosed(), false)
	pends(t, p, &closed)
	third.Drop()
	p.woken(t, 1)
	comes(t, p, &closed, unit, nil)
	is(t, "IsClosed", tx.IsClosed(), true)
	fails(t, tx.Send("two"), coord.ErrClosed, "all receivers")
	is(t, "the value", tx.Get(), "one")
	is(t, "what was replaced", tx.Replace("three"), "one")
	fourth := tx.Subscribe()
	hasChanged(t, fourth, false)
	is(t, "the value", fourth.Get(), "three")
	fails(t, tx.Send("four"), nil)
	hasChanged(t, fourth, true)
	p.gone(t)
}

func TestWatchModify(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	tx.Modify(func(v *string) { *v += "!" })
	is(t, "the value", rx.GetAndMark(), "one!")
	changed := rx.Changed()
	pends(t, p, &changed)
	is(t, "changed", tx.ModifyIf(func(v *string) bool { *v = "lost"; return false }), false)
	pends(t, p, &changed)
	is(t, "the value", rx.Get(), "one!")
	mustPanic(t, func() { tx.Modify(func(v *string) { *v = "lost"; panic("coord: of the test") }) }, "of the test")
	p.woken(t, 0)
	pends(t, p, &changed)
	is(t, "the value", rx.Get(), "one!")
	is(t, "changed", tx.ModifyIf(func(v *string) bool { *v = rx.Get() + "?"; return true }), true)
	p.woken(t, 1)
	comes(t, p, &changed, unit, nil)
	is(t, "the value", rx.GetAndMark(), "one!?")
}

func TestWatchSeveralSenders(t *testing.T) {
	tx, rx := coord.Watch("")
	other := tx.Clone()
	is(t, "senders", tx.Senders(), 2)
	p := newPeer()
	for _, s := range []*coord.WatchSender[string]{tx, other} {
		changed := rx.Changed()
		pends(t, p, &changed)
		fails(t, s.Send("x"), nil)
		comes(t, p, &changed, unit, nil)
	}
	p.woken(t, 2)
	changed := rx.Changed()
	pends(t, p, &changed)
	tx.Close()
	tx.Close()
	p.woken(t, 0)
	future.Discard(other)
	p.woken(t, 1)
	comes(t, p, &changed, unit, coord.ErrClosed)
	is(t, "the same", tx.SameChannel(other) && rx.SameChannel(rx.Clone()), true)
}

func TestWatchWaitFor(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	calls := 0
	long := func(v string) bool { calls++; return len(v) > 3 }
	wait := rx.WaitFor(long)
	pends(t, p, &wait)
	pends(t, p, &wait)
	is(t, "calls", calls, 1)
	fails(t, tx.Send("two"), nil)
	p.woken(t, 1)
	pends(t, p, &wait)
	is(t, "calls", calls, 2)
	fails(t, tx.Send("three"), nil)
	comes(t, p, &wait, "three", nil)
	hasChanged(t, rx, false)
	mustPanic(t, func() { wait.Poll(&p.cx) }, "WaitForOp")
	wait = rx.WaitFor(long)
	comes(t, p, &wait, "three", nil) // it is so now
	wait = rx.WaitFor(func(v string) bool { return v == "no" })
	pends(t, p, &wait)
	fails(t, tx.Send("yes"), nil)
	tx.Close()
	comes(t, p, &wait, "", coord.ErrClosed)
	wait = rx.WaitFor(func(string) bool { return true })
	comes(t, p, &wait, "yes", nil)
	wait = rx.WaitFor(long)
	wait.Drop()
	mustPanic(t, func() { rx.WaitFor(nil) }, "nil func")
	p.gone(t)
}

func TestWatchAbandonedWaitLosesNothing(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	for _, told := range []bool{false, true} {
		changed := rx.Changed()
		pends(t, p, &changed)
		if told {
			fails(t, tx.Send("two"), nil)
		}
		changed.Drop()
		changed.Drop()
		p.gone(t)
		hasChanged(t, rx, told)
	}
}

// A receiver that has seen a change otherwise, while it waits, waits on for the next.
func TestWatchSeenOtherwise(t *testing.T) {
	tx, rx := coord.Watch("one")
	p := newPeer()
	changed := rx.Changed()
	pends(t, p, &changed)
	fails(t, tx.Send("two"), nil)
	p.woken(t, 1)
	is(t, "the value", rx.GetAndMark(), "two")
	pends(t, p, &changed)
	fails(t, tx.Send("three"), nil)
	p.woken(t, 1)
	comes(t, p, &changed, unit, nil)
}

func TestWatchIsCooperative(t *testing.T) {
	b := waker.NewBudget(0)
	p := newPeerWith(&b)
	tx, rx := coord.Watch("one")
	fails(t, tx.Send("two"), nil)
	changed, wait := rx.Changed(), rx.WaitFor(func(string) bool { return true })
	pends(t, p, &changed)
	pends(t, p, &wait)
	p.woken(t, 2)
	hasChanged(t, rx, true)
	b.Refill(2)
	comes(t, p, &changed, unit, nil)
	comes(t, p, &wait, "two", nil)
	tx.Close()
	never := rx.WaitFor(func(string) bool { return false })
	changed = rx.Changed()
	pends(t, p, &changed)
	b.Refill(1)
	comes(t, p, &changed, unit, coord.ErrClosed)
	b.Refill(1)
	pends(t, p, &never)
	b.Refill(1)
	comes(t, p, &never, "", coord.ErrClosed)
	rx.Drop()
	closed := tx.Closed()
	pends(t, p, &closed)
}

func TestWatchMisuse(t *testing.T) {
	p := newPeer()
	for _, s := range []*coord.WatchSender[int]{nil, new(coord.WatchSender[int])} {
		mustPanic(t, func() { _ = s.Send(1) }, "WatchSender", "Watch makes them")
	}
	for _, r := range []*coord.WatchReceiver[int]{nil, new(coord.WatchReceiver[int])} {
		mustPanic(t, func() { r.Get() }, "WatchReceiver", "Watch makes them")
		mustPanic(t, func() { r.Drop() }, "WatchReceiver", "Watch makes them")
	}
	mustPanic(t, func() { new(coord.ChangedOp[int]).Poll(&p.cx) }, "ChangedOp", "zero")
	mustPanic(t, func() { new(coord.WaitForOp[int]).Poll(&p.cx) }, "WaitForOp", "zero")
	new(coord.ChangedOp[int]).Drop()
	new(coord.WaitForOp[int]).Drop()
	tx, rx := coord.Watch(1)
	rx.Drop()
	mustPanic(t, func() { rx.Get() }, "after Drop")
	tx.Close()
	for what, f := range map[string]func(){
		"Replace":   func() { tx.Replace(2) },
		"Modify":    func() { tx.Modify(func(*int) {}) },
		"Clone":     func() { tx.Clone() },
		"Subscribe": func() { tx.Subscribe() },
	} {
		mustPanic(t, f, what, "was closed")
	}
}

func TestWatchInCombinators(t *testing.T) {
	tx, rx := coord.Watch(0)
	inFunction(t, func(co *future.Co) error {
		_, err := clock.Timeout(rx.Changed(), time.Microsecond).Await(co)
		fails(t, err, clock.ErrTimeout)
		fails(t, tx.Send(7), nil)
		e, err := future.Select2(tx.Closed(), rx.WaitFor(func(v int) bool { return v == 7 })).Await(co)
		is(t, "the value", e.Second, 7)
		return err
	})
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errTest)
	fails(t, rx.BlockingChanged(ctx), errTest)
	go func() { _ = tx.Send(8) }()
	fails(t, rx.BlockingChanged(context.Background()), nil)
}

func TestWatchAllocatesNothing(t *testing.T) {
	tx, rx := coord.Watch(0)
	changed := new(coord.ChangedOp[int])
	even := func(v int) bool { return v%2 == 0 }
	steady(t, "a change", func(co *future.Co) {
		*changed = rx.Changed()
		changed.Poll(co.Context())
		_ = tx.Send(1)
		changed.Drop()
		_, _ = rx.Changed().Await(co)
		tx.Modify(func(v *int) { *v = 2 })
		if v, err := rx.WaitFor(even).Await(co); v != 2 || err != nil {
			t.Error(v, err)
		}
	})
}

// pairOf is a value of two words that belong together.
type pairOf struct{ a, b int }

// Receivers see whole values, in their order, and the last one; changes by functions are not lost.
func TestWatchThreads(t *testing.T) {
	count := 10000
	if testing.Short() {
		count = 1000
	}
	tx, rx := coord.Watch(pairOf{})
	var sending, receiving sync.WaitGroup
	for range 2 {
		s := tx.Clone()
		sending.Go(func() {
			defer s.Close()
			for range count {
				s.Modify(func(v *pairOf) { v.a++; v.b-- })
			}
		})
	}
	for range 2 {
		r := rx.Clone()
		receiving.Go(func() {
			last := 0
			for {
				err := r.BlockingChanged(context.Background())
				v := r.GetAndMark()
				if v.a+v.b != 0 || v.a < last {
					t.Errorf("%v after %d", v, last)
				}
				last = v.a
				if err != nil {
					break
				}
			}
			if last != 2*count {
				t.Errorf("the last one seen is %d, want %d", last, 2*count)
			}
		})
	}
	sending.Wait()
	tx.Close()
	receiving.Wait()
}
