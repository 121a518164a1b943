package topology

import (
	"cmp"
	"math"
	"slices"
)

// Plan returns the CPU for each of n workers.
//
// The first workers get one physical core each, the next ones the second threads
// of those cores, and so on. Within such a pass the cores are taken package by
// package, node by node, one L3 group after the other, so that few workers end up
// near each other. When every allowed CPU has a worker the order starts again:
// worker i runs on the same CPU as worker i + Allowed().Count().
//
// The plan depends on the topology alone: two programs with the same allowed CPUs
// make the same one and, if both are small, meet on the same cores. Give them
// disjoint masks, or leave their workers unpinned.
//
// Plan panics if n is negative.
func (t *Topology) Plan(n int) []int {
	t.check()
	if n < 0 {
		panic("topology: Plan for a negative number of workers")
	}
	order := slices.Clone(t.cpus)
	slices.SortFunc(order, func(a, b CPU) int {
		return cmp.Or(
			cmp.Compare(a.thread(), b.thread()),
			cmp.Compare(a.Package, b.Package),
			cmp.Compare(a.Node, b.Node),
			cmp.Compare(a.L3.first(), b.L3.first()),
			cmp.Compare(a.L2.first(), b.L2.first()),
			cmp.Compare(a.ID, b.ID),
		)
	})
	plan := make([]int, n)
	for i := range plan {
		plan[i] = order[i%len(order)].ID
	}
	return plan
}

// thread is the CPU's place among the allowed threads of its core, from 0.
func (c CPU) thread() int { return c.SMT.below(c.ID) }

// DefaultWorkers returns how many workers can run at once: the number of allowed
// CPUs or, if the cgroup quota is lower, the quota rounded up. It is at least 1.
func (t *Topology) DefaultWorkers() int {
	t.check()
	n := len(t.cpus)
	if cores, limited := t.Quota(); limited && cores < float64(n) {
		n = int(math.Ceil(cores))
	}
	return max(n, 1)
}
