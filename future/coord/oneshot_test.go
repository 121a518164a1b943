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

func TestOneshotSendWakesReceiver(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	p := newPeer()
	recv := rx.Recv()
	pends(t, p, &recv)
	pends(t, p, &recv)
	fails(t, tx.Send(7), nil)
	p.woken(t, 1)
	comes(t, p, &recv, 7, nil)
	p.gone(t)
}

func TestOneshotAwait(t *testing.T) {
	tx, rx := coord.Oneshot[string]()
	inFunction(t, func(co *future.Co) error {
		if err := tx.Send("hello"); err != nil {
			return err
		}
		v, err := rx.Recv().Await(co)
		is(t, "the value", v, "hello")
		return err
	})
}

func TestOneshotCloseWithoutSending(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	p := newPeer()
	recv := rx.Recv()
	pends(t, p, &recv)
	tx.Close()
	tx.Close()
	p.woken(t, 1)
	comes(t, p, &recv, 0, coord.ErrClosed)
	_, err := rx.TryRecv()
	fails(t, err, coord.ErrClosed, "OneshotSender was closed")
	fails(t, err, future.ErrClosed)
}

func TestOneshotCloseAfterSendIsNothing(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	fails(t, tx.Send(7), nil)
	tx.Close()
	v, err := rx.TryRecv()
	result(t, v, err, 7, nil)
}

func TestOneshotDroppedReceiverTellsTheSender(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	p := newPeer()
	closed := tx.Closed()
	pends(t, p, &closed)
	is(t, "IsClosed", tx.IsClosed(), false)
	rx.Drop()
	rx.Drop()
	p.woken(t, 1)
	is(t, "IsClosed", tx.IsClosed(), true)
	comes(t, p, &closed, future.Unit{}, nil)
	fails(t, tx.Send(7), coord.ErrClosed, "OneshotReceiver")
	fails(t, tx.Send(7), coord.ErrClosed)
	p.gone(t)
}

func TestOneshotClosedOfOneThatIsGone(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	rx.Drop()
	inFunction(t, func(co *future.Co) error {
		_, err := tx.Closed().Await(co)
		return err
	})
}

// Closed is ready, too, when the value was received: nothing is left to be done.
func TestOneshotClosedAfterTheReceive(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	p, q := newPeer(), newPeer()
	one, two := tx.Closed(), tx.Closed()
	pends(t, p, &one)
	pends(t, q, &two)
	fails(t, tx.Send(7), nil)
	pends(t, p, &one)
	two.Drop()
	q.gone(t)
	v, err := rx.TryRecv()
	result(t, v, err, 7, nil)
	p.woken(t, 1)
	q.woken(t, 0)
	comes(t, p, &one, future.Unit{}, nil)
}

func TestOneshotExplicitClose(t *testing.T) {
	t.Run("before the send", func(t *testing.T) {
		tx, rx := coord.Oneshot[int]()
		p, q := newPeer(), newPeer()
		closed, recv := tx.Closed(), rx.Recv()
		pends(t, p, &closed)
		pends(t, q, &recv)
		rx.Close()
		p.woken(t, 1)
		q.woken(t, 1)
		comes(t, p, &closed, future.Unit{}, nil)
		comes(t, q, &recv, 0, coord.ErrClosed)
		fails(t, tx.Send(7), coord.ErrClosed)
		_, err := rx.TryRecv()
		fails(t, err, coord.ErrClosed, "this OneshotReceiver was closed")
	})
	t.Run("after the send", func(t *testing.T) {
		tx, rx := coord.Oneshot[int]()
		fails(t, tx.Send(17), nil)
		rx.Close()
		is(t, "IsClosed", tx.IsClosed(), false)
		v, err := rx.TryRecv()
		result(t, v, err, 17, nil)
	})
	t.Run("after the sender's", func(t *testing.T) {
		tx, rx := coord.Oneshot[int]()
		tx.Close()
		rx.Close()
		_, err := rx.TryRecv()
		fails(t, err, coord.ErrClosed, "OneshotSender")
	})
	t.Run("after the receive", func(t *testing.T) {
		tx, rx := coord.Oneshot[int]()
		fails(t, tx.Send(17), nil)
		v, err := rx.TryRecv()
		result(t, v, err, 17, nil)
		rx.Close()
		rx.Drop()
	})
}

