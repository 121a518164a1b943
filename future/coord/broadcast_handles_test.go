package coord_test

import (
	"math/rand/v2"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

// After the end each receiver gets what is left, told of what it missed first.
func TestBroadcastEnd(t *testing.T) {
	tx, rx := coord.Broadcast[int](2)
	other, third := tx.Subscribe(), tx.Subscribe()
	cast(t, tx, 3, 1, 2)
	gets(t, other, 1, 2)
	cast(t, tx, 3, 3)
	clone := tx.Clone()
	tx.Close()
	tx.Close()
	_, err := tx.Send(9)
	fails(t, err, coord.ErrClosed, "this sender was closed")
	mustPanic(t, func() { tx.Clone() }, "Clone")
	is(t, "IsClosed", rx.IsClosed(), false)
	cast(t, clone, 3, 4)
	future.Discard(clone)
	is(t, "IsClosed", rx.IsClosed(), true)
	lags(t, rx, 2)
	gets(t, rx, 3, 4)
	hasNone(t, rx, coord.ErrClosed)
	gets(t, other, 3, 4)
	hasNone(t, other, coord.ErrClosed)
	hasNone(t, rx.Resubscribe(), coord.ErrClosed)
	recv := third.Recv()
	comes(t, newPeer(), &recv, 0, coord.ErrLagged)
}

func TestBroadcastEndIsTold(t *testing.T) {
	tx, rx := coord.Broadcast[int](2)
	other, clone := tx.Subscribe(), tx.Clone()
	p, q := newPeer(), newPeer()
	one, two := rx.Recv(), other.Recv()
	pends(t, p, &one)
	pends(t, q, &two)
	tx.Close()
	p.woken(t, 0)
	clone.Close()
	p.woken(t, 1)
	q.woken(t, 1)
	comes(t, p, &one, 0, coord.ErrClosed)
	comes(t, q, &two, 0, coord.ErrClosed)
}

func TestBroadcastReceiversGone(t *testing.T) {
	tx, rx := coord.Broadcast[int](2)
	other := tx.Subscribe()
	p := newPeer()
	closed := tx.Closed()
	pends(t, p, &closed)
	rx.Drop()
	rx.Drop()
	p.woken(t, 0)
	pends(t, p, &closed)
	other.Drop()
	p.woken(t, 1)
	third := tx.Subscribe()
	pends(t, p, &closed)
	third.Drop()
	p.woken(t, 1)
	comes(t, p, &closed, unit, nil)
	_, err := tx.Send(1)
	fails(t, err, coord.ErrClosed, "no receivers")
	closed = tx.Closed()
	comes(t, p, &closed, unit, nil)
	fourth := tx.Subscribe()
	closed = tx.Closed()
	pends(t, p, &closed)
	cast(t, tx, 1, 2)
	gets(t, fourth, 2)
	fourth.Drop()
	comes(t, p, &closed, unit, nil)
	p.gone(t)
}

// The sender's length is how many are kept that somebody can still receive.
func TestBroadcastSenderLen(t *testing.T) {
	tx, rx := coord.Broadcast[int](4)
	other := tx.Subscribe()
	is(t, "the length", tx.Len(), 0)
	is(t, "IsEmpty", tx.IsEmpty(), true)
	cast(t, tx, 2, 1, 2, 3)
	is(t, "the length", tx.Len(), 3)
	gets(t, rx, 1, 2)
	is(t, "the length", tx.Len(), 3)
	gets(t, other, 1)
	is(t, "the length", tx.Len(), 2)
	is(t, "IsEmpty", tx.IsEmpty(), false)
	cast(t, tx, 2, 4, 5, 6)
	is(t, "the length", tx.Len(), 4)
	other.Drop()
	is(t, "the length", tx.Len(), 4)
	gets(t, rx, 3)
	is(t, "the length", tx.Len(), 3)
	rx.Drop()
	is(t, "the length", tx.Len(), 0)
}

func TestBroadcastSenderLenAtRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	tx, rx := coord.Broadcast[int](16)
	rxs := []*coord.BroadcastReceiver[int]{rx, tx.Subscribe()}
	for range 2000 {
		switch i := random.IntN(2); random.IntN(3) {
		case 0:
			cast(t, tx, 2, 1)
		case 1:
			_, _ = rxs[i].TryRecv()
		case 2:
			if random.IntN(10) == 0 {
				rxs[i].Drop()
				rxs[i] = tx.Subscribe()
			}
		}
		is(t, "the length", tx.Len(), min(16, max(rxs[0].Len(), rxs[1].Len())))
	}
}

