//go:build !explore

package coord

// turnBatch is how many are woken for one locking of a line.
const turnBatch = 8
