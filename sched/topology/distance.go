package topology

import "fmt"

// Tier is how far apart two CPUs are: the innermost thing they share.
type Tier uint8

const (
	Self    Tier = iota // the same logical CPU
	SMT                 // two threads of one physical core
	L2                  // cores behind one L2 cache
	L3                  // cores behind one L3 cache
	Node                // cores near the same memory
	Package             // cores of one socket
	Remote              // nothing
)

const tiers = int(Remote) + 1

var tierNames = [tiers]string{"self", "smt", "l2", "l3", "node", "package", "remote"}

// String returns the tier's name in lower case.
func (r Tier) String() string {
	if int(r) < tiers {
		return tierNames[r]
	}
	return fmt.Sprintf("Tier(%d)", uint8(r))
}

// Distance returns the innermost thing that the CPUs a and b share. A CPU that is
// not in the topology is Remote to all others. It does not allocate.
func (t *Topology) Distance(a, b int) Tier {
	t.check()
	if a == b {
		return Self
	}
	x, okx := t.CPU(a)
	y, oky := t.CPU(b)
	switch {
	case !okx || !oky:
		return Remote
	case x.SMT.Contains(b):
		return SMT
	case x.L2.Contains(b):
		return L2
	case x.L3.Contains(b):
		return L3
	case x.Node == y.Node:
		return Node
	case x.Package == y.Package:
		return Package
	}
	return Remote
}

// Tiers returns all allowed CPUs but cpu itself, grouped by their distance from it,
// nearest group first, ascending within a group. Empty groups are left out.
func (t *Topology) Tiers(cpu int) [][]int {
	t.check()
	var by [tiers][]int
	for other := range t.allowed.All() {
		if other != cpu {
			r := t.Distance(cpu, other)
			by[r] = append(by[r], other)
		}
	}
	return nonEmpty(by)
}

// Victims is Tiers for workers: given the CPU of each worker, as from Plan, it
// returns the indices of all workers but self, grouped by the distance of their
// CPUs, nearest group first. Workers on the same CPU come before all others.
func (t *Topology) Victims(plan []int, self int) [][]int {
	t.check()
	var by [tiers][]int
	for w, cpu := range plan {
		if w != self {
			r := t.Distance(plan[self], cpu)
			by[r] = append(by[r], w)
		}
	}
	return nonEmpty(by)
}

func nonEmpty(by [tiers][]int) (groups [][]int) {
	for _, g := range by {
		if len(g) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}
