//go:build race

package par_test

// Ten times slower, but for what crosses every threshold that forks.
const sortMaxLen = 1<<15 + 1
