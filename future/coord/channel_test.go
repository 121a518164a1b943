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

// What all channels have in common.

func TestChannelKeepsTheOrder(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		for round := range 5 {
			sendAll(t, tx, round, room)
			is(t, "the length", rx.Len(), room)
			is(t, "the length", tx.Len(), room)
			recvAll(t, rx, round, room)
			_, err := rx.TryRecv()
			fails(t, err, coord.ErrEmpty)
		}
	})
}

func TestChannelAwait(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		inFunction(t, func(co *future.Co) error {
			go func() {
				_ = tx.send(1)
				_ = tx.send(2)
				tx.Close()
			}()
			for want := 1; want <= 2; want++ {
				v, err := rx.Recv().Await(co)
				result(t, v, err, want, nil)
			}
			_, err := rx.Recv().Await(co)
			fails(t, err, coord.ErrClosed, "all senders were closed")
			return nil
		})
	})
}

func TestChannelWakesTheReceiver(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		p, q := newPeer(), newPeer()
		recv := rx.Recv()
		pends(t, p, &recv)
		pends(t, q, &recv) // another task
		p.gone(t)
		sendAll(t, tx, 1, 2)
		q.woken(t, 1)
		p.woken(t, 0)
		comes(t, p, &recv, 1, nil)
		q.gone(t)
		mustPanic(t, func() { recv.Poll(&p.cx) }, "RecvOp", "after Ready")
		recv = rx.Recv()
		comes(t, p, &recv, 2, nil)
	})
}

func TestChannelRecvMany(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		p := newPeer()
		buf := make([]int, 40)
		none := rx.RecvMany(nil)
		comes(t, p, &none, 0, nil)
		many := rx.RecvMany(buf)
		pends(t, p, &many)
		sendAll(t, tx, 0, 70)
		p.woken(t, 1)
		comes(t, p, &many, 40, nil)
		is(t, "the last", buf[39], 39)
		is(t, "the length", rx.Len(), 30)
		many = rx.RecvMany(buf)
		comes(t, p, &many, 30, nil)
		is(t, "the last", buf[29], 69)
		sendAll(t, tx, 0, 1)
		recvAll(t, rx, 0, 1)
		many = rx.RecvMany(buf)
		pends(t, p, &many)
		tx.Close()
		p.woken(t, 1)
		comes(t, p, &many, 0, coord.ErrClosed)
		is(t, "what buf has", buf[29], 69)
		none = rx.RecvMany(buf[:0])
		comes(t, p, &none, 0, nil)
		mustPanic(t, func() { none.Poll(&p.cx) }, "RecvManyOp")
		p.gone(t)
	})
}

func TestChannelSendersClose(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		other := tx.clone()
		p := newPeer()
		recv := rx.Recv()
		pends(t, p, &recv)
		tx.Close()
		tx.Close()
		p.woken(t, 0)
		is(t, "IsClosed", rx.IsClosed(), false)
		fails(t, tx.send(1), coord.ErrClosed, "this sender was closed")
		mustPanic(t, func() { tx.clone() }, "Clone")
		other.Drop()
		p.woken(t, 1)
		is(t, "IsClosed", rx.IsClosed(), true)
		comes(t, p, &recv, 0, coord.ErrClosed)
		_, err := rx.TryRecv()
		fails(t, err, coord.ErrClosed)
	})
}

// What was sent before the senders were closed is received.
func TestChannelSendersCloseBehindValues(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		sendAll(t, tx, 0, 50)
		tx.Close()
		is(t, "IsClosed", rx.IsClosed(), true)
		is(t, "the length", rx.Len(), 50)
		recvAll(t, rx, 0, 50)
		p := newPeer()
		recv := rx.Recv()
		comes(t, p, &recv, 0, coord.ErrClosed)
	})
}

