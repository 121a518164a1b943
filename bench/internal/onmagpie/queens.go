package onmagpie

import (
	"sync/atomic"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
	"github.com/magpie-go/magpie/sched/par"
)

// search is a board whose rest is counted, one of the group of the whole search.
type search struct {
	board work.Board
	group *par.Group
	found *atomic.Int64
}

// run forks a search for each place of a queen, and counts what lies below the rows that are
// forked.
func (s search) run(w *par.Worker) {
	if s.board.Row == work.ForkRows {
		s.found.Add(s.board.Count())
		return
	}
	for free := s.board.Free(); free != 0; free &= free - 1 {
		par.Fork(s.group, w, place, search{s.board.Place(free), s.group, s.found})
	}
}

func place(w *par.Worker, s search) { s.run(w) }

// Queens counts in how many ways 13 queens can be placed, all forks in one scope.
func Queens(workers int) func(*measure.Run) {
	return func(r *measure.Run) {
		var found atomic.Int64
		compute(r, workers, func() { found.Store(0) }, func(w *par.Worker) {
			par.Scope(w, func(w *par.Worker, g *par.Group) {
				search{group: g, found: &found}.run(w)
			})
		})
		measure.Check("the number of placings", found.Load(), work.Placings)
	}
}
