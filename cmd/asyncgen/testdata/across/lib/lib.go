// Package lib has async functions that another package calls.
package lib

import "github.com/magpie-go/magpie/future"

// Conn is a type with async methods.
type Conn[K comparable] struct{ M map[K]int }

// Read reads.
//
//magpie:async
func (c *Conn[K]) Read(co *future.Co, k K) (int, error) {
	co.Yield()
	return c.M[k], nil
}

// Twice doubles.
//
//magpie:async
func Twice[T int | float64](co *future.Co, v T) T {
	co.Yield()
	return hidden(co, v) * 2
}

//magpie:async
func hidden[T any](co *future.Co, v T) T {
	co.Yield()
	return v
}

type secret struct{ n int }

// Reveal is a method of Open too.
//
//magpie:async
func (s secret) Reveal(co *future.Co, n int) (int, error) {
	co.Yield()
	return s.n + n, nil
}

// Open shows what secret has.
type Open struct{ secret }

// NewOpen returns one.
func NewOpen(n int) Open { return Open{secret{n}} }
