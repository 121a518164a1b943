package coord_test

import (
	"context"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

func permitOf(t *testing.T, p *peer, op *coord.ReserveOp[int]) coord.SendPermit[int] {
	t.Helper()
	out := op.Poll(&p.cx)
	v, err := out.Result()
	if out.IsPending() || err != nil {
		t.Fatalf("ready %v, %v; want a permit", out.IsReady(), err)
	}
	return v
}

func tryPermit(t *testing.T, tx *coord.Sender[int], n int) coord.SendPermit[int] {
	t.Helper()
	p, err := tx.TryReserveMany(n)
	fails(t, err, nil)
	is(t, "the permit's length", p.Len(), n)
	return p
}

func TestMPSCSendWaitsForRoom(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	p, q := newPeer(), newPeer()
	first, second, third := tx.Send(1), tx.Send(2), tx.Send(3)
	comes(t, p, &first, future.Unit{}, nil)
	pends(t, p, &second)
	pends(t, p, &second)
	pends(t, q, &third)
	fails(t, tx.TrySend(4), coord.ErrFull)
	recvAll(t, rx, 1, 1)
	p.woken(t, 1)
	q.woken(t, 0)
	fails(t, tx.TrySend(4), coord.ErrFull) // the room is second's
	is(t, "the capacity", tx.Capacity(), 0)
	is(t, "the length", tx.Len(), 0)
	comes(t, p, &second, future.Unit{}, nil)
	mustPanic(t, func() { second.Poll(&p.cx) }, "SendOp", "after Ready")
	recvAll(t, rx, 2, 1)
	q.woken(t, 1)
	comes(t, p, &third, future.Unit{}, nil)
	recvAll(t, rx, 3, 1)
	is(t, "the capacity", tx.Capacity(), 1)
	p.gone(t)
	q.gone(t)
}

// Who was there first sends first, also if somebody comes when there is room again.
func TestMPSCSendersAreServedInOrder(t *testing.T) {
	tx, rx := coord.MPSC[int](2)
	sendAll(t, ofBounded(tx), 0, 2)
	peers := make([]*peer, 20) // more than are woken for one locking of the line
	ops := make([]coord.SendOp[int], len(peers))
	for i := range peers {
		peers[i], ops[i] = newPeer(), tx.Send(2+i)
		pends(t, peers[i], &ops[i])
	}
	for i := range peers {
		recvAll(t, rx, i, 1)
		peers[i].woken(t, 1)
		comes(t, peers[i], &ops[i], future.Unit{}, nil)
		peers[i].gone(t)
	}
	recvAll(t, rx, 20, 2)
}

func TestMPSCReceiveOfManyServesAllThatFit(t *testing.T) {
	tx, rx := coord.MPSC[int](20)
	sendAll(t, ofBounded(tx), 0, 20)
	peers := make([]*peer, 30)
	ops := make([]coord.SendOp[int], len(peers))
	for i := range peers {
		peers[i], ops[i] = newPeer(), tx.Send(20+i)
		pends(t, peers[i], &ops[i])
	}
	many := rx.RecvMany(make([]int, 100))
	comes(t, newPeer(), &many, 20, nil)
	for i, p := range peers {
		if i < 20 {
			p.woken(t, 1)
			comes(t, p, &ops[i], future.Unit{}, nil)
		} else {
			p.woken(t, 0)
			ops[i].Drop()
		}
		p.gone(t)
	}
	recvAll(t, rx, 20, 20)
	is(t, "the capacity", rx.Capacity(), 20)
}

// A send that is given up, in line or when its turn had come, was not done, and its room is the next one's.
func TestMPSCAbandonedSendLosesNothing(t *testing.T) {
	for _, turn := range []bool{false, true} {
		tx, rx := coord.MPSC[int](1)
		p, q := newPeer(), newPeer()
		sendAll(t, ofBounded(tx), 0, 1)
		first, second := tx.Send(7), tx.Send(1)
		pends(t, p, &first)
		pends(t, q, &second)
		if turn {
			recvAll(t, rx, 0, 1)
			p.woken(t, 1)
		}
		first.Drop()
		first.Drop()
		p.gone(t)
		if !turn {
			recvAll(t, rx, 0, 1)
			p.woken(t, 0)
		}
		q.woken(t, 1)
		comes(t, q, &second, future.Unit{}, nil)
		recvAll(t, rx, 1, 1)
		is(t, "the capacity", tx.Capacity(), 1)
	}
}

func TestMPSCReserve(t *testing.T) {
	tx, rx := coord.MPSC[int](2)
	p, q := newPeer(), newPeer()
	one, two, three, four := tx.Reserve(), tx.Reserve(), tx.Reserve(), tx.Reserve()
	permit1 := permitOf(t, p, &one)
	permit2 := permitOf(t, p, &two)
	pends(t, p, &three)
	pends(t, q, &four)
	_, err := tx.TryReserve()
	fails(t, err, coord.ErrFull)
	fails(t, permit1.Send(1), nil)
	p.woken(t, 0)
	recvAll(t, rx, 1, 1)
	p.woken(t, 1)
	q.woken(t, 0)
	permit2.Drop()
	permit2.Drop()
	q.woken(t, 1)
	five := tx.Reserve()
	pends(t, p, &five)
	permitOf(t, p, &three).Drop()
	permitOf(t, q, &four).Drop()
	permitOf(t, p, &five).Drop()
	is(t, "the capacity", tx.Capacity(), 2)
	mustPanic(t, func() { five.Poll(&p.cx) }, "ReserveOp", "after Ready")
}

// A permit is good for so many values; what is left of it is given back, and it is used up once.
func TestMPSCPermits(t *testing.T) {
	tx, rx := coord.MPSC[int](5)
	permit := tryPermit(t, tx, 3)
	defer permit.Drop()
	is(t, "the capacity", tx.Capacity(), 2)
	fails(t, permit.Send(1), nil)
	fails(t, permit.Send(2), nil)
	is(t, "the permit's length", permit.Len(), 1)
	is(t, "the capacity", tx.Capacity(), 2)
	fails(t, permit.Send(3), nil)
	mustPanic(t, func() { _ = permit.Send(4) }, "SendPermit", "used up")
	recvAll(t, rx, 1, 3)
	permit.Drop()
	is(t, "the capacity", tx.Capacity(), 5)
	permit = tryPermit(t, tx, 5)
	fails(t, permit.Send(1), nil)
	old := permit
	permit.Drop()
	is(t, "the capacity", tx.Capacity(), 4)
	// Another permit is not mixed up with one that was dropped.
	permit = tryPermit(t, tx, 4)
	old.Drop()
	is(t, "the old permit's length", old.Len(), 0)
	is(t, "the permit's length", permit.Len(), 4)
	mustPanic(t, func() { _ = old.Send(4) }, "dropped")
	future.Discard(permit)
	is(t, "the capacity", tx.Capacity(), 4)
}

func TestMPSCReserveManyWaitsForAll(t *testing.T) {
	tx, rx := coord.MPSC[int](3)
	p, q := newPeer(), newPeer()
	sendAll(t, ofBounded(tx), 0, 2)
	many, one := tx.ReserveMany(3), tx.Send(7)
	pends(t, p, &many)
	pends(t, q, &one) // there is room for it, but many was first
	recvAll(t, rx, 0, 1)
	p.woken(t, 0)
	q.woken(t, 0)
	recvAll(t, rx, 1, 1)
	p.woken(t, 1)
	permit := permitOf(t, p, &many)
	pends(t, q, &one)
	for i := range 3 {
		fails(t, permit.Send(i), nil)
	}
	recvAll(t, rx, 0, 3)
	q.woken(t, 1)
	comes(t, q, &one, future.Unit{}, nil)
}

// One that wants much and gives up lets those through that want less.
func TestMPSCAbandonedReserveManyLetsOthersThrough(t *testing.T) {
	tx, _ := coord.MPSC[int](3)
	p, q := newPeer(), newPeer()
	sendAll(t, ofBounded(tx), 0, 2)
	many, one := tx.ReserveMany(2), tx.Send(7)
	pends(t, p, &many)
	pends(t, q, &one)
	many.Drop()
	p.gone(t)
	q.woken(t, 1)
	comes(t, q, &one, future.Unit{}, nil)
}

func TestMPSCReserveManyEdges(t *testing.T) {
	tx, rx := coord.MPSC[int](3)
	p := newPeer()
	above := tx.ReserveMany(4)
	_, err := above.Poll(&p.cx).Result()
	fails(t, err, coord.ErrCapacity, "4", "3")
	_, err = tx.TryReserveMany(4)
	fails(t, err, coord.ErrCapacity, "4", "3")
	mustPanic(t, func() { tx.ReserveMany(-1) }, "ReserveMany of -1")
	mustPanic(t, func() { _, _ = tx.TryReserveMany(-1) }, "ReserveMany of -1")
	all := tryPermit(t, tx, 3)
	none := tx.ReserveMany(0)
	permit := permitOf(t, p, &none)
	is(t, "the permit's length", permit.Len(), 0)
	permit.Drop()
	tryPermit(t, tx, 0).Drop()
	_, err = tx.TryReserveMany(1)
	fails(t, err, coord.ErrFull)
	all.Drop()
	rx.Close()
	_, err = tx.TryReserveMany(1)
	fails(t, err, coord.ErrClosed)
	one := tx.ReserveMany(1)
	_, err = one.Poll(&p.cx).Result()
	fails(t, err, coord.ErrClosed)
	tx.Close()
	one = tx.ReserveMany(1)
	_, err = one.Poll(&p.cx).Result()
	fails(t, err, coord.ErrClosed, "this sender was closed")
}

// A closed receiver waits for the permits that are out, and is told when there are none.
func TestMPSCClosedReceiverWaitsForPermits(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, p coord.SendPermit[int]){
		"dropped":           func(t *testing.T, p coord.SendPermit[int]) { p.Drop() },
		"dropped in part":   func(t *testing.T, p coord.SendPermit[int]) { fails(t, p.Send(7), nil); p.Drop() },
		"sent, all of it":   func(t *testing.T, p coord.SendPermit[int]) { fails(t, p.Send(7), nil); fails(t, p.Send(8), nil) },
		"sent, sender gone": func(t *testing.T, p coord.SendPermit[int]) { fails(t, p.Send(7), nil); fails(t, p.Send(8), nil) },
	} {
		t.Run(name, func(t *testing.T) {
			tx, rx := coord.MPSC[int](2)
			p := newPeer()
			permit := tryPermit(t, tx, 2)
			if name == "sent, sender gone" {
				tx.Close()
				is(t, "IsClosed", rx.IsClosed(), false)
			} else {
				rx.Close()
				is(t, "IsClosed", rx.IsClosed(), true)
			}
			recv := rx.Recv()
			pends(t, p, &recv)
			end(t, permit)
			p.woken(t, 1)
			is(t, "IsClosed", rx.IsClosed(), true)
			for rx.Len() > 0 {
				if v, err := recv.Poll(&p.cx).Result(); v < 7 || err != nil {
					t.Fatal(v, err)
				}
				recv = rx.Recv()
			}
			comes(t, p, &recv, 0, coord.ErrClosed)
			p.gone(t)
		})
	}
}

