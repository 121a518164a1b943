//go:build !faults

package faults

// Enabled reports whether this build can inject faults.
const Enabled = false

// Complete reports whether faults of all kinds are injected on this system.
const Complete = false

// Point is a place where a thread may be stopped.
func Point() {}

// Start begins to inject faults.
func Start(uint64) {}

// Only allows these kinds of faults and no others, all of them if none is given.
func Only(...Kind) {}

// End ends it and returns how many there were of each kind.
func End() (counts [Kinds]uint64) { return counts }

// Count returns how many faults of a kind there were since Start.
func Count(Kind) uint64 { return 0 }
