//go:build explore

package coord_test

const wordsAllocate = true
