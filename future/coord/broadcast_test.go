package coord_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/waker"
)

func cast(t *testing.T, tx *coord.BroadcastSender[int], receivers int, vs ...int) {
	t.Helper()
	for _, v := range vs {
		n, err := tx.Send(v)
		result(t, n, err, receivers, nil)
	}
}

func gets(t *testing.T, rx *coord.BroadcastReceiver[int], vs ...int) {
	t.Helper()
	for _, v := range vs {
		got, err := rx.TryRecv()
		result(t, got, err, v, nil)
	}
}

func hasNone(t *testing.T, rx *coord.BroadcastReceiver[int], want error) {
	t.Helper()
	_, err := rx.TryRecv()
	fails(t, err, want)
}

func lags(t *testing.T, rx *coord.BroadcastReceiver[int], by uint64) {
	t.Helper()
	_, err := rx.TryRecv()
	var lagged coord.LaggedError
	if !errors.Is(err, coord.ErrLagged) || !errors.As(err, &lagged) || lagged.Missed != by {
		t.Fatalf("%v, want an ErrLagged that %d were missed", err, by)
	}
}

func TestBroadcastToEach(t *testing.T) {
	tx, rx := coord.Broadcast[int](16)
	other := tx.Subscribe()
	hasNone(t, rx, coord.ErrEmpty)
	cast(t, tx, 2, 1, 2)
	third := tx.Subscribe()
	cast(t, tx, 3, 3)
	gets(t, rx, 1, 2, 3)
	gets(t, other, 1, 2, 3)
	gets(t, third, 3)
	for _, r := range []*coord.BroadcastReceiver[int]{rx, other, third} {
		hasNone(t, r, coord.ErrEmpty)
	}
	is(t, "receivers", tx.Receivers(), 3)
	is(t, "the same", tx.SameChannel(tx.Clone()) && rx.SameChannel(other), true)
}

func TestBroadcastWakesAll(t *testing.T) {
	tx, rx := coord.Broadcast[int](16)
	other := tx.Subscribe()
	p, q, r := newPeer(), newPeer(), newPeer()
	one, two := rx.Recv(), other.Recv()
	pends(t, p, &one)
	pends(t, q, &two)
	pends(t, r, &two) // another task
	q.gone(t)
	cast(t, tx, 2, 7)
	p.woken(t, 1)
	q.woken(t, 0)
	r.woken(t, 1)
	comes(t, p, &one, 7, nil)
	comes(t, r, &two, 7, nil)
	mustPanic(t, func() { one.Poll(&p.cx) }, "BroadcastRecvOp", "after Ready")
	p.gone(t)
	r.gone(t)
}

func TestBroadcastAwait(t *testing.T) {
	tx, rx := coord.Broadcast[int](4)
	inFunction(t, func(co *future.Co) error {
		go func() {
			_, _ = tx.Send(1)
			tx.Close()
		}()
		v, err := rx.Recv().Await(co)
		result(t, v, err, 1, nil)
		_, err = rx.Recv().Await(co)
		fails(t, err, coord.ErrClosed, "all senders")
		return nil
	})
}

// A receiver that is too slow is told how many it missed, and goes on with the oldest there is.
func TestBroadcastLag(t *testing.T) {
	tx, slow := coord.Broadcast[int](2)
	fast := tx.Subscribe()
	cast(t, tx, 2, 1, 2)
	gets(t, fast, 1, 2)
	gets(t, slow, 1, 2) // within the capacity
	cast(t, tx, 2, 3, 4, 5)
	is(t, "the length", slow.Len(), 3)
	lags(t, slow, 1)
	is(t, "the length", slow.Len(), 2)
	gets(t, slow, 4, 5)
	hasNone(t, slow, coord.ErrEmpty)
	lags(t, fast, 1) // each for itself
	cast(t, tx, 2, 6, 7, 8, 9, 10)
	lags(t, slow, 3) // and again
	gets(t, slow, 9)
	cast(t, tx, 2, 11, 12, 13)
	lags(t, slow, 2) // before all that was left is received
	lags(t, fast, 8)
	gets(t, slow, 12, 13)
	gets(t, fast, 12, 13)
	hasNone(t, fast, coord.ErrEmpty)
}

// The capacity is what it was asked for, also if that is one, or no power of two.
func TestBroadcastCapacities(t *testing.T) {
	for _, capacity := range []int{1, 2, 3, 5, 8} {
		tx, rx := coord.Broadcast[int](capacity)
		for i := range 3 * capacity {
			cast(t, tx, 1, i)
		}
		is(t, "the sender's length", tx.Len(), capacity)
		is(t, "the length", rx.Len(), 3*capacity)
		lags(t, rx, uint64(2*capacity))
		for i := range capacity {
			gets(t, rx, 2*capacity+i)
		}
		hasNone(t, rx, coord.ErrEmpty)
		is(t, "IsEmpty", tx.IsEmpty() && rx.IsEmpty(), true)
	}
}

func TestBroadcastAwaitedLag(t *testing.T) {
	tx, rx := coord.Broadcast[int](2)
	p := newPeer()
	recv := rx.Recv()
	pends(t, p, &recv)
	cast(t, tx, 1, 1, 2, 3)
	p.woken(t, 1)
	comes(t, p, &recv, 0, coord.ErrLagged)
	for want := 2; want <= 3; want++ {
		recv = rx.Recv()
		comes(t, p, &recv, want, nil)
	}
	recv = rx.Recv()
	pends(t, p, &recv)
	recv.Drop()
	p.gone(t)
}

