package onmagpie

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
)

// The toolkit: channels, locks and sets of tasks, in compiled async functions.

// together runs tasks on a runtime of two workers and waits for all of them, again and again.
// An iteration is ops operations.
func together(r *measure.Run, ops int, tasks func() []future.Future[unit]) {
	rt := twoWorkers(r)
	once := func() {
		var all []sched.JoinHandle[unit]
		for _, f := range tasks() {
			all = append(all, sched.Spawn(rt, f))
		}
		for _, h := range all {
			if _, err := h.Wait(context.Background()); err != nil {
				panic(err)
			}
		}
	}
	r.Loop(ops, once)
	r.Allocs(ops, once)
}

// several returns n futures.
func several(n int, f func() future.Future[unit]) (all []future.Future[unit]) {
	for range n {
		all = append(all, f())
	}
	return all
}

// MutexFree has one task lock and unlock.
func MutexFree(r *measure.Run) {
	together(r, measure.CoordOps, func() []future.Future[unit] {
		return several(1, func() future.Future[unit] { return future.Box(locksAsync(new(coord.Mutex), measure.CoordOps)) })
	})
}

//magpie:async
func locks(co *future.Co, m *coord.Mutex, n int) error {
	for range n {
		g, err := m.Lock().Await(co)
		if err != nil {
			return err
		}
		g.Unlock()
	}
	return nil
}

// MutexContended has tasks lock, give way to others, and unlock.
func MutexContended(r *measure.Run) {
	together(r, measure.Lockers*measure.CoordWaits, func() []future.Future[unit] {
		m := new(coord.Mutex)
		return several(measure.Lockers, func() future.Future[unit] {
			return future.Box(holdsAsync(m, measure.CoordWaits))
		})
	})
}

//magpie:async
func holds(co *future.Co, m *coord.Mutex, n int) error {
	for range n {
		g, err := m.Lock().Await(co)
		if err != nil {
			return err
		}
		if _, err := future.Yield().Await(co); err != nil {
			return err
		}
		g.Unlock()
	}
	return nil
}

// SemaphoreFree has one task take a permit and give it back.
func SemaphoreFree(r *measure.Run) {
	together(r, measure.CoordOps, func() []future.Future[unit] {
		s := coord.NewSemaphore(measure.Permits)
		return several(1, func() future.Future[unit] { return future.Box(permitsAsync(s, measure.CoordOps)) })
	})
}

// SemaphoreContended has more tasks than there are permits, each of which gives way to others while it
// has one.
func SemaphoreContended(r *measure.Run) {
	together(r, measure.Lockers*measure.CoordWaits, func() []future.Future[unit] {
		s := coord.NewSemaphore(measure.Permits)
		return several(measure.Lockers, func() future.Future[unit] {
			return future.Box(keptPermitsAsync(s, measure.CoordWaits))
		})
	})
}

//magpie:async
func permits(co *future.Co, s *coord.Semaphore, n int) error {
	for range n {
		p, err := s.Acquire(1).Await(co)
		if err != nil {
			return err
		}
		p.Release()
	}
	return nil
}

//magpie:async
func keptPermits(co *future.Co, s *coord.Semaphore, n int) error {
	for range n {
		p, err := s.Acquire(1).Await(co)
		if err != nil {
			return err
		}
		if _, err := future.Yield().Await(co); err != nil {
			return err
		}
		p.Release()
	}
	return nil
}

// MPSC has tasks send to one that receives.
func MPSC(senders, capacity int) func(*measure.Run) {
	return func(r *measure.Run) {
		together(r, measure.CoordOps, func() []future.Future[unit] {
			tx, rx := coord.MPSC[int](capacity)
			all := several(senders, func() future.Future[unit] {
				return future.Box(sendsAsync(tx.Clone(), measure.CoordOps/senders))
			})
			tx.Close()
			return append(all, future.Box(receivesAsync(rx)))
		})
	}
}

