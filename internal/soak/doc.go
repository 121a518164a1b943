// Package soak is a test only: a runtime under everything at once, for as long as one
// likes. Rounds of connections, timers, spawned trees of tasks, async functions, joins,
// aborts, panics and shutdowns run on runtimes of random shapes, while package faults makes
// the operating system and the threads misbehave. It checks that nothing is lost, nothing
// runs twice, every byte is right, and every round leaves the process as it was.
//
//	go test -tags faults -run Soak ./internal/soak -soak=5m -seed=7 -v
//
// The seed is printed, and chosen by the clock if none is given. It fixes the shape of
// each round and what is injected at each decision; the order in which threads come to
// decisions it cannot fix. Without the tag the same rounds run undisturbed.
package soak