func TestChannelReceiverCloses(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		p, q := newPeer(), newPeer()
		closed, recv := tx.Closed(), rx.Recv()
		pends(t, p, &closed)
		sendAll(t, tx, 0, 2)
		rx.Close()
		rx.Close()
		p.woken(t, 1)
		comes(t, p, &closed, future.Unit{}, nil)
		is(t, "IsClosed", tx.IsClosed() && rx.IsClosed(), true)
		fails(t, tx.send(2), coord.ErrClosed, "receiver was closed")
		comes(t, q, &recv, 0, nil)
		recvAll(t, rx, 1, 1)
		_, err := rx.TryRecv()
		fails(t, err, coord.ErrClosed, "the receiver was closed")
		recv = rx.Recv()
		comes(t, q, &recv, 0, coord.ErrClosed)
		tx.Close()
	})
}

// A receive that waits is told when the receiver closes.
func TestChannelCloseWakesTheReceiver(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		p := newPeer()
		recv := rx.Recv()
		pends(t, p, &recv)
		rx.Close()
		p.woken(t, 1)
		comes(t, p, &recv, 0, coord.ErrClosed)
		p.gone(t)
	})
}

func TestChannelReceiverDropped(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		sendAll(t, tx, 0, 3)
		future.Discard(rx)
		rx.Drop()
		is(t, "the length", tx.Len(), 0)
		fails(t, tx.send(2), coord.ErrClosed, "dropped")
		inFunction(t, func(co *future.Co) error {
			_, err := tx.Closed().Await(co)
			return err
		})
	})
}

// What is in a channel is discarded with its receiver, all of it, though one of them panics.
func TestChannelDiscardsWhatNobodyReceives(t *testing.T) {
	dropped := 0
	tx, rx := coord.UnboundedMPSC[any]()
	for i := range 100 {
		if i == 40 {
			fails(t, tx.Send(funcDropper(func() { panic("coord: a Drop") })), nil)
		}
		fails(t, tx.Send(owned{&dropped}), nil)
	}
	_, err := rx.TryRecv()
	fails(t, err, nil)
	mustPanic(t, rx.Drop, "a Drop")
	is(t, "discarded", dropped, 99)
	fails(t, tx.Send(owned{&dropped}), coord.ErrClosed)
	is(t, "discarded", dropped, 99)
}

type funcDropper func()

func (f funcDropper) Drop() { f() }

func TestChannelStates(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		state := func(length int, closed bool) {
			t.Helper()
			is(t, "the length", rx.Len(), length)
			is(t, "the sender's length", tx.Len(), length)
			is(t, "IsEmpty", rx.IsEmpty(), length == 0)
			is(t, "IsClosed", rx.IsClosed(), closed)
			if rx.MaxCapacity() == room {
				is(t, "the capacity", rx.Capacity(), room-length)
			}
		}
		state(0, false)
		sendAll(t, tx, 0, 1)
		state(1, false)
		sendAll(t, tx, 1, room-1)
		state(room, false)
		recvAll(t, rx, 0, room-1)
		state(1, false)
		recvAll(t, rx, room-1, 1)
		state(0, false)
		sendAll(t, tx, 0, 33)
		recvAll(t, rx, 0, 32)
		state(1, false)
		other := tx.clone()
		tx.Close()
		state(1, false)
		other.Close()
		state(1, true)
		recvAll(t, rx, 32, 1)
		state(0, true)
	})
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		sendAll(t, tx, 0, 2)
		rx.Close()
		is(t, "IsClosed", rx.IsClosed(), true)
		is(t, "the length", rx.Len(), 2)
		tx.Close()
		is(t, "the length", rx.Len(), 2)
		recvAll(t, rx, 0, 2)
		is(t, "the length", rx.Len(), 0)
	})
}