//magpie:async
func sends(co *future.Co, tx *coord.Sender[int], n int) error {
	defer tx.Close()
	for i := range n {
		if _, err := tx.Send(i).Await(co); err != nil {
			return err
		}
	}
	return nil
}

//magpie:async
func receives(co *future.Co, rx *coord.Receiver[int]) error {
	for {
		if _, err := rx.Recv().Await(co); err != nil {
			return nil // there are no senders any more
		}
	}
}

// Oneshot has a task make channels for one value, send, and receive.
func Oneshot(r *measure.Run) {
	together(r, measure.CoordOps, func() []future.Future[unit] {
		return several(1, func() future.Future[unit] { return future.Box(oneshotsAsync(measure.CoordOps)) })
	})
}

//magpie:async
func oneshots(co *future.Co, n int) error {
	for i := range n {
		tx, rx := coord.Oneshot[int]()
		if err := tx.Send(i); err != nil {
			return err
		}
		if _, err := rx.Recv().Await(co); err != nil {
			return err
		}
	}
	return nil
}

// Broadcast has one task send to many, and wait now and then until they have all. An operation is
// a value that one receiver has got.
func Broadcast(r *measure.Run) {
	together(r, measure.Listeners*measure.Bursts*measure.Burst, func() []future.Future[unit] {
		tx, rx := coord.Broadcast[int](measure.Burst)
		rx.Drop()
		acks := new(acknowledgements)
		all := several(measure.Listeners, func() future.Future[unit] {
			return future.Box(listensAsync(tx.Subscribe(), acks))
		})
		return append(all, future.Box(tellsAsync(tx, acks)))
	})
}

// acknowledgements counts who has got a burst.
type acknowledgements struct {
	left atomic.Int64
	all  coord.Notify
}

//magpie:async
func tells(co *future.Co, tx *coord.BroadcastSender[int], acks *acknowledgements) error {
	defer tx.Close()
	for range measure.Bursts {
		acks.left.Store(measure.Listeners)
		for i := range measure.Burst {
			if _, err := tx.Send(i); err != nil {
				return err
			}
		}
		if _, err := acks.all.Notified().Await(co); err != nil {
			return err
		}
	}
	return nil
}

//magpie:async
func listens(co *future.Co, rx *coord.BroadcastReceiver[int], acks *acknowledgements) error {
	defer rx.Drop()
	for range measure.Bursts {
		for range measure.Burst {
			if _, err := rx.Recv().Await(co); err != nil {
				return err
			}
		}
		if acks.left.Add(-1) == 0 {
			acks.all.NotifyOne()
		}
	}
	return nil
}

// Watch has two tasks answer each other. An operation is a round trip.
func Watch(r *measure.Run) {
	together(r, measure.CoordWaits, func() []future.Future[unit] {
		ping, pinged := coord.Watch(0)
		pong, ponged := coord.Watch(0)
		return []future.Future[unit]{
			future.Box(watchesAsync(ping, ponged, true)), future.Box(watchesAsync(pong, pinged, false)),
		}
	})
}

