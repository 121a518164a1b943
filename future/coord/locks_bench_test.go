package coord_test

import (
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
)

// What an operation costs that does not wait, polled from a machine, as a field of it; beside a
// channel of one token and a sync.Mutex.
func BenchmarkMutexUncontended(b *testing.B) {
	var m coord.Mutex
	h, op := newHand(), new(coord.LockOp)
	for b.Loop() {
		*op = m.Lock()
		g, _ := op.Poll(&h.cx).Result()
		g.Unlock()
	}
}

func BenchmarkMutexTryLock(b *testing.B) {
	var m coord.Mutex
	for b.Loop() {
		if g, ok := m.TryLock(); ok {
			g.Unlock()
		}
	}
}

func BenchmarkMutexAwait(b *testing.B) {
	var m coord.Mutex
	_, _ = future.BlockOn(future.Async(func(co *future.Co) (future.Unit, error) {
		for b.Loop() {
			g, _ := m.Lock().Await(co)
			g.Unlock()
		}
		return future.Unit{}, nil
	}))
}

func BenchmarkMutexOfGo(b *testing.B) {
	var m sync.Mutex
	n := 0
	for b.Loop() {
		m.Lock()
		n++
		m.Unlock()
	}
}

func BenchmarkChannelAsLock(b *testing.B) {
	ch := make(chan struct{}, 1)
	for b.Loop() {
		ch <- struct{}{}
		<-ch
	}
}

// One holds the lock, one is in line: it changes hands each time, without a scheduler.
func BenchmarkMutexHandOver(b *testing.B) {
	var m coord.Mutex
	h := newHand()
	g, _ := m.TryLock()
	op := new(coord.LockOp)
	for b.Loop() {
		*op = m.Lock()
		op.Poll(&h.cx)
		g.Unlock()
		g, _ = op.Poll(&h.cx).Result()
	}
}

func BenchmarkSemaphoreUncontended(b *testing.B) {
	s := coord.NewSemaphore(4)
	h, op := newHand(), new(coord.AcquireOp)
	for b.Loop() {
		*op = s.Acquire(2)
		p, _ := op.Poll(&h.cx).Result()
		p.Release()
	}
}

func BenchmarkRWLockRead(b *testing.B) {
	var l coord.RWLock
	h, op := newHand(), new(coord.ReadOp)
	for b.Loop() {
		*op = l.Read()
		g, _ := op.Poll(&h.cx).Result()
		g.Unlock()
	}
}

func BenchmarkRWLockWrite(b *testing.B) {
	var l coord.RWLock
	h, op := newHand(), new(coord.WriteOp)
	for b.Loop() {
		*op = l.Write()
		g, _ := op.Poll(&h.cx).Result()
		g.Unlock()
	}
}

func BenchmarkNotifyPermit(b *testing.B) {
	var n coord.Notify
	h, op := newHand(), new(coord.NotifiedOp)
	for b.Loop() {
		n.NotifyOne()
		*op = n.Notified()
		op.Poll(&h.cx)
	}
}

func BenchmarkNotifyWaiter(b *testing.B) {
	var n coord.Notify
	h, op := newHand(), new(coord.NotifiedOp)
	for b.Loop() {
		*op = n.Notified()
		op.Poll(&h.cx)
		n.NotifyOne()
		op.Poll(&h.cx)
	}
}

func BenchmarkCancelTokenAsked(b *testing.B) {
	token := coord.NewCancelToken()
	for b.Loop() {
		if token.IsCancelled() {
			b.Fatal("cancelled")
		}
	}
}

func BenchmarkCancelTokenWait(b *testing.B) {
	token := coord.NewCancelToken()
	h, op := newHand(), new(coord.CancelledOp)
	for b.Loop() {
		*op = token.Cancelled()
		op.Poll(&h.cx)
		op.Drop()
	}
}

func BenchmarkCancelTokenChild(b *testing.B) {
	token := coord.NewCancelToken()
	for b.Loop() {
		token.Child().Cancel()
	}
}

func BenchmarkTrackerToken(b *testing.B) {
	var tr coord.TaskTracker
	for b.Loop() {
		token := tr.Token()
		token.Done()
	}
}

func BenchmarkOnceGet(b *testing.B) {
	var c coord.OnceCell[int]
	_ = c.Set(1)
	for b.Loop() {
		if _, ok := c.Get(); !ok {
			b.Fatal("empty")
		}
	}
}
