package topology_test

import (
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/magpie-go/magpie/sched/topology"
)

// The fixtures are written as the kernel prints them: a list is what cat shows.

const (
	cpuDir  = "sys/devices/system/cpu/"
	nodeDir = "sys/devices/system/node/"
)

// tree is a file system of one-line files.
func tree(files ...map[string]string) fstest.MapFS {
	t := fstest.MapFS{}
	for _, m := range files {
		for name, text := range m {
			t[name] = &fstest.MapFile{Data: []byte(text + "\n")}
		}
	}
	return t
}

// cpu is the files of one logical CPU; an empty list is a missing file.
func cpu(id, pkg, core int, smt, l2, l3 string) map[string]string {
	dir := cpuDir + "cpu" + strconv.Itoa(id)
	m := map[string]string{
		dir + "/topology/physical_package_id":     strconv.Itoa(pkg),
		dir + "/topology/core_id":                 strconv.Itoa(core),
		dir + "/cache/index0/level":               "1",
		dir + "/cache/index0/type":                "Data",
		dir + "/cache/index0/size":                "48K",
		dir + "/cache/index0/coherency_line_size": "64",
		dir + "/cache/index1/level":               "1",
		dir + "/cache/index1/type":                "Instruction",
		dir + "/cache/index1/size":                "32K",
		dir + "/cache/index2/level":               "2",
		dir + "/cache/index2/type":                "Unified",
		dir + "/cache/index2/size":                "1280K",
		dir + "/cache/index3/level":               "3",
		dir + "/cache/index3/type":                "Unified",
		dir + "/cache/index3/size":                "36864K",
		dir + "/topology/core_cpus_list":          smt,
		dir + "/cache/index2/shared_cpu_list":     l2,
		dir + "/cache/index3/shared_cpu_list":     l3,
	}
	for name, text := range m {
		if text == "" {
			delete(m, name)
		}
	}
	return m
}

// twoSockets: 2 packages, each a NUMA node of 2 cores with 2 threads.
// The kernel numbers the first threads of all cores first.
func twoSockets() fstest.MapFS {
	return tree(
		map[string]string{
			cpuDir + "online":         "0-7",
			nodeDir + "node0/cpulist": "0-1,4-5",
			nodeDir + "node1/cpulist": "2-3,6-7",
		},
		cpu(0, 0, 0, "0,4", "0,4", "0-1,4-5"), cpu(4, 0, 0, "0,4", "0,4", "0-1,4-5"),
		cpu(1, 0, 1, "1,5", "1,5", "0-1,4-5"), cpu(5, 0, 1, "1,5", "1,5", "0-1,4-5"),
		cpu(2, 1, 0, "2,6", "2,6", "2-3,6-7"), cpu(6, 1, 0, "2,6", "2,6", "2-3,6-7"),
		cpu(3, 1, 1, "3,7", "3,7", "2-3,6-7"), cpu(7, 1, 1, "3,7", "3,7", "2-3,6-7"),
	)
}

// complexes: one package, one node, two L3 groups of 2 cores, as AMD builds them,
// with neighbouring numbers for the threads of a core.
func complexes() fstest.MapFS {
	return tree(
		map[string]string{cpuDir + "online": "0-7", nodeDir + "node0/cpulist": "0-7"},
		cpu(0, 0, 0, "0-1", "0-1", "0-3"), cpu(1, 0, 0, "0-1", "0-1", "0-3"),
		cpu(2, 0, 1, "2-3", "2-3", "0-3"), cpu(3, 0, 1, "2-3", "2-3", "0-3"),
		cpu(4, 0, 4, "4-5", "4-5", "4-7"), cpu(5, 0, 4, "4-5", "4-5", "4-7"),
		cpu(6, 0, 5, "6-7", "6-7", "4-7"), cpu(7, 0, 5, "6-7", "6-7", "4-7"),
	)
}

// clusters: no SMT and no L3; cores share an L2 in pairs; two nodes in one package.
func clusters() fstest.MapFS {
	return tree(
		map[string]string{
			cpuDir + "online":         "0-3",
			nodeDir + "node0/cpulist": "0-1",
			nodeDir + "node1/cpulist": "2-3",
			nodeDir + "node2/cpulist": "",
		},
		cpu(0, 0, 0, "0", "0-1", ""), cpu(1, 0, 1, "1", "0-1", ""),
		cpu(2, 0, 2, "2", "2-3", ""), cpu(3, 0, 3, "3", "2-3", ""),
	)
}

func detect(t testing.TB, root fs.FS, allowed ...int) *topology.Topology {
	t.Helper()
	top, err := topology.Detect(topology.Config{Root: root, Allowed: topology.CPUSetOf(allowed...)})
	if err != nil {
		t.Fatal(err)
	}
	return top
}

// machines are the fixtures that every property must hold on.
func machines(t *testing.T) map[string]*topology.Topology {
	all := map[string]*topology.Topology{
		"two sockets":          detect(t, twoSockets()),
		"two sockets, odd one": detect(t, twoSockets(), 1, 2, 5, 6, 7),
		"complexes":            detect(t, complexes()),
		"clusters":             detect(t, clusters()),
		"nothing known":        detect(t, fstest.MapFS{}, 0, 1, 2, 70),
		"one CPU":              detect(t, fstest.MapFS{}, 3),
	}
	// Tables that contradict themselves: what counts is that no CPU gets lost.
	rng := rand.New(rand.NewPCG(1, 2))
	list := func() string {
		var ids []int
		for range rng.IntN(6) {
			ids = append(ids, rng.IntN(12))
		}
		return topology.CPUSetOf(ids...).String()
	}
	for i := range 50 {
		root := tree(map[string]string{nodeDir + "node0/cpulist": list(), nodeDir + "node3/cpulist": list()})
		for id := range 12 {
			for name, file := range tree(cpu(id, rng.IntN(3)-1, rng.IntN(4)-1, list(), list(), list())) {
				root[name] = file
			}
		}
		all["contradictory "+strconv.Itoa(i)] = detect(t, root, 0, 1, 2, 3, 5, 7, 8, 9, 11)
	}
	return all
}

func lists(tiers [][]int) string {
	var b strings.Builder
	for i, r := range tiers {
		if i > 0 {
			b.WriteString(" | ")
		}
		b.WriteString(topology.CPUSetOf(r...).String())
	}
	return b.String()
}
