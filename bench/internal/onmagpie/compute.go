package onmagpie

import (
	"slices"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/work"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
)

// compute measures rounds of a computation that an ordinary goroutine asks for, and emits
// besides how many jobs a round's workers stole, and for how long they had no core: because
// they slept, or the machine was busy otherwise. A worker that looks for a job is not idle
// by that count.
func compute(r *measure.Run, workers int, prepare func(), round func(*par.Worker)) measure.Rounds {
	rt := newRuntime(r, workers)
	before, n := stolen(rt), 0
	rounds := r.Rounds(prepare, func() {
		round(par.On(rt))
		n++
	})
	if workers > 1 {
		r.Emit("steals", float64(stolen(rt)-before)/float64(n), "jobs")
	}
	r.Emit("idle", measure.Milliseconds(max(time.Duration(workers)*rounds.Wall-rounds.CPU, 0)), "ms")
	return rounds
}

// stolen returns how many jobs have been stolen, once the workers sleep: the counts of those
// that do are exact.
func stolen(rt *sched.Runtime) uint64 {
	time.Sleep(5 * time.Millisecond)
	return rt.Metrics().Jobs
}

func quicksort(w *par.Worker, v []uint64) struct{} {
	if len(v) <= work.SortBelow {
		slices.Sort(v)
		return struct{}{}
	}
	mid := work.Partition(v)
	par.Call(w, quicksort, v[:mid], quicksort, v[mid:])
	return struct{}{}
}

// Quicksort sorts 10M numbers by the same algorithm as the programs of the kit.
func Quicksort(workers int) func(*measure.Run) {
	return sorting(workers, func(w *par.Worker, v []uint64) { quicksort(w, v) })
}

func sorting(workers int, sort func(*par.Worker, []uint64)) func(*measure.Run) {
	return func(r *measure.Run) {
		data := work.Random(work.Len)
		v := slices.Clone(data)
		compute(r, workers, func() { copy(v, data) }, func(w *par.Worker) { sort(w, v) })
		measure.Check("sorted", slices.IsSorted(v) && work.Sum(v) == work.Sum(data), true)
	}
}

// children are those of a node from lo up to hi.
type children struct {
	tree   *work.Tree
	parent work.Node
	lo, hi int32
}

// count returns how many nodes there are at and below them.
func (c *children) count(w *par.Worker) int64 {
	switch c.hi - c.lo {
	case 0:
		return 0
	case 1:
		n := c.parent.Child(int(c.lo))
		below := children{c.tree, n, 0, int32(c.tree.Children(&n))}
		return 1 + below.count(w)
	}
	left, right := *c, *c
	left.hi = (c.lo + c.hi) / 2
	right.lo = left.hi
	a, b := par.Call(w, count, left, count, right)
	return a + b
}

func count(w *par.Worker, c children) int64 { return c.count(w) }

// Tree counts the nodes of a tree, each child forked.
func Tree(t *work.Tree, workers int) func(*measure.Run) {
	return func(r *measure.Run) {
		var got int64
		compute(r, workers, nil, func(w *par.Worker) {
			root := t.Root()
			all := children{t, root, 0, int32(t.Children(&root))}
			got = 1 + all.count(w)
		})
		measure.Check("the count of nodes", got, t.Nodes)
		r.Emit("nodes", float64(got), "nodes")
	}
}