// Those in line fail when the receiver closes; who had its turn before that may still send.
func TestMPSCCloseAgainstThoseInLine(t *testing.T) {
	for _, drop := range []bool{false, true} {
		tx, rx := coord.MPSC[int](1)
		p, q, r := newPeer(), newPeer(), newPeer()
		permit := tryPermit(t, tx, 1)
		turn, inLine := tx.Reserve(), tx.Send(9)
		pends(t, p, &turn)
		pends(t, q, &inLine)
		permit.Drop()
		p.woken(t, 1)
		rx.Close()
		q.woken(t, 1)
		comes(t, q, &inLine, future.Unit{}, coord.ErrClosed)
		recv := rx.Recv()
		pends(t, r, &recv)
		if drop {
			turn.Drop()
			r.woken(t, 1)
			comes(t, r, &recv, 0, coord.ErrClosed)
			continue
		}
		permit = permitOf(t, p, &turn)
		r.woken(t, 0)
		fails(t, permit.Send(7), nil)
		r.woken(t, 1)
		comes(t, r, &recv, 7, nil)
		_, err := rx.TryRecv()
		fails(t, err, coord.ErrClosed)
	}
}

// A permit whose receiver was dropped sends nothing.
func TestMPSCPermitWithoutReceiver(t *testing.T) {
	tx, rx := coord.MPSC[int](2)
	permit := tryPermit(t, tx, 2)
	rx.Drop()
	fails(t, permit.Send(1), coord.ErrClosed)
	permit.Drop()
	is(t, "the length", tx.Len(), 0)
}