//magpie:async
func watches(co *future.Co, tx *coord.WatchSender[int], rx *coord.WatchReceiver[int], first bool) error {
	for i := range measure.CoordWaits {
		if first {
			if err := tx.Send(i); err != nil {
				return err
			}
		}
		if _, err := rx.Changed().Await(co); err != nil {
			return err
		}
		if !first {
			if err := tx.Send(rx.GetAndMark()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Notify has two tasks wake each other. An operation is a round trip.
func Notify(r *measure.Run) {
	together(r, measure.CoordWaits, func() []future.Future[unit] {
		ping, pong := new(coord.Notify), new(coord.Notify)
		ping.NotifyOne()
		return []future.Future[unit]{future.Box(notifiesAsync(ping, pong)), future.Box(notifiesAsync(pong, ping))}
	})
}

//magpie:async
func notifies(co *future.Co, own, other *coord.Notify) error {
	for range measure.CoordWaits {
		if _, err := own.Notified().Await(co); err != nil {
			return err
		}
		other.NotifyOne()
	}
	return nil
}

// Select2 has one task receive from two channels, into each of which a task sends.
func Select2(r *measure.Run) {
	together(r, measure.CoordOps, func() []future.Future[unit] {
		tx1, rx1 := coord.MPSC[int](measure.Room)
		tx2, rx2 := coord.MPSC[int](measure.Room)
		return []future.Future[unit]{
			future.Box(sendsAsync(tx1, measure.CoordOps/2)), future.Box(sendsAsync(tx2, measure.CoordOps/2)),
			future.Box(selectsAsync(rx1, rx2)),
		}
	})
}

//magpie:async
func selects(co *future.Co, rx1, rx2 *coord.Receiver[int]) error {
	for {
		if _, err := future.Select2(rx1.Recv(), rx2.Recv()).Await(co); err != nil {
			break
		}
	}
	// One of the two has ended.
	for _, rx := range []*coord.Receiver[int]{rx1, rx2} {
		if err := receives(co, rx); err != nil {
			return err
		}
	}
	return nil
}

// Select10 has one task receive from ten channels, into each of which a task sends.
func Select10(r *measure.Run) {
	const channels = 10
	together(r, measure.CoordOps, func() (all []future.Future[unit]) {
		var rxs []future.Stream[int]
		for range channels {
			tx, rx := coord.MPSC[int](measure.Room)
			rxs = append(rxs, rx)
			all = append(all, future.Box(sendsAsync(tx, measure.CoordOps/channels)))
		}
		return append(all, future.Box(mergesAsync(stream.Merge(rxs...))))
	})
}

//magpie:async
func merges(co *future.Co, s future.Stream[int]) error {
	for {
		_, err := future.Next(s).Await(co)
		if err == future.ErrEnd {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Duplex has a task write into a pipe in memory, and one read. An operation is a piece.
func Duplex(r *measure.Run) {
	together(r, measure.Pieces, func() []future.Future[unit] {
		a, b := aio.Duplex(measure.PipeSize)
		return []future.Future[unit]{future.Box(writesAsync(a)), future.Box(readsAsync(b))}
	})
}

//magpie:async
func writes(co *future.Co, w *aio.DuplexEnd) error {
	defer w.Close()
	piece := make([]byte, measure.Piece)
	for range measure.Pieces {
		if _, err := w.WriteAll(piece).Await(co); err != nil {
			return err
		}
	}
	return nil
}

//magpie:async
func reads(co *future.Co, r *aio.DuplexEnd) error {
	buf := make([]byte, measure.Piece)
	for {
		_, err := r.Read(buf).Await(co)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// JoinSet has a task spawn tasks and join them in the order in which they end.
func JoinSet(r *measure.Run) {
	together(r, measure.Members, func() []future.Future[unit] {
		return several(1, func() future.Future[unit] { return future.Box(joinsAsync()) })
	})
}

//magpie:async
func joins(co *future.Co) error {
	var set sched.JoinSet[int]
	for i := range measure.Members {
		set.Spawn(co, future.Value(i))
	}
	for {
		_, err := set.Next().Await(co)
		if err == future.ErrEnd {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Sleeps has many tasks that sleep for up to a twentieth of a second. An operation is a sleep.
func Sleeps(r *measure.Run) {
	rt := twoWorkers(r)
	r.Loop(measure.Sleepers, func() {
		b := newBatch()
		b.left.Store(measure.Sleepers)
		for i := range measure.Sleepers {
			sched.SpawnDetached(rt, sleepsAsync(b, measure.SleepTime(i)))
		}
		<-b.done
	})
}

//magpie:async
func sleeps(co *future.Co, b *batch, d time.Duration) {
	_, _ = clock.Sleep(d).Await(co)
	b.end()
}
