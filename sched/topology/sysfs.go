package topology

import (
	"io/fs"
	"strconv"
	"strings"
)

const (
	cpuDir  = "sys/devices/system/cpu"
	nodeDir = "sys/devices/system/node"
)

// sysfs reads the kernel's tables. Every reader has an answer for "not there",
// because containers and virtual machines hide any part of them.
type sysfs struct{ root fs.FS }

func (s sysfs) text(name string) (string, bool) {
	b, err := fs.ReadFile(s.root, name)
	return strings.TrimSpace(string(b)), err == nil
}

// number returns the number in the file, or none if there is no such file or the
// kernel wrote -1 for "unknown".
func (s sysfs) number(name string, none int) int {
	text, _ := s.text(name)
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return none
	}
	return n
}

// set returns the CPU list in the file; empty if there is none.
func (s sysfs) set(name string) CPUSet {
	text, _ := s.text(name)
	set, err := ParseCPUSet(text)
	if err != nil {
		return CPUSet{}
	}
	return set
}

func (s sysfs) online() CPUSet { return s.set(cpuDir + "/online") }

// cpus describes every CPU of the mask. Flat is true if sysfs told nothing.
func (s sysfs) cpus(mask CPUSet) (cpus []CPU, flat bool) {
	nodes := s.nodes()
	flat = len(nodes) == 0
	for id := range mask.All() {
		dir := cpuDir + "/cpu" + strconv.Itoa(id)
		c := CPU{
			ID:      id,
			CoreID:  s.number(dir+"/topology/core_id", -1),
			Package: s.number(dir+"/topology/physical_package_id", 0),
		}
		// Kernels before 5.3 have only the second name.
		smt := s.set(dir + "/topology/core_cpus_list")
		if smt.Count() == 0 {
			smt = s.set(dir + "/topology/thread_siblings_list")
		}
		l2, l3 := s.caches(dir)
		if c.CoreID >= 0 || smt.Count()+l2.Count()+l3.Count() > 0 {
			flat = false
		}
		c.SMT = shared(smt, mask, CPUSetOf(id), id)
		c.L2 = shared(l2, mask, c.SMT, id)
		c.L3 = shared(l3, mask, c.L2, id)

		// Without NUMA tables the package is the better guess: two sockets never
		// have all their memory equally near.
		node, ok := nodes[id]
		if !ok {
			node = c.Package
		}
		c.Node = node
		cpus = append(cpus, c)
	}
	return cpus, flat
}

// shared limits a set read for CPU id to the mask. A list that leaves out its own
// CPU is not to be believed, and replaced by the next smaller group.
func shared(read, mask, inner CPUSet, id int) CPUSet {
	if !read.Contains(id) {
		return inner
	}
	return read.Intersect(mask)
}

// caches returns the CPUs behind the same level 2 and level 3 cache.
func (s sysfs) caches(dir string) (l2, l3 CPUSet) {
	for i := 0; ; i++ {
		index := dir + "/cache/index" + strconv.Itoa(i)
		switch s.number(index+"/level", 0) {
		case 0:
			return l2, l3
		case 2:
			l2 = s.set(index + "/shared_cpu_list")
		case 3:
			l3 = s.set(index + "/shared_cpu_list")
		}
	}
}

// nodes maps each CPU to its NUMA node; empty if the kernel has no such table.
func (s sysfs) nodes() map[int]int {
	// Node numbers may have gaps, and nodes without a CPU have an empty list.
	entries, err := fs.ReadDir(s.root, nodeDir)
	if err != nil {
		return nil
	}
	of := make(map[int]int)
	for _, e := range entries {
		digits, ok := strings.CutPrefix(e.Name(), "node")
		node, err := strconv.Atoi(digits)
		if !ok || err != nil {
			continue
		}
		for cpu := range s.set(nodeDir + "/" + e.Name() + "/cpulist").All() {
			of[cpu] = node
		}
	}
	return of
}

// hardware returns the cache sizes of one CPU.
func (s sysfs) hardware(cpu int) Hardware {
	var h Hardware
	for i := 0; ; i++ {
		index := cpuDir + "/cpu" + strconv.Itoa(cpu) + "/cache/index" + strconv.Itoa(i)
		level := s.number(index+"/level", 0)
		if level == 0 {
			return h
		}
		kind, _ := s.text(index + "/type")
		if kind == "Instruction" {
			continue
		}
		text, _ := s.text(index + "/size")
		size := parseSize(text)
		switch level {
		case 1:
			h.L1D = size
			h.CacheLine = s.number(index+"/coherency_line_size", 0)
		case 2:
			h.L2 = size
		case 3:
			h.L3 = size
		}
	}
}

// parseSize reads the kernel's "36608K", its only unit; 0 if it is not that.
func parseSize(text string) int {
	digits, ok := strings.CutSuffix(text, "K")
	n, err := strconv.ParseUint(digits, 10, 20)
	if !ok || err != nil {
		return 0
	}
	return int(n) << 10
}