// Dropping what waits, or a receiver with values left, leaves the others theirs.
func TestBroadcastAbandonedReceiveLosesNothing(t *testing.T) {
	for _, told := range []bool{false, true} {
		tx, rx := coord.Broadcast[int](4)
		gone := tx.Subscribe()
		p := newPeer()
		recv := rx.Recv()
		pends(t, p, &recv)
		if told {
			cast(t, tx, 2, 1)
		}
		recv.Drop()
		recv.Drop()
		p.gone(t)
		if !told {
			cast(t, tx, 2, 1)
			p.woken(t, 0)
		}
		gone.Drop()
		gets(t, rx, 1)
	}
}

// A value that nobody will receive any more is not kept alive; nor is it discarded, as it was
// shared.
func TestBroadcastKeepsNoValue(t *testing.T) {
	dropped := 0
	tx, rx := coord.Broadcast[owned](4)
	other := tx.Subscribe()
	_, _ = tx.Send(owned{&dropped})
	_, _ = rx.TryRecv()
	rx.Drop()
	other.Drop()
	is(t, "discarded", dropped, 0)
	is(t, "the length", tx.Len(), 0)
}

// A waker may use the channel when it is woken.
func TestBroadcastWakersMaySend(t *testing.T) {
	tx, rx := coord.Broadcast[int](4)
	p := newPeer()
	p.onWake = func() { _, _ = tx.Send(2) }
	recv := rx.Recv()
	pends(t, p, &recv)
	cast(t, tx, 1, 1)
	comes(t, p, &recv, 1, nil)
	gets(t, rx, 2)
}

func TestBroadcastIsCooperative(t *testing.T) {
	b := waker.NewBudget(0)
	p := newPeerWith(&b)
	tx, rx := coord.Broadcast[int](4)
	cast(t, tx, 1, 1)
	recv := rx.Recv()
	pends(t, p, &recv)
	p.woken(t, 1)
	is(t, "the length", rx.Len(), 1)
	b.Refill(1)
	comes(t, p, &recv, 1, nil)
}

func TestBroadcastInCombinators(t *testing.T) {
	tx, rx := coord.Broadcast[int](4)
	inFunction(t, func(co *future.Co) error {
		_, err := clock.Timeout(rx.Recv(), time.Microsecond).Await(co)
		fails(t, err, clock.ErrTimeout)
		cast(t, tx, 1, 7)
		e, err := future.Select2(tx.Closed(), rx.Recv()).Await(co)
		is(t, "the value", e.Second, 7)
		return err
	})
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errTest)
	_, err := rx.BlockingRecv(ctx)
	fails(t, err, errTest)
	go func() { _, _ = tx.Send(8) }()
	v, err := rx.BlockingRecv(context.Background())
	result(t, v, err, 8, nil)
}

func TestBroadcastAllocatesNothing(t *testing.T) {
	tx, rx := coord.Broadcast[int](4)
	recv := new(coord.BroadcastRecvOp[int])
	steady(t, "send and receive", func(co *future.Co) {
		*recv = rx.Recv()
		recv.Poll(co.Context())
		_, _ = tx.Send(1)
		recv.Drop()
		if v, err := rx.Recv().Await(co); v != 1 || err != nil {
			t.Error(v, err)
		}
	})
}

// What each receiver got and what it missed is all that was sent, in its order.
func TestBroadcastThreads(t *testing.T) {
	count := 10000
	if testing.Short() {
		count = 1000
	}
	tx, rx := coord.Broadcast[int](16)
	var sending, receiving sync.WaitGroup
	rxs := []*coord.BroadcastReceiver[int]{rx, tx.Subscribe(), tx.Subscribe()}
	for i := range 2 {
		s := tx.Clone()
		sending.Go(func() {
			defer s.Close()
			for j := range count {
				_, _ = s.Send(i*count + j)
			}
		})
	}
	for _, r := range rxs {
		receiving.Go(func() {
			got, missed := 0, 0
			last := [2]int{-1, count - 1}
			for {
				v, err := r.BlockingRecv(context.Background())
				var lagged coord.LaggedError
				switch {
				case errors.As(err, &lagged):
					missed += int(lagged.Missed)
				case err != nil:
					if got+missed != 2*count {
						t.Errorf("%d received and %d missed, of %d", got, missed, 2*count)
					}
					return
				default:
					got++
					if v <= last[v/count] {
						t.Errorf("%d after %d", v, last[v/count])
					}
					last[v/count] = v
				}
			}
		})
	}
	tx.Close()
	sending.Wait()
	receiving.Wait()
	is(t, "the length", tx.Len(), 0)
}

// A waker that calls runtime.Goexit costs none of those who wait for the same news its wake-up, however many they are.
func TestNewsOutlivesWakers(t *testing.T) {
	tx, rx := coord.Watch(0)
	defer tx.Close()
	hs := make([]*hand, 30)
	ops := make([]coord.ChangedOp[int], len(hs))
	for i := range hs {
		r := rx.Clone()
		defer r.Drop()
		hs[i], ops[i] = newHand(), r.Changed()
		pending(t, hs[i], &ops[i])
	}
	hs[0].onWake, hs[len(hs)/2].onWake = runtime.Goexit, runtime.Goexit
	var sender sync.WaitGroup
	sender.Go(func() { _ = tx.Send(1) })
	sender.Wait()
	for i := range hs {
		hs[i].idle(t, 1)
		ready(t, hs[i], &ops[i])
	}
}
