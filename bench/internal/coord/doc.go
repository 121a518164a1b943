// Package coord is what the benchmark's tasks wait on: a channel for one value, an event
// for one task, a gate for any number. They are written on the public API alone, as a
// user of package waker would, and none allocates but for itself.
package coord
