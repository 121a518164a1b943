package main

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
)

const X = 2

func one(co *future.Co) int {
	future.Yield().Await(co)
	return 1
}

// Local constants and types are declared at the top of the package. Constants that were written
// with iota, or left out, are written as what they are.
//
//magpie:async
func constants(co *future.Co) {
	const (
		X = X + X
		Y
		Z = iota
	)
	const (
		A    = iota
		iota = iota
		B
	)
	const delay, half = 2 * time.Second, 1.0 / 3
	const (
		a time.Duration = (B + 1) << 3
		b
		r    = 'a' + B
		s    = "text"
		big  = 1 << 100
		huge = 1e300 * 1e300
		i    = 2i * half
	)
	var list [3]int
	const n = len(list)
	one(co)
	fmt.Println(X, Y, Z, A, iota, B, delay, half*3, a, b, r, s, big>>98, huge/1e299/1e300, i, n)
	fmt.Printf("%T %T %T %T %T\n", delay, half, r, i, n)
}

// A local type keeps its name, which programs print.
//
//magpie:async
func types(co *future.Co) {
	type point struct{ x, y int }
	p := point{one(co), 2}
	{
		type strings [X]string
		q := strings{"a"}
		one(co)
		fmt.Printf("%T %v\n", q, len(q))
	}
	var list [2]int
	type pair struct {
		point
		both [len(list)]int
	}
	v := pair{point: p}
	one(co)
	v.point.x++
	fmt.Printf("%T %+v\n", v, v)
	func() {
		defer func() { fmt.Println(recover()) }()
		fmt.Println(any(v).(point))
	}()
}

// Type point has a place already.
//
//magpie:async
func taken(co *future.Co) {
	type point struct{ v int }
	p := point{one(co)}
	one(co)
	fmt.Printf("%T %v\n", p, p)
}

// A type parameter without a name, a constraint that looks like an array's length, and two methods
// whose machines would have the same name.
type list[_, P any] struct{ v P }

//magpie:async
func (l *list[_, T]) get(co *future.Co) (T, int) {
	return l.v, one(co)
}

//magpie:async
func (l *list[K, _]) Get(co *future.Co) int {
	_, n := l.get(co)
	return n + one(co)
}

//magpie:async
func pointer[P *int, _ any](co *future.Co, p P) P {
	one(co)
	return p
}

//magpie:async
func run(co *future.Co) {
	constants(co)
	types(co)
	taken(co)
	fmt.Println((&list[int, string]{"v"}).Get(co), *pointer[*int, string](co, new(int)))
}

func main() {
	m := runAsync()
	_, err := future.BlockOn(&m)
	fmt.Println(err)
}