func TestMPSCTryRecvWithPermitOut(t *testing.T) {
	tx, rx := coord.MPSC[int](2)
	sendAll(t, ofBounded(tx), 1, 1)
	permit := tryPermit(t, tx, 1)
	rx.Close()
	recvAll(t, rx, 1, 1)
	_, err := rx.TryRecv()
	fails(t, err, coord.ErrEmpty)
	fails(t, permit.Send(2), nil)
	recvAll(t, rx, 2, 1)
	_, err = rx.TryRecv()
	fails(t, err, coord.ErrClosed)
}

func TestMPSCSendChangesTask(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	p, q := newPeer(), newPeer()
	sendAll(t, ofBounded(tx), 1, 1)
	send := tx.Send(2)
	pends(t, p, &send)
	pends(t, q, &send)
	p.gone(t)
	recvAll(t, rx, 1, 1)
	p.woken(t, 0)
	q.woken(t, 1)
	comes(t, p, &send, future.Unit{}, nil)
}

func TestMPSCSendIsCooperative(t *testing.T) {
	b := waker.NewBudget(0)
	p := newPeerWith(&b)
	tx, rx := coord.MPSC[int](1)
	send, reserve := tx.Send(1), tx.Reserve()
	pends(t, p, &send)
	pends(t, p, &reserve)
	p.woken(t, 2)
	b.Refill(2)
	comes(t, p, &send, future.Unit{}, nil)
	pends(t, p, &reserve)
	recvAll(t, rx, 1, 1)
	p.woken(t, 1)
	pends(t, p, &reserve) // its turn has come, its budget has not
	p.woken(t, 1)
	fails(t, tx.TrySend(1), coord.ErrFull)
	b.Refill(1)
	permitOf(t, p, &reserve).Drop()

	sendAll(t, ofBounded(tx), 1, 1)
	b.Refill(1)
	send = tx.Send(2)
	pends(t, p, &send)
	recvAll(t, rx, 1, 1)
	pends(t, p, &send)
	send.Drop()
	is(t, "the capacity", tx.Capacity(), 1)
}