func TestOneshotReceivedTwice(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	_, err := rx.TryRecv()
	fails(t, err, coord.ErrEmpty)
	fails(t, tx.Send(17), nil)
	v, err := rx.TryRecv()
	result(t, v, err, 17, nil)
	_, err = rx.TryRecv()
	fails(t, err, coord.ErrClosed, "received", "before")
	again := rx.Recv()
	comes(t, newPeer(), &again, 0, coord.ErrClosed)
}

// Each side may be polled by one task and then by another: the last one is woken, and nothing is
// kept of the first.
func TestOneshotChangesTask(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	p, q := newPeer(), newPeer()
	closed, recv := tx.Closed(), rx.Recv()
	pends(t, p, &closed)
	pends(t, p, &recv)
	pends(t, q, &closed)
	pends(t, q, &recv)
	p.gone(t)
	fails(t, tx.Send(1), nil)
	q.woken(t, 1)
	comes(t, p, &recv, 1, nil)
	q.woken(t, 1)
	comes(t, p, &closed, future.Unit{}, nil)
	p.woken(t, 0)
	q.gone(t)
}

func TestOneshotStates(t *testing.T) {
	type channel struct {
		tx *coord.OneshotSender[int]
		rx *coord.OneshotReceiver[int]
	}
	try := func(c channel) { _, _ = c.rx.TryRecv() }
	for name, s := range map[string]struct {
		do                func(c channel)
		empty, terminated bool
	}{
		"new":                  {func(channel) {}, true, false},
		"sent":                 {func(c channel) { _ = c.tx.Send(1) }, false, false},
		"sent and received":    {func(c channel) { _ = c.tx.Send(1); try(c) }, true, true},
		"sent and closed":      {func(c channel) { _ = c.tx.Send(1); c.rx.Close() }, false, false},
		"tried":                {try, true, false},
		"sender closed":        {func(c channel) { c.tx.Close() }, true, true},
		"sender closed, tried": {func(c channel) { c.tx.Close(); try(c) }, true, true},
		"receiver closed":      {func(c channel) { c.rx.Close() }, true, true},
		"receiver dropped":     {func(c channel) { _ = c.tx.Send(1); c.rx.Drop() }, true, true},
	} {
		tx, rx := coord.Oneshot[int]()
		s.do(channel{tx, rx})
		if rx.IsEmpty() != s.empty || rx.IsTerminated() != s.terminated {
			t.Errorf("%s: empty %v, terminated %v", name, rx.IsEmpty(), rx.IsTerminated())
		}
	}
}

// What is sent is the channel's: it ends with the receiver. What could not be sent is the caller's.
func TestOneshotDiscardsWhatNobodyReceives(t *testing.T) {
	dropped := 0
	tx, rx := coord.Oneshot[owned]()
	fails(t, tx.Send(owned{&dropped}), nil)
	rx.Drop()
	rx.Drop()
	is(t, "discarded", dropped, 1)

	tx, rx = coord.Oneshot[owned]()
	future.Discard(rx)
	fails(t, tx.Send(owned{&dropped}), coord.ErrClosed)
	is(t, "discarded", dropped, 1)

	tx, rx = coord.Oneshot[owned]()
	future.Discard(tx)
	is(t, "terminated", rx.IsTerminated(), true)
}

// A receive that is given up, before or after its turn has come, leaves the value to the next.
func TestOneshotAbandonedReceiveLosesNothing(t *testing.T) {
	for _, turn := range []bool{false, true} {
		tx, rx := coord.Oneshot[int]()
		p := newPeer()
		recv := rx.Recv()
		pends(t, p, &recv)
		if turn {
			fails(t, tx.Send(7), nil)
		}
		recv.Drop()
		recv.Drop()
		p.gone(t)
		if !turn {
			fails(t, tx.Send(7), nil)
			p.woken(t, 0)
		}
		next := rx.Recv()
		comes(t, p, &next, 7, nil)
	}
}

func TestOneshotInCombinators(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	inFunction(t, func(co *future.Co) error {
		_, err := clock.Timeout(rx.Recv(), time.Microsecond).Await(co)
		fails(t, err, clock.ErrTimeout)
		fails(t, tx.Send(7), nil)
		e, err := future.Select2(tx.Closed(), rx.Recv()).Await(co)
		is(t, "the value", e.Second, 7)
		return err
	})
}

