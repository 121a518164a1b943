package main

import (
	"context"
	"sync/atomic"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
)

// startMagpie returns a counter that forks a function for each board of which enough is left, on
// the workers of a runtime: they share what is shared when somebody is idle, and look at the
// deadline at each fork.
func startMagpie() (count counter, stop func() error, err error) {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, n int) (int, error) {
		var ways atomic.Int64
		err := par.WithContext(ctx, par.On(rt), func(w *par.Worker) {
			par.Scope(w, func(w *par.Worker, g *par.Group) { place(w, task{board{n: n}, g, &ways}) })
		})
		return int(ways.Load()), err
	}, rt.Close, nil
}

// task is a board from which the ways are still to be counted.
type task struct {
	board
	group *par.Group
	ways  *atomic.Int64
}

// place counts the ways of a board.
func place(w *par.Worker, t task) {
	if t.n-t.rows <= 6 { // some 10 µs
		t.ways.Add(int64(t.alone()))
		return
	}
	t.next(func(b board) { par.Fork(t.group, w, place, task{b, t.group, t.ways}) })
}
