package topology_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/sched/topology"
)

func TestDistance(t *testing.T) {
	two, ccx, flat := detect(t, twoSockets()), detect(t, complexes()), detect(t, clusters())
	for _, c := range []struct {
		on   *topology.Topology
		a, b int
		want topology.Tier
	}{
		{two, 0, 0, topology.Self},
		{two, 0, 4, topology.SMT},
		{two, 0, 1, topology.L3},
		{two, 0, 5, topology.L3},
		{two, 0, 2, topology.Remote},
		{two, 0, 99, topology.Remote},
		{two, 99, 0, topology.Remote},
		{two, 99, 99, topology.Self},
		{ccx, 0, 1, topology.SMT},
		{ccx, 0, 3, topology.L3},
		{ccx, 0, 4, topology.Node},
		{flat, 0, 1, topology.L2},
		{flat, 0, 2, topology.Package},
	} {
		if got := c.on.Distance(c.a, c.b); got != c.want {
			t.Errorf("%v: distance of %d and %d is %v, want %v", c.on, c.a, c.b, got, c.want)
		}
	}
}

func TestRings(t *testing.T) {
	for _, c := range []struct {
		on   *topology.Topology
		cpu  int
		want string
	}{
		{detect(t, twoSockets()), 0, "4 | 1,5 | 2-3,6-7"},
		{detect(t, twoSockets()), 7, "3 | 2,6 | 0-1,4-5"},
		{detect(t, complexes()), 2, "3 | 0-1 | 4-7"},
		{detect(t, clusters()), 3, "2 | 0-1"},
		{detect(t, twoSockets(), 1, 2), 1, "2"},
		{detect(t, twoSockets(), 1), 1, ""},
		{detect(t, clusters()), 50, "0-3"},
	} {
		if got := lists(c.on.Tiers(c.cpu)); got != c.want {
			t.Errorf("%v: tiers of %d are %q, want %q", c.on, c.cpu, got, c.want)
		}
	}
}

func TestRingsPartitionTheOthers(t *testing.T) {
	for name, top := range machines(t) {
		for self := range top.Allowed().All() {
			seen := []int{self}
			last := topology.Self
			for _, tier := range top.Tiers(self) {
				d := top.Distance(self, tier[0])
				if d <= last {
					t.Errorf("%s: tiers of %d are not nearest first: %v", name, self, top.Tiers(self))
				}
				last = d
				for _, cpu := range tier {
					if top.Distance(self, cpu) != d {
						t.Errorf("%s: CPUs %d and %d, one tier, differ in distance from %d", name, tier[0], cpu, self)
					}
				}
				seen = append(seen, tier...)
			}
			if !sameMembers(seen, top.Allowed()) {
				t.Errorf("%s: CPU %d and its tiers are %v, allowed are %s", name, self, seen, top.Allowed())
			}
		}
	}
}

func sameMembers(cpus []int, want topology.CPUSet) bool {
	return len(cpus) == want.Count() && topology.CPUSetOf(cpus...).Equal(want)
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		on   *topology.Topology
		n    int
		want []int
	}{
		{detect(t, twoSockets()), 2, []int{0, 1}},
		{detect(t, twoSockets()), 8, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		{detect(t, twoSockets(), 1, 2, 5, 6, 7), 5, []int{1, 2, 7, 5, 6}},
		{detect(t, complexes()), 2, []int{0, 2}},
		{detect(t, complexes()), 8, []int{0, 2, 4, 6, 1, 3, 5, 7}},
		{detect(t, clusters()), 6, []int{0, 1, 2, 3, 0, 1}},
		{detect(t, clusters()), 0, []int{}},
	} {
		if got := c.on.Plan(c.n); !slices.Equal(got, c.want) {
			t.Errorf("%v: plan for %d is %v, want %v", c.on, c.n, got, c.want)
		}
	}
}

// On a machine whose kernel numbers the groups interleaved, one group is filled
// before the next all the same.
func TestPlanFillsOneGroupFirst(t *testing.T) {
	root := tree(
		cpu(0, 0, 0, "0", "0", "0,2"), cpu(1, 0, 1, "1", "1", "1,3"),
		cpu(2, 0, 2, "2", "2", "0,2"), cpu(3, 0, 3, "3", "3", "1,3"),
	)
	if got, want := detect(t, root, 0, 1, 2, 3).Plan(4), []int{0, 2, 1, 3}; !slices.Equal(got, want) {
		t.Errorf("plan is %v, want %v", got, want)
	}
}

func TestPlanUsesEveryCPUOncePerRound(t *testing.T) {
	for name, top := range machines(t) {
		n := len(top.CPUs())
		plan := top.Plan(3*n + 1)
		for round := range 3 {
			if cpus := plan[round*n : (round+1)*n]; !sameMembers(cpus, top.Allowed()) {
				t.Errorf("%s: round %d is %v, allowed are %s", name, round, cpus, top.Allowed())
			}
		}
		if plan[3*n] != plan[0] {
			t.Errorf("%s: round 4 starts on CPU %d, round 1 on %d", name, plan[3*n], plan[0])
		}
		if short := top.Plan(n - 1); !slices.Equal(short, plan[:n-1]) {
			t.Errorf("%s: the plan for one worker fewer moves the others: %v, %v", name, short, plan[:n])
		}
	}
}

func TestPlanTakesCoresBeforeSiblings(t *testing.T) {
	for _, top := range []*topology.Topology{detect(t, twoSockets()), detect(t, complexes()), detect(t, twoSockets(), 1, 2, 5, 6, 7)} {
		plan := top.Plan(top.Cores())
		for i, a := range plan {
			for _, b := range plan[:i] {
				if top.Distance(a, b) <= topology.SMT {
					t.Errorf("%v: %d workers on %v share a core", top, len(plan), plan)
				}
			}
		}
	}
}

func TestPlanRefusesNegative(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Plan(-1) does not panic")
		}
	}()
	detect(t, complexes()).Plan(-1)
}

func TestVictimsAreWorkers(t *testing.T) {
	top := detect(t, complexes())
	// 10 workers on 8 CPUs: 0 and 8 meet on CPU 0, 1 and 9 on CPU 2.
	plan := top.Plan(10)
	if got, want := lists(top.Victims(plan, 0)), "8 | 4 | 1,5,9 | 2-3,6-7"; got != want {
		t.Errorf("victims of worker 0 on plan %v are %q, want %q", plan, got, want)
	}
	if got := top.Victims(top.Plan(1), 0); len(got) != 0 {
		t.Errorf("a single worker has victims %v", got)
	}
}

func TestRingNames(t *testing.T) {
	if topology.Self.String() != "self" || topology.Remote.String() != "remote" || topology.Tier(9).String() != "Tier(9)" {
		t.Errorf("names are %v, %v, %v", topology.Self, topology.Remote, topology.Tier(9))
	}
}
