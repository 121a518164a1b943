// Package topology says where workers should run and whom they should rob
// first: which logical CPUs this process may use, how those CPUs share cores,
// caches and memory, and how much CPU time the process is allowed.
//
// # What a machine looks like
//
// The kernel numbers logical CPUs. One or two of them (SMT siblings) share a
// physical core with its L1 and L2 caches. A group of cores shares an L3 cache: a
// whole package on most Intel machines, four or eight cores on AMD's. A NUMA node
// is the memory that a group of cores reaches fastest. A package is a socket.
//
// A task moved to another CPU finds its data in whichever of those the two CPUs
// share, so [Topology.Distance] is the innermost thing shared:
//
//	Self  SMT  L2  L3  Node  Package  Remote
//
// [Topology.Tiers] groups all other CPUs by it, nearest first. A thief goes through
// the groups in that order, and at random within one, so that thieves do not all
// line up at the same victim.
//
// # Where workers go
//
// [Topology.Plan] places n workers. Each gets a physical core to itself as long as
// there are cores, since two busy siblings get little more done than one; cores of
// one L3 group are taken before those of the next, so that few workers still share
// a cache. [Pin] then binds a worker's thread to its CPU.
//
// [Topology.DefaultWorkers] is how many workers make sense: the CPUs that are
// allowed, or fewer where a cgroup quota grants less time than they have. Workers
// beyond the quota would be stopped together, in the middle of whatever they hold.
//
// # Where the facts come from
//
// On Linux: the affinity mask of the calling thread, the kernel's tables in sysfs,
// and the cgroup files (version 2 and version 1). What sysfs does not tell of the
// processor itself, such as the size of its caches, is asked of the CPU with cpuid.
// Containers often hide some of this. Nothing missing is an error: CPUs of which
// nothing is known are taken for separate cores on one node, and [Topology.Flat]
// says so. On other systems the topology is always flat, and [Pin] returns
// [ErrUnsupported].
//
// A Topology is a picture taken once. It does not follow CPUs that go offline later
// or a mask or quota that is changed; take another one for that.
package topology
