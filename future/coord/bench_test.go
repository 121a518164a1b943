package coord_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// A send and a receive that do not wait.
func BenchmarkPair(b *testing.B) {
	b.Run("Go", func(b *testing.B) {
		ch := make(chan int, 16)
		for b.Loop() {
			ch <- 1
			<-ch
		}
	})
	b.Run("MPSC", func(b *testing.B) {
		tx, rx := coord.MPSC[int](16)
		for b.Loop() {
			_ = tx.TrySend(1)
			_, _ = rx.TryRecv()
		}
	})
	b.Run("MPMC", func(b *testing.B) {
		tx, rx := coord.MPMC[int](16)
		for b.Loop() {
			_ = tx.TrySend(1)
			_, _ = rx.TryRecv()
		}
	})
	b.Run("UnboundedMPSC", func(b *testing.B) {
		tx, rx := coord.UnboundedMPSC[int]()
		for b.Loop() {
			_ = tx.Send(1)
			_, _ = rx.TryRecv()
		}
	})
	b.Run("MPSC operations", func(b *testing.B) {
		tx, rx := coord.MPSC[int](16)
		m := new(struct {
			send coord.SendOp[int]
			recv coord.RecvOp[int]
		})
		cx := waker.FromWaker(waker.Noop())
		for b.Loop() {
			m.send = tx.Send(1)
			m.send.Poll(&cx)
			m.recv = rx.Recv()
			m.recv.Poll(&cx)
		}
	})
}

// producer sends its count, consumer receives until all senders are closed: tasks by hand.
type producer struct {
	tx   *coord.Sender[int]
	left int
	send coord.SendOp[int]
	busy bool
}

func (p *producer) Poll(cx *waker.Context) future.Poll[future.Unit] {
	for {
		if !p.busy {
			if p.left == 0 {
				p.tx.Close()
				return future.Ready(future.Unit{})
			}
			p.left--
			p.send, p.busy = p.tx.Send(p.left), true
		}
		if p.send.Poll(cx).IsPending() {
			return future.Pending[future.Unit]()
		}
		p.busy = false
	}
}

type consumer struct {
	rx   receiver
	got  int
	recv coord.RecvOp[int]
	busy bool
}

func (c *consumer) Poll(cx *waker.Context) future.Poll[int] {
	for {
		if !c.busy {
			c.recv, c.busy = c.rx.Recv(), true
		}
		p := c.recv.Poll(cx)
		if p.IsPending() {
			return future.Pending[int]()
		}
		if p.Err() != nil {
			return future.Ready(c.got)
		}
		c.got++
		c.busy = false
	}
}

// Values from so many tasks to one, through a channel with so much room. Beside it, goroutines.
func BenchmarkTasks(b *testing.B) {
	for _, senders := range []int{1, 4} {
		for _, capacity := range []int{1, 100} {
			b.Run(fmt.Sprintf("%d to 1, capacity %d, Go", senders, capacity), func(b *testing.B) {
				ch := make(chan int, capacity)
				var all sync.WaitGroup
				for i := range senders {
					all.Go(func() {
						for range share(b.N, i, senders) {
							ch <- 1
						}
					})
				}
				go func() { all.Wait(); close(ch) }()
				for range ch {
				}
			})
			for _, kind := range []string{"MPSC", "MPMC"} {
				b.Run(fmt.Sprintf("%d to 1, capacity %d, %s", senders, capacity, kind), func(b *testing.B) {
					rt, err := sched.New(sched.Config{})
					if err != nil {
						b.Fatal(err)
					}
					defer rt.Shutdown(context.Background())
					var tx *coord.Sender[int]
					var rx receiver
					if kind == "MPSC" {
						tx, rx = coord.MPSC[int](capacity)
					} else {
						tx, rx = coord.MPMC[int](capacity)
					}
					b.ResetTimer()
					for i := range senders {
						sched.Spawn[future.Unit](rt, &producer{tx: tx.Clone(), left: share(b.N, i, senders)})
					}
					tx.Close()
					h := sched.Spawn[int](rt, &consumer{rx: rx})
					if n, err := h.Wait(context.Background()); n != b.N || err != nil {
						b.Fatal(n, b.N, err)
					}
				})
			}
		}
	}
}

// share is part i of n in so many parts.
func share(n, i, parts int) int { return n*(i+1)/parts - n*i/parts }
