package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/waker"
)

// poller polls an operation whatever it is of, and reports whether it is ready.
type poller func(cx *waker.Context) bool

func pollerOf[T any](f future.Future[T]) poller {
	return func(cx *waker.Context) bool { return f.Poll(cx).IsReady() }
}

// An operation that could complete and has no budget left says pending, has its task woken, and
// loses nothing: at once ready, or when its turn has come.
func TestLocksSpends(t *testing.T) {
	for name, make := range map[string]func(h *hand) poller{
		"Mutex": func(*hand) poller { return pollerOf(opOf(new(coord.Mutex).Lock())) },
		"Mutex, handed over": func(h *hand) poller {
			var m coord.Mutex
			g, _ := m.TryLock()
			op := m.Lock()
			pending(t, h, &op)
			g.Unlock()
			return pollerOf(&op)
		},
		"Semaphore": func(*hand) poller { return pollerOf(opOf(coord.NewSemaphore(1).Acquire(1))) },
		"Semaphore, given": func(h *hand) poller {
			s := coord.NewSemaphore(0)
			op := s.Acquire(1)
			pending(t, h, &op)
			s.AddPermits(1)
			return pollerOf(&op)
		},
		"Semaphore, closed": func(h *hand) poller {
			s := coord.NewSemaphore(0)
			op := s.Acquire(1)
			pending(t, h, &op)
			s.Close()
			return pollerOf(&op)
		},
		"Notify, a permit": func(*hand) poller {
			var n coord.Notify
			n.NotifyOne()
			return pollerOf(opOf(n.Notified()))
		},
		"Notify, enabled": func(*hand) poller {
			var n coord.Notify
			n.NotifyOne()
			op := n.Notified()
			op.Enable()
			return pollerOf(&op)
		},
		"Notify, all, before the first poll": func(*hand) poller {
			var n coord.Notify
			op := n.Notified()
			n.NotifyAll()
			return pollerOf(&op)
		},
		"Notify, all": func(h *hand) poller {
			var n coord.Notify
			op := n.Notified()
			pending(t, h, &op)
			n.NotifyAll()
			return pollerOf(&op)
		},
		"CancelToken": func(*hand) poller {
			var token coord.CancelToken
			token.Cancel()
			return pollerOf(opOf(token.Cancelled()))
		},
		"CancelToken, waited for": func(h *hand) poller {
			var token coord.CancelToken
			op := token.Cancelled()
			pending(t, h, &op)
			token.Cancel()
			return pollerOf(&op)
		},
		"TaskTracker": func(*hand) poller {
			var tr coord.TaskTracker
			tr.Close()
			return pollerOf(opOf(tr.Wait()))
		},
		"RWLock, read":  func(*hand) poller { return pollerOf(opOf(new(coord.RWLock).Read())) },
		"RWLock, write": func(*hand) poller { return pollerOf(opOf(new(coord.RWLock).Write())) },
		"RWLock, handed over": func(h *hand) poller {
			var l coord.RWLock
			g, _ := l.TryWrite()
			op := l.Read()
			pending(t, h, &op)
			g.Unlock()
			return pollerOf(&op)
		},
		"Barrier, last": func(*hand) poller { return pollerOf(opOf(coord.NewBarrier(1).Wait())) },
		"Barrier": func(h *hand) poller {
			b := coord.NewBarrier(2)
			op := b.Wait()
			pending(t, h, &op)
			ready(t, newHand(), opOf(b.Wait()))
			return pollerOf(&op)
		},
		"OnceCell, set": func(*hand) poller {
			var c coord.OnceCell[int]
			if err := c.Set(1); err != nil {
				t.Error(err)
			}
			return pollerOf(opOf(coord.GetOrInit(&c, future.Of[int](new(maker)))))
		},
		"OnceCell, waited for": func(h *hand) poller {
			var c coord.OnceCell[int]
			op := c.Wait()
			pending(t, h, &op)
			if err := c.Set(1); err != nil {
				t.Error(err)
			}
			return pollerOf(&op)
		},
	} {
		h := newHand()
		poll := make(h)
		h.wakes.Store(0)
		budget := waker.NewBudget(0)
		cx := waker.NewContext(h.cx.Waker(), nil, &budget)
		if poll(&cx) || h.wakes.Load() != 1 {
			t.Errorf("%s: ready without a budget, or woken %d times", name, h.wakes.Load())
			continue
		}
		budget.Refill(1)
		if !poll(&cx) {
			t.Errorf("%s: not ready with a budget", name)
		}
		h.idle(t, 1)
	}
}
