package measure

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// RSS returns the resident set of this process in bytes, or 0 where there is no /proc.
func RSS() float64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0
	}
	pages, err := strconv.ParseFloat(f[1], 64)
	if err != nil {
		return 0
	}
	return pages * float64(os.Getpagesize())
}

// Live returns the bytes of heap and stacks in use after a collection.
func Live() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// Allocs runs f, which performs ops operations, and emits allocations and allocated
// bytes for each. It counts those of the whole process.
func (r *Run) Allocs(ops int, f func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	r.Emit("allocs", float64(after.Mallocs-before.Mallocs)/float64(ops), "allocs/op")
	r.Emit("bytes", float64(after.TotalAlloc-before.TotalAlloc)/float64(ops), "B/op")
}