func TestBroadcastResubscribe(t *testing.T) {
	tx, rx := coord.Broadcast[int](1)
	cast(t, tx, 1, 1, 2)
	again := rx.Resubscribe()
	lags(t, rx, 1)
	hasNone(t, again, coord.ErrEmpty)
	gets(t, rx, 2)
	cast(t, tx, 2, 3)
	gets(t, again, 3)
	gets(t, rx, 3)
}

func TestBroadcastWeakSenders(t *testing.T) {
	tx, rx := coord.Broadcast[int](4)
	counts := func(strong, weak int) {
		t.Helper()
		s, w := rx.Senders()
		if s != strong || w != weak {
			t.Fatalf("%d senders and %d weak ones, want %d and %d", s, w, strong, weak)
		}
	}
	counts(1, 0)
	w := tx.Downgrade()
	v := w.Clone()
	counts(1, 2)
	other, ok := w.Upgrade()
	is(t, "upgraded", ok, true)
	clone := tx.Clone()
	counts(3, 2)
	tx.Close()
	cast(t, other, 1, 1)
	other.Close()
	clone.Close()
	counts(0, 2)
	if s, u := v.Senders(); s != 0 || u != 2 {
		t.Fatal(s, u)
	}
	if s, u := tx.Senders(); s != 0 || u != 2 {
		t.Fatal(s, u)
	}
	_, ok = v.Upgrade()
	is(t, "upgraded", ok, false)
	v.Drop()
	v.Drop()
	counts(0, 1)
	is(t, "IsClosed", rx.IsClosed(), true)
	gets(t, rx, 1)
	hasNone(t, rx, coord.ErrClosed)
	tx, _ = coord.Broadcast[int](1)
	w = tx.Downgrade()
	w.Drop()
	_, ok = w.Upgrade()
	is(t, "upgraded after Drop", ok, false)
}

func TestBroadcastMisuse(t *testing.T) {
	p := newPeer()
	mustPanic(t, func() { coord.Broadcast[int](0) }, "Broadcast", "capacity of 0")
	mustPanic(t, func() { coord.Broadcast[int](1<<30 + 1) }, "Broadcast", "or less")
	for _, s := range []*coord.BroadcastSender[int]{nil, new(coord.BroadcastSender[int])} {
		mustPanic(t, func() { _, _ = s.Send(1) }, "BroadcastSender", "Broadcast makes them")
	}
	for _, w := range []*coord.WeakBroadcastSender[int]{nil, new(coord.WeakBroadcastSender[int])} {
		mustPanic(t, func() { w.Upgrade() }, "WeakBroadcastSender", "Downgrade makes them")
	}
	for _, r := range []*coord.BroadcastReceiver[int]{nil, new(coord.BroadcastReceiver[int])} {
		mustPanic(t, func() { r.Recv() }, "BroadcastReceiver", "Broadcast makes them")
		mustPanic(t, func() { r.Drop() }, "BroadcastReceiver", "Broadcast makes them")
	}
	mustPanic(t, func() { new(coord.BroadcastRecvOp[int]).Poll(&p.cx) }, "BroadcastRecvOp", "zero")
	new(coord.BroadcastRecvOp[int]).Drop()
	_, rx := coord.Broadcast[int](1)
	rx.Drop()
	mustPanic(t, func() { rx.Recv() }, "after Drop")
}
