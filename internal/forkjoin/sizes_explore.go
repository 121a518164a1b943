//go:build explore

package forkjoin

// Models have few jobs: they choose how many of them are shared, and when slots run out.
var (
	eager      uint32 = 1
	firstSlots        = 4
)
