package main

import (
	"errors"
	"fmt"
	"runtime"

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

func (l *later) Drop() { fmt.Println("dropped", l.v) }

func (l later) Await(co *future.Co) (int, error) { return future.Await[int](co, &l) }

// A literal that future.Async or future.Do is given is a machine, which finds the variables around
// it. It is awaited by value, or a future that goes anywhere.
//
//magpie:async
func given(co *future.Co, n int) (sum int, err error) {
	v, err := future.Async(func(co *future.Co) (int, error) {
		w, err := later{v: n}.Await(co)
		sum += w
		return w + 1, err
	}).Await(co)
	sum += v
	if _, err := future.Do(func(co *future.Co) error {
		sum *= 2
		later{v: 1}.Await(co)
		return errors.New("from the literal")
	}).Await(co); err != nil {
		fmt.Println(err)
	}
	var all []future.AsyncOp[string]
	for i := range 3 { // kept as it is
		all = append(all, future.Async(func(co *future.Co) (string, error) {
			v, err := later{v: i}.Await(co)
			i += 10
			sum++
			return fmt.Sprint(i, v), err
		}))
	}
	for _, f := range all {
		s, err := f.Await(co)
		fmt.Println(s, err)
	}
	return sum, err
}

// A literal that is called where it stands, or by its name and nothing else, is awaited by value.
//
//magpie:async
func called(co *future.Co, n int) (int, error) {
	add := func(co *future.Co, x int, more ...int) (sum, count int) {
		sum, _ = later{v: x}.Await(co)
		for _, m := range more {
			v, _ := later{v: m}.Await(co)
			sum += v
			n++
		}
		return sum, len(more)
	}
	for i := range 2 {
		fmt.Println(add(co, i))
		fmt.Println(add(co, i, 1, 2))
		fmt.Println(add(co, n, []int{3, 4}...))
	}
	func(co *future.Co, _ int, s string) {
		defer func() { fmt.Println("deferred", s, recover()) }()
		s += "!"
		later{v: n}.Await(co)
		panic(s)
	}(co, show("unnamed"), "here")
	return n, nil
}

func show(s string) int {
	fmt.Println(s)
	return 0
}

// Literals in literals, with a type parameter and a recursive call.
//
//magpie:async
func nested[T any](co *future.Co, v T, depth int) (string, error) {
	text := ""
	_, err := future.Do(func(co *future.Co) error {
		inner := func(co *future.Co) (T, error) {
			_, err := later{v: depth}.Await(co)
			text += "inner "
			return v, err
		}
		w, err := inner(co)
		text += fmt.Sprint(w, " ")
		if depth > 0 {
			s, err := nested(co, w, depth-1)
			text += s
			return err
		}
		return err
	}).Await(co)
	return text, err
}

// What is done with these is not known: they run on coroutines.
//
//magpie:async
func values(co *future.Co) {
	f := func(co *future.Co, v int) int {
		w, _ := later{v: v}.Await(co)
		return w
	}
	g := f
	fmt.Println(f(co, 1), g(co, 2))
	var fact func(co *future.Co, n int) int
	fact = func(co *future.Co, n int) int {
		if n == 0 {
			return 1
		}
		return n * fact(co, n-1)
	}
	fmt.Println(fact(co, 5))
	type local struct{ v int }
	x := local{1}
	future.Do(func(co *future.Co) error {
		y := x
		later{v: 1}.Await(co)
		fmt.Println(y)
		return nil
	}).Await(co)
}

// A literal's machine waits for nothing any more when the function is dropped.
//
//magpie:async
func dropped(co *future.Co) {
	name := "outer"
	defer func() { fmt.Println("deferred in", name) }()
	future.Do(func(co *future.Co) error {
		defer func() { fmt.Println("deferred in the literal,", co.Dropped()); name += ", seen" }()
		later{v: 1}.Await(co)
		later{v: 2}.Await(co)
		return nil
	}).Await(co)
}

//magpie:async
func run(co *future.Co) {
	before := runtime.NumGoroutine()
	fmt.Println(given(co, 3))
	fmt.Println(nested(co, "x", 2))
	if compiled && runtime.NumGoroutine() != before {
		fmt.Println("goroutines were started")
	}
	future.Do(func(co *future.Co) error {
		defer func() { fmt.Println("recovered", recover()) }()
		fmt.Println(called(co, 5))
		return nil
	}).Await(co)
	values(co)
}

func main() {
	m := runAsync()
	_, err := future.BlockOn(&m)
	fmt.Println(err)
	for polls := range 4 {
		m := droppedAsync()
		cx := waker.FromWaker(waker.Noop())
		for range polls {
			m.Poll(&cx)
		}
		m.Drop()
	}
}