// A receive that is given up, before or after a value came, leaves it to the next.
func TestChannelAbandonedReceiveLosesNothing(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		for i, turn := range []bool{false, true} {
			p := newPeer()
			recv, many := rx.Recv(), rx.RecvMany(make([]int, 2))
			pends(t, p, &recv)
			if turn {
				sendAll(t, tx, i, 1)
			}
			recv.Drop()
			recv.Drop()
			p.gone(t)
			if !turn {
				pends(t, p, &many)
				sendAll(t, tx, i, 1)
			}
			many.Drop()
			p.gone(t)
			recvAll(t, rx, i, 1)
		}
	})
}

func TestChannelInCombinators(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		inFunction(t, func(co *future.Co) error {
			_, err := clock.Timeout(rx.Recv(), time.Microsecond).Await(co)
			fails(t, err, clock.ErrTimeout)
			sendAll(t, tx, 7, 1)
			e, err := future.Select2(tx.Closed(), rx.Recv()).Await(co)
			is(t, "the value", e.Second, 7)
			return err
		})
	})
}

// A poll without budget leaves the value where it is, and its task is polled again.
func TestChannelIsCooperative(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		b := waker.NewBudget(0)
		p := newPeerWith(&b)
		recv, many := rx.Recv(), rx.RecvMany(make([]int, 9))
		sendAll(t, tx, 7, 3)
		pends(t, p, &recv)
		pends(t, p, &many)
		p.woken(t, 2)
		is(t, "the length", rx.Len(), 3)
		b.Refill(2)
		comes(t, p, &recv, 7, nil)
		comes(t, p, &many, 2, nil)
	})
}

// Nor does a task that goes on asking, after the end or for no values, keep its worker from others.
func TestChannelIsCooperativeWithNothingToReceive(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		b := waker.NewBudget(0)
		p := newPeerWith(&b)
		none := rx.RecvMany(nil)
		pends(t, p, &none)
		tx.Close()
		recv, many := rx.Recv(), rx.RecvMany(make([]int, 1))
		pends(t, p, &recv)
		pends(t, p, &many)
		p.woken(t, 3)
		b.Refill(3)
		comes(t, p, &none, 0, nil)
		comes(t, p, &recv, 0, coord.ErrClosed)
		comes(t, p, &many, 0, coord.ErrClosed)
	})
}

func TestChannelBlockingRecv(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		r := rx.(interface {
			BlockingRecv(ctx context.Context) (int, error)
		})
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errTest)
		_, err := r.BlockingRecv(ctx)
		fails(t, err, errTest)
		go func() {
			_ = tx.send(7)
			tx.Close()
		}()
		v, err := r.BlockingRecv(context.Background())
		result(t, v, err, 7, nil)
		_, err = r.BlockingRecv(context.Background())
		fails(t, err, coord.ErrClosed)
	})
}

func TestChannelAllocatesNothing(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		buf := make([]int, room)
		recv := new(coord.RecvOp[int])
		steady(t, "send and receive", func(co *future.Co) {
			for range room {
				_ = tx.send(1)
			}
			for range room / 2 {
				if _, err := rx.Recv().Await(co); err != nil {
					t.Error(err)
				}
			}
			if n, err := rx.RecvMany(buf).Await(co); n != room/2 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			*recv = rx.Recv()
			recv.Poll(co.Context())
			recv.Drop()
		})
	})
}

