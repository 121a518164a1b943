//go:build !race

package par_test

const deep = 1_000_000
