//go:build race

package par_test

// deep is how deep forks are nested: the race detector makes stacks slow to grow.
const deep = 50_000