func TestOneshotMisuse(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	p, q := newPeer(), newPeer()
	recv, second := rx.Recv(), rx.Recv()
	pends(t, p, &recv)
	mustPanic(t, func() { second.Poll(&q.cx) }, "second Recv", "drop that first")
	q.gone(t)
	fails(t, tx.Send(7), nil)
	mustPanic(t, func() { _ = tx.Send(8) }, "sent already")
	comes(t, p, &recv, 7, nil)
	mustPanic(t, func() { recv.Poll(&p.cx) }, "OneshotRecvOp", "after Ready")
	mustPanic(t, func() { _ = tx.Send(8) }, "sent already")
	tx, _ = coord.Oneshot[int]()
	tx.Close()
	mustPanic(t, func() { _ = tx.Send(8) }, "was closed")
	mustPanic(t, func() { new(coord.OneshotRecvOp[int]).Poll(&p.cx) }, "OneshotRecvOp", "zero")
	mustPanic(t, func() { new(coord.ClosedOp).Poll(&p.cx) }, "ClosedOp", "zero")
	mustPanic(t, func() { (*coord.OneshotSender[int])(nil).Close() }, "OneshotSender", "Oneshot makes them")
	mustPanic(t, func() { (*coord.OneshotReceiver[int])(nil).Drop() }, "OneshotReceiver", "Oneshot makes them")
	new(coord.OneshotRecvOp[int]).Drop()
	new(coord.ClosedOp).Drop()
}

// A poll without budget leaves the value where it is.
func TestOneshotIsCooperative(t *testing.T) {
	b := waker.NewBudget(0)
	p := newPeerWith(&b)
	tx, rx := coord.Oneshot[int]()
	recv, closed := rx.Recv(), tx.Closed()
	fails(t, tx.Send(7), nil)
	pends(t, p, &recv)
	p.woken(t, 1)
	b.Refill(1)
	comes(t, p, &recv, 7, nil)
	pends(t, p, &closed)
	b.Refill(1)
	comes(t, p, &closed, future.Unit{}, nil)
}

func TestOneshotBlockingRecv(t *testing.T) {
	tx, rx := coord.Oneshot[int]()
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errTest)
	_, err := rx.BlockingRecv(ctx)
	fails(t, err, errTest)
	go func() { _ = tx.Send(7) }()
	v, err := rx.BlockingRecv(context.Background())
	result(t, v, err, 7, nil)
	_, err = rx.BlockingRecv(context.Background())
	fails(t, err, coord.ErrClosed)
}

func TestOneshotAllocatesNothing(t *testing.T) {
	type pair struct {
		tx *coord.OneshotSender[int]
		rx *coord.OneshotReceiver[int]
	}
	pairs := make([]pair, 302)
	for i := range pairs {
		pairs[i].tx, pairs[i].rx = coord.Oneshot[int]()
	}
	recv := new(coord.OneshotRecvOp[int])
	steady(t, "a oneshot that waits", func(co *future.Co) {
		p := pairs[0]
		pairs = pairs[1:]
		*recv = p.rx.Recv()
		recv.Poll(co.Context())
		recv.Drop()
		_ = p.tx.Send(1)
		if v, err := p.rx.Recv().Await(co); v != 1 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	})
	if n := testing.AllocsPerRun(100, func() { pairs[0].tx, pairs[0].rx = coord.Oneshot[int]() }); n != 1 {
		t.Errorf("%v allocations for a channel, want 1", n)
	}
}

// Each value is received or discarded once, whoever is quicker.
func TestOneshotThreads(t *testing.T) {
	rounds := 20000
	if testing.Short() {
		rounds = 2000
	}
	for i := range rounds {
		tx, rx := coord.Oneshot[int]()
		sent, got, refused := false, 0, false
		var all sync.WaitGroup
		all.Go(func() { sent = tx.Send(7) == nil })
		all.Go(func() {
			switch i % 3 {
			case 0:
				got, _ = rx.BlockingRecv(context.Background())
			case 1:
				rx.Close()
				got, _ = rx.TryRecv()
			case 2:
				rx.Drop()
			}
		})
		all.Go(func() {
			if _, err := future.BlockOn(future.Box(tx.Closed())); err == nil {
				refused = true
			}
		})
		all.Wait()
		if !refused || i%3 != 2 && sent != (got == 7) {
			t.Fatalf("round %d: sent %v, got %d", i, sent, got)
		}
	}
}
