package topology

import (
	"cmp"

	"github.com/klauspost/cpuid/v2"
)

// Hardware is what is known of the processor model. Sizes are in bytes and count
// one cache, however many CPUs share it. A zero field is unknown. Under a hypervisor
// these are the figures it chooses to show.
type Hardware struct {
	Vendor string // as the processor spells it, such as "GenuineIntel"
	Brand  string // the model's name

	CacheLine   int
	L1D, L2, L3 int

	// Of one package, whether or not this process may use them.
	PhysicalCores  int
	LogicalCPUs    int
	ThreadsPerCore int
}

// or fills the unknown fields of h from g.
func (h Hardware) or(g Hardware) Hardware {
	return Hardware{
		Vendor:         cmp.Or(h.Vendor, g.Vendor),
		Brand:          cmp.Or(h.Brand, g.Brand),
		CacheLine:      cmp.Or(h.CacheLine, g.CacheLine),
		L1D:            cmp.Or(h.L1D, g.L1D),
		L2:             cmp.Or(h.L2, g.L2),
		L3:             cmp.Or(h.L3, g.L3),
		PhysicalCores:  cmp.Or(h.PhysicalCores, g.PhysicalCores),
		LogicalCPUs:    cmp.Or(h.LogicalCPUs, g.LogicalCPUs),
		ThreadsPerCore: cmp.Or(h.ThreadsPerCore, g.ThreadsPerCore),
	}
}

// processor asks the processor itself. It cannot tell which CPU numbers belong
// together: that would take a thread on each of them.
func processor() Hardware {
	c := &cpuid.CPU
	h := Hardware{
		Vendor:        c.VendorString,
		Brand:         c.BrandName,
		CacheLine:     max(c.CacheLine, 0),
		L1D:           max(c.Cache.L1D, 0),
		L2:            max(c.Cache.L2, 0),
		L3:            max(c.Cache.L3, 0),
		PhysicalCores: max(c.PhysicalCores, 0),
		LogicalCPUs:   max(c.LogicalCores, 0),
	}
	// cpuid answers 1 thread a core for "unknown" as well.
	if h.PhysicalCores > 0 && h.LogicalCPUs > 0 {
		h.ThreadsPerCore = max(c.ThreadsPerCore, 0)
	}
	return h
}