func TestChannelWeakSenders(t *testing.T) {
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		senders := func(strong, weak int) {
			t.Helper()
			s, w := rx.Senders()
			if s != strong || w != weak {
				t.Fatalf("%d senders and %d weak ones, want %d and %d", s, w, strong, weak)
			}
		}
		senders(1, 0)
		w := tx.downgrade()
		senders(1, 1)
		other, ok := w.upgrade()
		is(t, "upgraded", ok, true)
		senders(2, 1)
		sendAll(t, other, 1, 1)
		tx.Close()
		senders(1, 1)
		sendAll(t, other, 2, 1)
		v := w.clone()
		third := other.clone()
		senders(2, 2)
		if s, u := v.senders(); s != 2 || u != 2 {
			t.Fatalf("%d, %d", s, u)
		}
		if s, u := other.Senders(); s != 2 || u != 2 {
			t.Fatalf("%d, %d", s, u)
		}
		other.Close()
		third.Close()
		third.Close()
		senders(0, 2)
		is(t, "IsClosed", rx.IsClosed(), true)
		_, ok = w.upgrade()
		is(t, "upgraded", ok, false)
		w.drop()
		w.drop()
		senders(0, 1)
		recvAll(t, rx, 1, 2)
		_, err := rx.TryRecv()
		fails(t, err, coord.ErrClosed)
	})
	eachChannel(t, func(t *testing.T, tx end, rx receiver) {
		w := tx.downgrade()
		w.drop()
		_, ok := w.upgrade()
		is(t, "upgraded after Drop", ok, false)
		rx.Drop()
		w = tx.downgrade()
		other, ok := w.upgrade()
		is(t, "upgraded without a receiver", ok, true)
		fails(t, other.send(1), coord.ErrClosed)
	})
}

func TestChannelMisuse(t *testing.T) {
	mustPanic(t, func() { coord.MPSC[int](0) }, "MPSC", "capacity of 0", "1 or more")
	mustPanic(t, func() { coord.MPMC[int](-1) }, "MPMC", "capacity of -1", "1 or more")
	p := newPeer()
	mustPanic(t, func() { new(coord.RecvOp[int]).Poll(&p.cx) }, "RecvOp", "zero")
	mustPanic(t, func() { new(coord.RecvManyOp[int]).Poll(&p.cx) }, "RecvManyOp", "zero")
	mustPanic(t, func() { new(coord.SendOp[int]).Poll(&p.cx) }, "SendOp", "zero")
	mustPanic(t, func() { new(coord.ReserveOp[int]).Poll(&p.cx) }, "ReserveOp", "zero")
	mustPanic(t, func() { _ = new(coord.SendPermit[int]).Send(1) }, "SendPermit", "zero")
	new(coord.RecvOp[int]).Drop()
	new(coord.RecvManyOp[int]).Drop()
	new(coord.SendOp[int]).Drop()
	new(coord.ReserveOp[int]).Drop()
	new(coord.SendPermit[int]).Drop()
	for _, s := range []*coord.Sender[int]{nil, new(coord.Sender[int])} {
		mustPanic(t, func() { s.Send(1) }, "Sender", "MPSC and MPMC make them")
	}
	for _, s := range []*coord.UnboundedSender[int]{nil, new(coord.UnboundedSender[int])} {
		mustPanic(t, func() { _ = s.Send(1) }, "UnboundedSender", "make them")
	}
	for _, s := range []*coord.WeakSender[int]{nil, new(coord.WeakSender[int])} {
		mustPanic(t, func() { s.Upgrade() }, "WeakSender", "Downgrade makes them")
	}
	for _, s := range []*coord.WeakUnboundedSender[int]{nil, new(coord.WeakUnboundedSender[int])} {
		mustPanic(t, func() { s.Upgrade() }, "WeakUnboundedSender", "Downgrade makes them")
	}
	for _, r := range []*coord.Receiver[int]{nil, new(coord.Receiver[int])} {
		mustPanic(t, func() { r.Recv() }, "Receiver", "make them")
	}
	for _, r := range []*coord.SharedReceiver[int]{nil, new(coord.SharedReceiver[int])} {
		mustPanic(t, func() { r.Recv() }, "SharedReceiver", "make them")
	}
	_, rx := coord.MPSC[int](1)
	recv, second := rx.Recv(), rx.Recv()
	pends(t, p, &recv)
	mustPanic(t, func() { second.Poll(&p.cx) }, "second Recv", "MPMC")
	_, shared := coord.MPMC[int](1)
	shared.Drop()
	mustPanic(t, func() { shared.Recv() }, "Recv of a SharedReceiver that was dropped")
	mustPanic(t, func() { shared.Clone() }, "Clone of a SharedReceiver that was dropped")
}
