package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/waker"
)

// A sender that is closed before it reserves ends the channel, and reserves nothing.
func TestMPSCReserveOfAClosedSender(t *testing.T) {
	tx, rx := coord.MPSC[int](3)
	p, q := newPeer(), newPeer()
	waits := rx.Recv()
	pends(t, p, &waits)
	tx.Close()
	p.woken(t, 1)
	comes(t, p, &waits, 0, coord.ErrClosed)
	op := tx.Reserve()
	permit, err := op.Poll(&q.cx).Result()
	fails(t, err, coord.ErrClosed)
	permit.Drop()
	_, err = tx.TryReserve()
	fails(t, err, coord.ErrClosed)
}

// One that is closed after a reservation in vain does not reserve later either.
func TestMPSCSenderClosesAfterItHasWaited(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	p, q := newPeer(), newPeer()
	waits := rx.Recv()
	pends(t, p, &waits)
	fails(t, tx.TrySend(1), nil)
	p.woken(t, 1)
	op := tx.Reserve()
	pends(t, q, &op)
	op.Drop()
	q.gone(t)
	tx.Close()
	again := tx.Reserve()
	_, err := again.Poll(&q.cx).Result()
	fails(t, err, coord.ErrClosed)
	comes(t, p, &waits, 1, nil)
	over := rx.Recv()
	comes(t, p, &over, 0, coord.ErrClosed)
}

// A permit outlives the close of its sender: the receiver waits for what is sent with it.
func TestMPSCPermitOutlivesItsSender(t *testing.T) {
	tx, rx := coord.MPSC[int](3)
	p, q := newPeer(), newPeer()
	waits := rx.Recv()
	pends(t, p, &waits)
	op := tx.Reserve()
	permit := permitOf(t, q, &op)
	tx.Close()
	p.woken(t, 0)
	pends(t, p, &waits)
	fails(t, permit.Send(7), nil)
	p.woken(t, 1)
	comes(t, p, &waits, 7, nil)
	over := rx.Recv()
	comes(t, p, &over, 0, coord.ErrClosed)
}

// Many permits are acquired at once, in different numbers one after the other, also by who has given up to wait for
// another number.
func TestSemaphoreAcquireManyInTurns(t *testing.T) {
	s := coord.NewSemaphore(4)
	h := newHand()
	four := ready(t, h, opOf(s.Acquire(4)))
	free(t, s, 0)
	for _, n := range []int{4, 2, 3, 1} { // another number each time
		op := s.Acquire(n)
		pending(t, h, &op)
		op.Drop()
	}
	two := s.Acquire(2)
	pending(t, h, &two)
	one, ok := four.Split(1)
	if !ok {
		t.Fatal("no permit to split off")
	}
	one.Release()
	pending(t, h, &two)
	four.Release()
	got := ready(t, h, &two)
	if got.Count() != 2 {
		t.Errorf("%d permits, want 2", got.Count())
	}
	free(t, s, 2)
	again := ready(t, h, opOf(s.Acquire(2)))
	got.Release()
	again.Release()
	free(t, s, 4)
}

// A permit for no values is ready at once, also where others wait for room.
func TestReserveOfNothing(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	defer rx.Drop()
	if err := tx.TrySend(1); err != nil {
		t.Fatal(err)
	}
	p, q := newPeer(), newPeer()
	waits := tx.Send(2)
	pends(t, p, &waits)
	none := tx.ReserveMany(0)
	out := none.Poll(&q.cx)
	if out.IsPending() {
		t.Error("a permit for nothing waits for room")
		none.Drop()
	}
	if _, err := tx.TryReserveMany(0); err != nil {
		t.Errorf("TryReserveMany of nothing: %v", err)
	}
	waits.Drop()
}

// A sender that was closed, and is asked again and again, lets others run.
func TestClosedSendersSpend(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	defer rx.Drop()
	tx.Close()
	b := waker.NewBudget(0)
	p := newPeerWith(&b)
	send, reserve := tx.Send(1), tx.Reserve()
	pends(t, p, &send)
	pends(t, p, &reserve)
	p.woken(t, 2)
	b.Refill(2)
	comes(t, p, &send, future.Unit{}, coord.ErrClosed)
	comes(t, p, &reserve, coord.SendPermit[int]{}, coord.ErrClosed)
}
