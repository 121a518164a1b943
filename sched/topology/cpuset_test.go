package topology_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/sched/topology"
)

func TestParseCPUSet(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []int
		out  string
	}{
		{"", nil, ""},
		{"\n", nil, ""},
		{"0\n", []int{0}, "0"},
		{"0-3,8", []int{0, 1, 2, 3, 8}, "0-3,8"},
		{"8,0-3", []int{0, 1, 2, 3, 8}, "0-3,8"},
		{"1-3,2-5,5", []int{1, 2, 3, 4, 5}, "1-5"},
		{"4-4", []int{4}, "4"},
		{"0-1,2", []int{0, 1, 2}, "0-2"},
		{"63-64,127,128,1023", []int{63, 64, 127, 128, 1023}, "63-64,127-128,1023"},
		{"65535", []int{65535}, "65535"},
	} {
		s, err := topology.ParseCPUSet(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if got := slices.Collect(s.All()); !slices.Equal(got, c.want) {
			t.Errorf("%q holds %v, want %v", c.in, got, c.want)
		}
		if s.String() != c.out {
			t.Errorf("%q prints as %q, want %q", c.in, s, c.out)
		}
	}
}

func TestParseCPUSetRefuses(t *testing.T) {
	for _, in := range []string{
		"a", "-1", "1-", "-", "3-1", "1,,2", ",", "1,", "+1", "0x1", "1_0", "1 2", "1, 2",
		"65536", "0-65536", "0-4000000000", "99999999999999999999", "1-2-3", "0-9:2/4", "1\x00",
	} {
		if s, err := topology.ParseCPUSet(in); err == nil {
			t.Errorf("%q is taken for %q", in, s)
		}
	}
}

func TestCPUSetOperations(t *testing.T) {
	a, b := topology.CPUSetOf(1, 64, 200), topology.CPUSetOf(200, 64, 3, 64)
	if got := a.Intersect(b).String(); got != "64,200" {
		t.Errorf("intersection is %q", got)
	}
	none := a.Intersect(topology.CPUSetOf(2, 199))
	if none.Count() != 0 || !none.Equal(topology.CPUSet{}) {
		t.Errorf("disjoint sets meet in %q", none)
	}
	if low := a.Intersect(topology.CPUSetOf(1, 201)); !low.Equal(topology.CPUSetOf(1)) {
		t.Errorf("a set cut down to CPU 1 is not equal to the set of CPU 1")
	}
	for cpu, want := range map[int]bool{1: true, 64: true, 200: true, 0: false, 65: false, 5000: false, -1: false} {
		if a.Contains(cpu) != want {
			t.Errorf("Contains(%d) is %v", cpu, !want)
		}
	}
	if a.Count() != 3 || b.Count() != 3 {
		t.Errorf("counts are %d and %d, want 3 and 3", a.Count(), b.Count())
	}
	for cpu := range a.All() {
		if cpu != 1 {
			t.Errorf("first CPU is %d", cpu)
		}
		break
	}
	for _, bad := range []int{-1, 65536} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("CPUSetOf(%d) does not panic", bad)
				}
			}()
			topology.CPUSetOf(bad)
		}()
	}
}

func FuzzParseCPUSet(f *testing.F) {
	for _, s := range []string{"", "0\n", "0-3,8", "63-65,127", "5,3-4,1", "1,,2", "3-1", "65535-65536", "0-7:2/4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		s, err := topology.ParseCPUSet(in)
		if err != nil {
			if s.Count() != 0 {
				t.Fatalf("%q fails and still gives %q", in, s)
			}
			return
		}
		out := s.String()
		again, err := topology.ParseCPUSet(out)
		if err != nil || !again.Equal(s) {
			t.Fatalf("%q prints as %q, which reads as %q, %v", in, out, again, err)
		}
		cpus := slices.Collect(s.All())
		if !slices.IsSorted(cpus) || len(cpus) != s.Count() || !topology.CPUSetOf(cpus...).Equal(s) {
			t.Fatalf("%q: members %v do not make up the set %q of %d", in, cpus, s, s.Count())
		}
	})
}
