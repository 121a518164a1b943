//go:build !explore

package coord_test

// wordsAllocate is set where shared words are the explorer's, which allocate.
const wordsAllocate = false
