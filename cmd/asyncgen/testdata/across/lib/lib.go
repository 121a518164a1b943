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
