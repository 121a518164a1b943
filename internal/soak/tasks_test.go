package soak

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

// yields is a future that wakes itself a number of times, and answers how many.
type yields struct{ left, n int }

func (y *yields) Poll(cx *waker.Context) future.Poll[int] {
	if y.left == 0 {
		return future.Ready(y.n)
	}
	y.left--
	cx.Waker().WakeByRef()
	return future.Pending[int]()
}

// holds is a future that keeps its worker for long, a number of times: the others look
// after that worker's queues, sockets and timers meanwhile.
func holds(random *rand.Rand, n int) future.Future[int] {
	left := n
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		if left == 0 {
			return future.Ready(n)
		}
		left--
		time.Sleep(time.Duration(random.IntN(int(3 * time.Millisecond))))
		cx.PollAgain()
		return future.Pending[int]()
	})
}

// sleeps is a future that sleeps a number of times, never for too short.
func sleeps(s *tally, random *rand.Rand, n int) future.Future[int] {
	var timer future.Future[future.Unit]
	var begun time.Time
	var d time.Duration
	left := n
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		for ; left > 0; left-- {
			if timer == nil {
				d = time.Duration(random.IntN(int(3 * time.Millisecond)))
				begun, timer = time.Now(), future.Box(clock.Sleep(d))
			}
			if timer.Poll(cx).IsPending() {
				return future.Pending[int]()
			}
			if since := time.Since(begun); since < d {
				s.wrong("a sleep of %v took %v", d, since)
			}
			timer = nil
		}
		return future.Ready(n)
	})
}

// tree is a task that spawns others, and those others, and awaits them all; it answers
// how many of them ended well.
func tree(s *tally, seed uint64, depth int) future.Future[int] {
	random := rand.New(rand.NewPCG(seed, 3))
	var children []sched.JoinHandle[int]
	sum, spawned := 1, false
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		if !spawned {
			spawned = true
			if depth > 0 {
				for range 1 + random.IntN(4) {
					children = append(children, sched.Spawn(cx, probed(s, random, tree(s, random.Uint64(), depth-1))))
				}
			}
			children = append(children, sched.Spawn(cx, probed[int](s, random, &yields{left: random.IntN(20)})))
			for range random.IntN(4) {
				g := new(gate)
				sched.SpawnDetached(cx, newErrand(s, random, g))
				if random.IntN(2) == 0 {
					go g.Open()
				}
			}
			if random.IntN(4) == 0 {
				s.aborts.Add(1)
				children[random.IntN(len(children))].Abort()
			}
		}
		for len(children) > 0 {
			p := children[0].Poll(cx)
			if p.IsPending() {
				return future.Pending[int]()
			}
			n, err := p.Result()
			s.answer(err)
			sum += n
			children = children[1:]
		}
		return future.Ready(sum)
	})
}

// answer checks the error of a handle.
func (s *tally) answer(err error) {
	s.answers.Add(1)
	switch {
	case errors.Is(err, sched.ErrShutdown):
		s.refused.Add(1)
	case err != nil && !errors.Is(err, sched.ErrAborted) && !errors.Is(err, errPanic):
		s.wrong("a task answered %v", err)
	}
}

// gate is ready once opened.
type gate struct {
	open atomic.Bool
	cell waker.AtomicWaker
}

func (g *gate) Poll(cx *waker.Context) future.Poll[int] {
	if !g.open.Load() {
		if g.cell.Register(cx.Waker()); !g.open.Load() {
			return future.Pending[int]()
		}
	}
	return future.Ready(1)
}

func (g *gate) Open() { g.open.Store(true); g.cell.Wake() }

// walk is an async function that waits for a bit of everything, in an order of its own;
// where it begins it may have moved between workers before.
func walk(s *tally, seed uint64) future.Future[int] {
	random := rand.New(rand.NewPCG(seed, 4))
	return future.Then[int](&yields{left: random.IntN(10)}, func(int) future.Future[int] {
		return future.Async(func(co *future.Co) (int, error) {
			for range 1 + random.IntN(8) {
				switch random.IntN(6) {
				case 0:
					co.Yield()
				case 1:
					if n, _ := future.Await(co, sleeps(s, random, 1)); n != 1 {
						s.wrong("one sleep answered %d", n)
					}
				case 2:
					h := sched.Spawn(co.Context(), probed[int](s, random, &yields{left: random.IntN(10), n: 7}))
					n, err := future.Await[int](co, h)
					if s.answer(err); err == nil && n != 7 {
						s.wrong("a task answered %d, want 7", n)
					}
				case 3:
					_, err := clock.Timeout[int](future.Of(new(gate)), time.Duration(random.IntN(int(time.Millisecond)))).Await(co)
					if !errors.Is(err, clock.ErrTimeout) {
						s.wrong("waiting for nothing answered %v", err)
					}
				case 4:
					pair, err := future.Join[int, int](future.Of(&yields{left: 3, n: 1}), future.Of(sleeps(s, random, 1))).Await(co)
					if err != nil || pair.First != 1 || pair.Second != 1 {
						s.wrong("a join answered %v, %v", pair, err)
					}
				case 5:
					g := new(gate)
					go g.Open() // by a foreign thread
					if _, err := future.Await[int](co, g); err != nil {
						s.wrong("a gate answered %v", err)
					}
				}
			}
			return 1, nil
		})
	})
}

// errand is what a task without a handle runs; its memory is used again for the next one.
type errand struct{ f future.Future[future.Unit] }

func (e *errand) Poll(cx *waker.Context) future.Poll[future.Unit] { return e.f.Poll(cx) }
func (e *errand) Drop()                                           { future.Drop(e.f) }

// newErrand leaves its waker with a gate that is opened at any time, mostly when the task
// is another one already.
func newErrand(s *tally, random *rand.Rand, g *gate) errand {
	inner := future.Future[int](&yields{left: random.IntN(5)})
	if random.IntN(3) == 0 {
		inner = sleeps(s, source(random), 1)
	}
	return errand{probed(s, random, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		g.cell.Register(cx.Waker())
		if inner.Poll(cx).IsPending() {
			return future.Pending[future.Unit]()
		}
		return future.Ready(future.Unit{})
	}))}
}

// source is a source for a future of its own, which another thread polls.
func source(r *rand.Rand) *rand.Rand { return rand.New(rand.NewPCG(r.Uint64(), 6)) }
