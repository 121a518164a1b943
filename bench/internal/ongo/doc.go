// Package ongo has the benchmark programs on goroutines, channels and Go's own timers,
// with the shapes of the programs on magpie.
package ongo
