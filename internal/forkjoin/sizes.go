//go:build !explore

package forkjoin

const (
	eager      = 8   // how many jobs are shared, if there are that many: see stack.go
	firstSlots = 256 // room made at the first fork
)
