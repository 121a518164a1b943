// Package droppedco is where package future leaves, for package machine, what users have no need
// for: the Co of a function that is being dropped.
package droppedco

// With calls f with a *future.Co on which each await answers ErrDropped at once. Package future
// sets it.
var With func(f func(co any))
