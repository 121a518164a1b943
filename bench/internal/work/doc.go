// Package work is what the benchmarks of fork-join compute: the parts that are the same
// sequentially and in parallel, the sequential programs, and what must come out.
package work
