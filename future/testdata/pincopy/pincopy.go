// Package pincopy copies a future that embeds Pinned: vet must say so.
package pincopy

import "github.com/magpie-go/magpie/future"

type machine struct {
	future.Pinned
	state int
}

// Advance works on a copy by mistake.
func Advance(m *machine) int {
	moved := *m
	moved.state++
	return moved.state
}
