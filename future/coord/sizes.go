//go:build !explore

package coord

// blockLen is how many values a piece of a channel's queue holds. A channel of few values is not
// large, and a new piece is needed for one value in 32 only.
const blockLen = 32

// grantBatch is how many senders are woken for one locking of their line.
const grantBatch = 8
