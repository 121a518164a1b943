package main

import (
	"fmt"
	str "strings"

	fut "github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Names that get in the way, declarations inside functions, parameters without names.

type later struct {
	polled bool
	v      int
}

func (l *later) Poll(cx *waker.Context) fut.Poll[int] {
	if !l.polled {
		l.polled = true
		cx.PollAgain()
		return fut.Pending[int]()
	}
	return fut.Ready(l.v)
}

func after(v int) fut.Future[int] { return &later{v: v} }

//magpie:async
func names(co *fut.Co, m, state int, _ string, cx ...int) (p int, err error) {
	future, machine, waker := m, state, len(cx)
	type point struct{ x, y int }
	const (
		one = iota + 1
		two
	)
	len := func(s string) int { return two * 100 }
	new := point{one, two}
	run := []point{new}
	v, err := fut.Await(co, after(future))
	{
		m := "shadow"
		v, err := fut.Await(co, after(machine))
		fmt.Println(m, v, err, str.ToUpper(m))
		if v > 100 {
			return v, err
		}
	}
	if m := m * 2; m > 0 {
		w, _ := fut.Await(co, after(m))
		fmt.Println(m, w)
	} else if m := -m; m > 1 {
		w, _ := fut.Await(co, after(m))
		fmt.Println("else", m, w)
	}
	run[0].x, _ = fut.Await(co, after(7))
	q := &run[0].y
	*q, _ = fut.Await(co, after(8))
	for int := range two {
		run = append(run, point{int, v})
		_, _ = fut.Await(co, after(int))
	}
	return len("x") + v + waker, err
}

type base[T any] struct{ v T }

//magpie:async
func (base[T]) zero(_ *fut.Co) (t T) { return }

//magpie:async
func (b base[T]) get(co *fut.Co, n int) (T, int, error) {
	v, err := fut.Await(co, after(n))
	w := b.v
	b.v, n = w, v
	return b.v, n, err
}

type derived struct {
	*base[string]
	n int
}

//magpie:async
func (d *derived) both(co *fut.Co) (string, error) {
	s, n, err := d.get(co, d.n)
	z := d.zero(co)
	return fmt.Sprint(s, n, z == ""), err
}

//magpie:async
func order(co *fut.Co) {
	log := func(s string, v int) int { fmt.Print(s, v, " "); return v }
	x := 1
	set := func(v int) int { x = v; return v }
	get := func(co *fut.Co, v int) int { w, _ := fut.Await(co, after(v)); return log("get", w) }
	a := [4]int{}
	i := 0
	inc := func() int { i++; return i }
	a[inc()], a[inc()] = get(co, 10)+x, set(5)+get(co, 20)
	fmt.Println(a, x)
	mm := map[string][]int{}
	mm[fmt.Sprint(log("key", 1))] = append(mm["1"], log("first", 2), get(co, 3), log("last", 4))
	fmt.Println(mm, log("l", 1) == 1 && get(co, 2) == 2 && log("r", 3) == 3, log("n", 0) > 0 || !(get(co, 1) > 0 && x > 0))
	s := a[log("lo", 0):log("hi", 3)]
	s[get(co, 1)] += get(co, 2) * log("m", 2)
	s[0]++
	fmt.Println(s, a, fmt.Sprint(x, get(co, set(9)), x))
	ch := make(chan int, 2)
	ch <- get(co, 4)
	fmt.Println(<-ch+get(co, 1)+cap(ch), struct {
		p, q int
	}{q: get(co, 6), p: log("p", 5)})
	var e any = x
	if n, ok := e.(int); ok && get(co, n) == n {
		fmt.Println("is", n)
	}
	func() { x = get2() }()
	var wide any = get(co, 3)
	var err error = e2
	var wider, other any = fut.Await(co, after(1))
	fmt.Printf("%T %v %v %T %v\n", wide, err == nil, wide == 3, wider, other)
	switch y := get(co, x); {
	case y == get(co, 3), y == 42:
		fmt.Println("42", y)
	}
}

type myErr struct{}

func (*myErr) Error() string { return "mine" }

var e2 *myErr

func get2() int { return 42 }

//magpie:async
func all(co *fut.Co) error {
	fmt.Println(names(co, 3, 4, "", 1, 2))
	fmt.Println(names(co, 3, 400, ""))
	fmt.Println(names(co, -3, 4, ""))
	d := derived{&base[string]{"b"}, 5}
	fmt.Println(d.both(co))
	order(co)
	sameError(co)
	return nil
}

func main() {
	m := allAsync()
	fmt.Println(fut.BlockOn(&m))
}

//magpie:async
func same[T any](co *fut.Co, v T) T {
	co.Yield()
	return v
}

//magpie:async
func sameError(co *fut.Co) {
	fmt.Println(same(co, error(e2)) == nil, same[error](co, nil))
}
