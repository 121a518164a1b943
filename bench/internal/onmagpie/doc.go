// Package onmagpie has the benchmark programs as a demanding user would write them on
// magpie: tasks are small structs, spawned by value, with the shapes of the tokio and
// goroutine programs.
package onmagpie
