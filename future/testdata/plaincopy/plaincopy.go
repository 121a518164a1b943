// Package plaincopy copies a future that does not embed Pinned: vet has no objection.
package plaincopy

type machine struct {
	state int
}

// Advance works on a copy.
func Advance(m *machine) int {
	moved := *m
	moved.state++
	return moved.state
}
