package main

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// later is ready at the second poll.
type later struct {
	v      int
	polled bool
}

func (l *later) Poll(cx *waker.Context) future.Poll[int] {
	if !l.polled {
		l.polled = true
		cx.PollAgain()
		return future.Pending[int]()
	}
	return future.Ready(l.v)
}

func (l later) Await(co *future.Co) (int, error) { return future.Await[int](co, &l) }

// thrice is polled as what it embeds, and awaited otherwise: it is no operation that a machine can hold.
type thrice struct{ later }

func (t thrice) Await(co *future.Co) (int, error) {
	v, err := future.Await[int](co, &t.later)
	return 3 * v, err
}

//magpie:async
func embedded(co *future.Co) {
	fmt.Println(thrice{later{v: 4}}.Await(co))
}

// own is not marked: what has the names of its machine is not that.
func own(co *future.Co) (int, error) { return later{v: 5}.Await(co) }

type ownMachine struct{ l later }

func (m *ownMachine) Poll(cx *waker.Context) future.Poll[int] { return m.l.Poll(cx) }

func ownAsync() ownMachine { return ownMachine{later{v: 6}} }

//magpie:async
func unmarked(co *future.Co) {
	fmt.Println(own(co))
}

//magpie:async
func of(co *future.Co, v int) int {
	fmt.Print(" await ", v)
	later{v: v}.Await(co)
	return v
}

func say(v int) int {
	fmt.Print(" ", v)
	return v
}

func says(list ...int) []int {
	fmt.Print(" list")
	return list
}

func channel(name string, v ...int) chan int {
	fmt.Print(" ", name)
	ch := make(chan int, 3)
	for _, v := range v {
		ch <- v
	}
	return ch
}

// What stands before an await is evaluated before it.
//
//magpie:async
func operands(co *future.Co) {
	fmt.Println(":", say(1)+of(co, 2), says(3, 4)[of(co, 1)], <-channel("ch", 5)*of(co, 6))
	fmt.Println(":", says(5, 6)[of(co, 0)])
	ch := channel("kept", 7, 8)
	fmt.Println(":", <-ch, of(co, 9), <-ch)
	m := map[int]int{}
	m[say(10)] = of(co, 11)
	m[of(co, 12)], says(1)[of(co, 0)] = say(13), of(co, 14)
	fmt.Println(":", m)
}

// A builtin function is a call, and what it is given is read before an await that comes after it.
//
//magpie:async
func builtins(co *future.Co) {
	list, z, text := []int{1}, 1i, "a"
	change := func(co *future.Co) int {
		of(co, 0)
		list, z, text = make([]int, 3, 5), 3i, "changed"
		return 0
	}
	a, _, b := len(list), change(co), len(list)
	list, z, text = []int{1}, 1i, "a"
	c, _, d := imag(z), change(co), cap(list)
	list, z, text = []int{1}, 1i, "a"
	e, _, f := []byte(text), change(co), min(len(text), 5)
	list, z, text = []int{1}, 1i, "a"
	g, _, h := append(list, 1), change(co), append(list, 1)
	fmt.Println(":", a, b, c, d, string(e), f, g, h)
}

// The second operand is evaluated if the first asks for it.
//
//magpie:async
func logic(co *future.Co) {
	for i := range 4 {
		and := say(i) > 1 && of(co, i) == 3
		or := say(i) > 1 || of(co, i) == 1
		fmt.Println(":", and, or, !and && say(of(co, i)) >= 0)
		if !(say(i) > 0 && of(co, i) > 2) || of(co, i) < 0 {
			fmt.Println(" no")
		}
	}
}

// The operands of a select are evaluated in their order, whichever is chosen.
//
//magpie:async
func choice(co *future.Co) {
	full := make(chan int)
	for range 2 {
		select {
		case full <- say(1):
		case v := <-channel("first", of(co, 2)):
			fmt.Println(": got", v)
			continue
		case pick(full, say(3)) <- of(co, 4):
		}
		fmt.Println("not here")
	}
	list := make([]int, 2)
	var ok bool
	select {
	case list[of(co, 1)], ok = <-channel("into", 5):
	}
	fmt.Println(":", list, ok)
}

func pick(ch chan int, _ int) chan int { return ch }

func array() [3]int {
	fmt.Print(" array")
	return [3]int{4, 5, 6}
}

// What is ranged over is evaluated once, also if nothing of it is used but its length.
//
//magpie:async
func ranged(co *future.Co) {
	for range array() {
		of(co, 1)
	}
	for i := range array() {
		of(co, i)
	}
	list := array()
	for i, v := range list { // a copy
		list[2] = of(co, v) + i
	}
	for i := range <-pointers() {
		of(co, i)
	}
	var none *list3
	for range *(*[3]int)(none) { // has a length, though it is nil
		of(co, 7)
	}
	fmt.Println(":", list)
}

type list3 [3]int

func pointers() chan *[2]int {
	ch := make(chan *[2]int, 1)
	ch <- nil
	return ch
}

// Jumps out of what is kept, to where something is read that is set on the way on, and to a block
// in which nothing is.
//
//magpie:async
func jumps(co *future.Co, unused, n int) (sum int) {
	last := of(co, n)
	for i := 0; ; i++ {
		of(co, i)
		if say(i) > 1 {
			break
		}
		last = 0
		if say(i) > 0 {
			continue
		}
		last = of(co, 100)
	}
	sum += last
	for i := 0; i < of(co, 3); i++ {
		if say(i) == 2 {
			break
		}
		for v := range n {
			of(co, v)
		}
	}
outer:
	for {
		for i := range 5 {
			if say(i) == 3 {
				break outer
			}
		}
		of(co, 0)
	}
	for i := range 6 {
		if of(co, i)%2 == 0 {
			continue
		}
		if of(co, i) > 3 {
			break
		}
		sum += i
	}
	return sum
}

type pair struct{ a, b int }

//magpie:async
func pairOf(co *future.Co, a, b int) pair { return pair{of(co, a), of(co, b)} }

// A composite literal in the head of a statement needs its parentheses.
//
//magpie:async
func literals(co *future.Co) {
	if (pair{1, 2}) == pairOf(co, 1, 2) && pairOf(co, 3, 4) != (pair{1, of(co, 2)}) {
		fmt.Println(": equal")
	}
	if (pair{3, 4} == pairOf(co, 3, 4)) {
		fmt.Println(": equal")
	}
	for i := 0; (pair{i, i}) != pairOf(co, 2, 2); i++ {
		fmt.Print(" next")
	}
	switch (pair{of(co, 1), 1}) {
	case pair{1, 1}:
		fmt.Println(": one")
	}
	for _, p := range []pair{{of(co, 5), 6}, {7, 8}} {
		of(co, p.a)
	}
	fmt.Println()
}

type owner struct{ v int }

//magpie:async
func (o owner) add(co *future.Co, x, y int) {
	fmt.Println(":", o.v+of(co, x)+y)
}

// The receiver of a deferred call is evaluated before its arguments.
//
//magpie:async
func deferred(co *future.Co) {
	defer owner{say(1)}.add(co, say(2), say(3))
	defer owner{say(4)}.add(co, of(co, 5), say(6))
	of(co, 7)
}

//magpie:async
func run(co *future.Co) {
	operands(co)
	builtins(co)
	logic(co)
	choice(co)
	ranged(co)
	fmt.Println(":", jumps(co, 1, 2))
	literals(co)
	deferred(co)
	embedded(co)
	unmarked(co)
}

func main() {
	m := runAsync()
	_, err := future.BlockOn(&m)
	fmt.Println(err)
}
