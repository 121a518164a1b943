//go:build !race

package par_test

const sortMaxLen = 150_000
