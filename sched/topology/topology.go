package topology

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
)

// ErrNoCPU is returned by Detect when Config.Allowed holds no CPU that is online.
var ErrNoCPU = errors.New("topology: none of the allowed CPUs is online")

// CPU is one logical CPU and what it shares. Each set holds only CPUs that the
// topology was asked for, and always the CPU itself.
type CPU struct {
	ID      int    // the kernel's number, as in Pin and taskset
	CoreID  int    // the kernel's core_id, unique in its package only; -1 if unknown
	Package int    // the socket; 0 if unknown
	Node    int    // the NUMA node; the package if unknown
	SMT     CPUSet // the threads of the same physical core
	L2      CPUSet // the CPUs behind the same L2 cache; SMT if unknown
	L3      CPUSet // the CPUs behind the same L3 cache; L2 if there is none
}

// Topology describes the CPUs a process may run on. It does not change, and may be
// used from any number of goroutines.
type Topology struct {
	cpus     []CPU // by ID
	allowed  CPUSet
	hardware Hardware
	flat     bool
	quota    float64 // in CPUs; 0 is no limit
}

// Config says what to describe. The zero value is the machine the program runs on.
type Config struct {
	// Root is the file system whose sys and proc directories are read. Nil is the
	// real one. With a Root of your own nothing is asked of the processor.
	Root fs.FS

	// Allowed limits the topology to these CPUs. Empty means the affinity mask of
	// the calling thread, from before Pin if that has bound it, or, with a Root of your
	// own, the CPUs online there.
	Allowed CPUSet
}

// Discover describes the machine the program runs on, as Detect does with a zero
// Config.
func Discover() (*Topology, error) { return Detect(Config{}) }

// Detect reads the topology, about a dozen small files for each CPU. Files that are
// missing or unreadable are no error; ErrNoCPU is the only one.
//
// The affinity mask is that of the calling thread; on one that Pin has bound, such as a
// worker's, the one from before.
func Detect(cfg Config) (*Topology, error) {
	root, mask, hw := cfg.Root, cfg.Allowed, Hardware{}
	if root == nil {
		root, hw = os.DirFS("/"), processor()
		if mask.Count() == 0 {
			// A denied call leaves the mask empty; the CPUs online are the next best.
			mask, _ = threadMask()
		}
	}
	return detect(root, mask, hw)
}

func detect(root fs.FS, mask CPUSet, hw Hardware) (*Topology, error) {
	sys := sysfs{root}
	online := sys.online()
	switch {
	case mask.Count() == 0 && online.Count() == 0:
		for c := range runtime.NumCPU() {
			mask.add(c)
		}
	case mask.Count() == 0:
		mask = online
	case online.Count() != 0:
		mask = mask.Intersect(online)
	}
	if mask.Count() == 0 {
		return nil, ErrNoCPU
	}
	t := &Topology{allowed: mask, hardware: sys.hardware(mask.first()).or(hw)}
	t.cpus, t.flat = sys.cpus(mask)
	t.quota, _ = quota(root)
	return t, nil
}

// check panics for a Topology that nobody has made.
func (t *Topology) check() {
	if t == nil || len(t.cpus) == 0 {
		panic("topology: a nil or zero Topology: Detect and Discover make them")
	}
}

// CPUs returns the CPUs in ascending order of their numbers. The slice is the
// caller's.
func (t *Topology) CPUs() []CPU {
	t.check()
	return slices.Clone(t.cpus)
}

// CPU returns the CPU with the given number, and false if it is not allowed.
func (t *Topology) CPU(id int) (CPU, bool) {
	t.check()
	i, ok := slices.BinarySearchFunc(t.cpus, id, func(c CPU, id int) int { return c.ID - id })
	if !ok {
		return CPU{}, false
	}
	return t.cpus[i], true
}

// Allowed returns the CPUs the process may run on.
func (t *Topology) Allowed() CPUSet {
	t.check()
	return t.allowed
}

// Hardware returns what is known of the processor model.
func (t *Topology) Hardware() Hardware {
	t.check()
	return t.hardware
}

// Flat reports that nothing is known of what the CPUs share: each is taken for a
// core of its own, all of them on one node.
func (t *Topology) Flat() bool {
	t.check()
	return t.flat
}

// Quota returns how much CPU time the process's cgroups grant it, in CPUs: 2.5 is
// two and a half seconds of CPU time a second. Limited is false, and cores 0, if
// there is no limit.
func (t *Topology) Quota() (cores float64, limited bool) {
	t.check()
	return t.quota, t.quota > 0
}

// Cores returns the number of physical cores the allowed CPUs belong to.
func (t *Topology) Cores() int {
	t.check()
	return t.groups(func(c CPU) int { return c.SMT.first() })
}

// groups counts the distinct values of key.
func (t *Topology) groups(key func(CPU) int) int {
	seen := make(map[int]struct{}, len(t.cpus))
	for _, c := range t.cpus {
		seen[key(c)] = struct{}{}
	}
	return len(seen)
}

// String returns one line for people, such as
//
//	CPUs 0-7: 4 cores, 2 L3 groups, 2 nodes, 2 packages; quota 2.5 CPUs
func (t *Topology) String() string {
	t.check()
	var b strings.Builder
	fmt.Fprintf(&b, "CPUs %s: ", t.allowed)
	if t.flat {
		b.WriteString("nothing known of what they share")
	} else {
		fmt.Fprintf(&b, "%s, %s, %s, %s", plural(t.Cores(), "core"),
			plural(t.groups(func(c CPU) int { return c.L3.first() }), "L3 group"),
			plural(t.groups(func(c CPU) int { return c.Node }), "node"),
			plural(t.groups(func(c CPU) int { return c.Package }), "package"))
	}
	if t.quota > 0 {
		fmt.Fprintf(&b, "; quota %.4g CPUs", t.quota)
	}
	return b.String()
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