func TestMPSCBlockingSend(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	fails(t, tx.BlockingSend(context.Background(), 1), nil)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errTest)
	fails(t, tx.BlockingSend(ctx, 2), errTest)
	go func() {
		v, err := rx.BlockingRecv(context.Background())
		result(t, v, err, 1, nil)
	}()
	fails(t, tx.BlockingSend(context.Background(), 2), nil)
	recvAll(t, rx, 2, 1)
	rx.Drop()
	fails(t, tx.BlockingSend(context.Background(), 3), coord.ErrClosed)
}

func TestMPSCTimeoutOfASend(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	inFunction(t, func(co *future.Co) error {
		if _, err := tx.Send(1).Await(co); err != nil {
			return err
		}
		_, err := clock.Timeout(tx.Send(2), time.Microsecond).Await(co)
		fails(t, err, clock.ErrTimeout)
		recvAll(t, rx, 1, 1)
		_, err = tx.Send(3).Await(co)
		recvAll(t, rx, 3, 1)
		return err
	})
}

func TestMPSCSameChannel(t *testing.T) {
	a, _ := coord.MPSC[int](1)
	b, _ := coord.MPSC[int](1)
	is(t, "the same", a.SameChannel(a.Clone()), true)
	is(t, "the same", a.SameChannel(b), false)
	c, _ := coord.UnboundedMPSC[int]()
	is(t, "the same", c.SameChannel(c.Clone()), true)
	is(t, "the maximum", a.MaxCapacity(), 1)
}

func TestMPSCAllocatesNothing(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	send, recv := new(coord.SendOp[int]), new(coord.RecvOp[int])
	steady(t, "send, reserve, wait", func(co *future.Co) {
		_, _ = tx.Send(1).Await(co)
		*send = tx.Send(2)
		send.Poll(co.Context())
		_, _ = rx.Recv().Await(co)
		send.Drop()
		p, err := tx.Reserve().Await(co)
		if err != nil || p.Send(1) != nil {
			t.Error(err)
		}
		_, _ = rx.Recv().Await(co)
		*recv = rx.Recv()
		recv.Poll(co.Context())
		recv.Drop()
	})
	is(t, "the length", rx.Len(), 0)
}
