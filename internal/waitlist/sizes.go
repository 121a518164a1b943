//go:build !explore

package waitlist

// batch is how many are woken for one locking of a list.
const batch = 8
