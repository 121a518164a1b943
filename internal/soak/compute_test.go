package soak

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

// computes is a future that forks and joins a few times: every leaf is counted once, a panic
// comes to the joiner, a scope waits for all, and a computation that is cancelled ends. It
// answers 1.
func computes(s *tally, random *rand.Rand, n int) future.Future[int] {
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		w := par.From(cx)
		switch depth := 3 + random.IntN(8); random.IntN(4) {
		case 0:
			if got := leaves(w, depth); got != 1<<depth {
				s.wrong("%d leaves of %d were counted", got, 1<<depth)
			}
		case 1:
			if v := caught(func() { fails(w, depth) }); v != errPanic {
				s.wrong("the joiner gets the panic %v", v)
			}
		case 2:
			var count atomic.Int64
			par.Scope(w, func(w *par.Worker, scope *par.Group) {
				par.Fork(scope, w, sprout(scope, &count), depth)
			})
			if got := count.Load(); got != 1<<depth {
				s.wrong("%d leaves of %d had been counted when the scope ended", got, 1<<depth)
			}
		case 3:
			ctx, cancel := context.WithCancel(context.Background())
			after := random.IntN(1 << depth)
			var count atomic.Int64
			err := par.WithContext(ctx, w, func(w *par.Worker) {
				par.Scope(w, func(w *par.Worker, scope *par.Group) {
					for range 1 << depth {
						par.Fork(scope, w, func(w *par.Worker, _ int) {
							if count.Add(1) == int64(after) {
								cancel()
							}
							leaves(w, 3)
						}, 0)
					}
				})
			})
			cancel()
			if err != nil && !errors.Is(err, context.Canceled) || err == nil && count.Load() != 1<<depth {
				s.wrong("a computation of which %d of %d had run ended with %v", count.Load(), 1<<depth, err)
			}
		}
		if n--; n > 0 {
			cx.PollAgain()
			return future.Pending[int]()
		}
		return future.Ready(1)
	})
}

func leaves(w *par.Worker, depth int) int {
	if depth == 0 {
		par.Checkpoint(w)
		return 1
	}
	x, y := par.Call(w, leaves, depth-1, leaves, depth-1)
	return x + y
}

// fails panics in one of its leaves.
func fails(w *par.Worker, depth int) int {
	if depth == 0 {
		panic(errPanic)
	}
	f, g := leaves, fails
	if depth%2 == 0 {
		f, g = g, f
	}
	x, y := par.Call(w, f, depth-1, g, depth-1)
	return x + y
}

func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// sprout forks two children down to a depth, into the same scope, and counts the leaves.
func sprout(scope *par.Group, count *atomic.Int64) func(w *par.Worker, depth int) {
	var f func(w *par.Worker, depth int)
	f = func(w *par.Worker, depth int) {
		if depth == 0 {
			count.Add(1)
			return
		}
		par.Fork(scope, w, f, depth-1)
		par.Fork(scope, w, f, depth-1)
	}
	return f
}
