// Package measure is what the benchmark programs share: how long a measurement takes,
// the clocks it reads, and the lines it prints.
//
// A program is a func(*Run). It runs in a process of its own, where its figures are
// printed as lines
//
//	bench,peer,metric,value,unit
//
// or under go test -bench, where they become metrics of that benchmark. Times are wall
// time, and cpu is user and system time of the whole process: a program that is fast
// because a second core spins for it shows it there.
package measure
