package coord_test

import (
	"context"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
)

func TestMPMCReceiversAreToldInOrder(t *testing.T) {
	tx, rx := coord.MPMC[int](4)
	p, q := newPeer(), newPeer()
	first, second := rx.Recv(), rx.Clone().Recv()
	pends(t, p, &first)
	pends(t, q, &second)
	fails(t, tx.TrySend(1), nil)
	p.woken(t, 1)
	q.woken(t, 0)
	fails(t, tx.TrySend(2), nil)
	q.woken(t, 1)
	comes(t, p, &first, 1, nil)
	comes(t, q, &second, 2, nil)
	p.gone(t)
	q.gone(t)
}

// Who was told of a value that somebody else took waits on, ahead of the others.
func TestMPMCPassedOver(t *testing.T) {
	tx, rx := coord.MPMC[int](4)
	p, q := newPeer(), newPeer()
	first, second := rx.Recv(), rx.Recv()
	pends(t, p, &first)
	pends(t, q, &second)
	fails(t, tx.TrySend(1), nil)
	p.woken(t, 1)
	recvAll(t, rx, 1, 1)
	pends(t, p, &first)
	fails(t, tx.TrySend(2), nil)
	p.woken(t, 1)
	q.woken(t, 0)
	comes(t, p, &first, 2, nil)
	tx.Close()
	q.woken(t, 1)
	comes(t, q, &second, 0, coord.ErrClosed)
}

// The turn of a receive that is given up goes to the next.
func TestMPMCAbandonedReceiveHandsItsTurnOn(t *testing.T) {
	tx, rx := coord.MPMC[int](4)
	p, q := newPeer(), newPeer()
	first, second := rx.Recv(), rx.RecvMany(make([]int, 1))
	pends(t, p, &first)
	pends(t, q, &second)
	fails(t, tx.TrySend(1), nil)
	first.Drop()
	p.gone(t)
	q.woken(t, 1)
	comes(t, q, &second, 1, nil)
	second = rx.RecvMany(make([]int, 1))
	first = rx.Recv()
	pends(t, p, &first)
	pends(t, q, &second)
	first.Drop() // it had no turn
	q.woken(t, 0)
	second.Drop()
	q.gone(t)
}

func TestMPMCLastReceiverCloses(t *testing.T) {
	dropped := 0
	tx, rx := coord.MPMC[owned](4)
	other := rx.Clone()
	fails(t, tx.TrySend(owned{&dropped}), nil)
	is(t, "receivers", rx.Receivers(), 2)
	rx.Drop()
	rx.Drop()
	is(t, "IsClosed", tx.IsClosed(), false)
	fails(t, tx.TrySend(owned{&dropped}), nil)
	other.Drop()
	is(t, "IsClosed", tx.IsClosed(), true)
	is(t, "discarded", dropped, 2)
	fails(t, tx.TrySend(owned{&dropped}), coord.ErrClosed)
}

// conservation sends from several threads and receives on several, who give up now and then, and checks
// that each value comes once, and those of a sender in their order for each receiver.
func conservation(t *testing.T, senders, receivers int, send func(thread, v int), closeAll func(), recv func(thread int) (int, bool)) {
	t.Helper()
	count := 20000
	if testing.Short() {
		count = 2000
	}
	var sending, receiving sync.WaitGroup
	got := make([][]int, receivers)
	for i := range senders {
		sending.Go(func() {
			for v := range count {
				send(i, i*count+v)
			}
		})
	}
	for i := range receivers {
		receiving.Go(func() {
			for {
				v, ok := recv(i)
				if !ok {
					return
				}
				got[i] = append(got[i], v)
			}
		})
	}
	sending.Wait()
	closeAll()
	receiving.Wait()
	seen := make([]bool, senders*count)
	n := 0
	for i, vs := range got {
		last := make([]int, senders)
		for _, v := range vs {
			from := v / count
			if seen[v] || v+1 <= last[from] {
				t.Fatalf("receiver %d: %d came twice, or behind %d", i, v, last[from]-1)
			}
			seen[v], last[from] = true, v+1
			n++
		}
	}
	if n != len(seen) {
		t.Fatalf("%d values came, of %d", n, len(seen))
	}
}

// blockOrGiveUp waits for an operation, and drops it and makes another one now and then.
func blockOrGiveUp[T any](make func() future.Future[T], turn *word.Int32) (T, error) {
	for {
		f := make()
		if turn.Inc()%3 != 0 {
			return future.BlockOn(f)
		}
		p := newPeer()
		if out := f.Poll(&p.cx); out.IsReady() {
			return out.Result()
		}
		future.Drop(f)
		if n := p.kept.Load(); n > 1 { // one is being woken, maybe
			panic("clones of a waker are kept")
		}
	}
}

func TestChannelThreads(t *testing.T) {
	for _, capacity := range []int{1, 3, 100} {
		var turn word.Int32
		t.Run("MPSC", func(t *testing.T) {
			tx, rx := coord.MPSC[int](capacity)
			send := func(_, v int) {
				if turn.Inc()%5 == 0 {
					p, err := future.BlockOn(future.Box(tx.Reserve()))
					if err != nil || p.Send(v) != nil {
						panic("closed")
					}
					return
				}
				if _, err := blockOrGiveUp(func() future.Future[future.Unit] { return future.Box(tx.Send(v)) }, &turn); err != nil {
					panic(err)
				}
			}
			conservation(t, 3, 1, send, tx.Close, func(int) (int, bool) {
				v, err := blockOrGiveUp(func() future.Future[int] { return future.Box(rx.Recv()) }, &turn)
				return v, err == nil
			})
			is(t, "the capacity", rx.Capacity(), capacity)
		})
		t.Run("MPMC", func(t *testing.T) {
			tx, rx := coord.MPMC[int](capacity)
			send := func(_, v int) { fails(t, tx.BlockingSend(context.Background(), v), nil) }
			conservation(t, 2, 3, send, tx.Close, func(int) (int, bool) {
				v, err := blockOrGiveUp(func() future.Future[int] { return future.Box(rx.Recv()) }, &turn)
				return v, err == nil
			})
			is(t, "the capacity", rx.Capacity(), capacity)
		})
	}
	var turn word.Int32
	tx, rx := coord.UnboundedMPMC[int]()
	conservation(t, 2, 2, func(_, v int) { fails(t, tx.Send(v), nil) }, tx.Close, func(int) (int, bool) {
		v, err := blockOrGiveUp(func() future.Future[int] { return future.Box(rx.Recv()) }, &turn)
		return v, err == nil
	})
}
