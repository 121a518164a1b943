package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// later is ready at the n-th poll.
type later[T any] struct {
	n int
	v T
}

func (l *later[T]) Poll(cx *waker.Context) future.Poll[T] {
	if l.n > 0 {
		l.n--
		cx.PollAgain()
		return future.Pending[T]()
	}
	return future.Ready(l.v)
}

func after[T any](n int, v T) future.Future[T] { return &later[T]{n, v} }

//magpie:async
func wait(co *future.Co, n int) (int, error) {
	return future.Await(co, after(1, n))
}

//magpie:async
func get(co *future.Co, n int) int {
	v, _ := wait(co, n)
	return v
}

//magpie:async
func sum(co *future.Co, n int) (total int, err error) {
	for i := 0; i < n; i++ {
		v, err := wait(co, i)
		if err != nil {
			return 0, err
		}
		if v == 3 {
			continue
		}
		total += v
	}
	return
}

//magpie:async
func fail(co *future.Co, n int) error {
	if get(co, n) > 2 {
		return errors.New("more than two")
	}
	return nil
}

//magpie:async
func fib(co *future.Co, n int) int {
	if n < 2 {
		return n
	}
	return fib(co, n-1) + fib(co, n-2)
}

//magpie:async
func exprs(co *future.Co, x int) {
	a := []int{get(co, 1), x, get(co, 2)}
	fmt.Println(a, a[get(co, 1)], get(co, 5)+x*get(co, 6))
	if x > 0 && get(co, x) > 0 || get(co, 100) == 100 {
		fmt.Println("yes")
	}
	m := map[string]int{"a": 1}
	m[fmt.Sprint(get(co, 9))] = get(co, 10)
	a[get(co, 0)], x = x, get(co, 77)
	fmt.Println(a, x, len(m))
	for k := range m {
		m[k] += get(co, 1)
	}
	keys := []string{}
	for k, v := range m {
		keys = append(keys, fmt.Sprint(k, v, get(co, v)))
	}
	sort.Strings(keys)
	fmt.Println(strings.Join(keys, ","))
}

//magpie:async
func loops(co *future.Co) {
	var fs []func() int
outer:
	for i, s := range []string{"a", "b", "c", "d"} {
		for j := range 4 {
			switch {
			case get(co, j) == 2:
				continue outer
			case i == 2:
				break outer
			}
			fs = append(fs, func() int { i += 10; return i*100 + j })
			fmt.Print(s, i, j, " ")
		}
	}
	for _, f := range fs {
		fmt.Print(f(), f(), " ")
	}
	fmt.Println()
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i++; return i })
		get(co, i)
	}
	for _, f := range fs[len(fs)-3:] {
		fmt.Print(f(), f(), " ")
	}
	for i, r := range "aé\xffz" {
		fmt.Print(i, r, get(co, i), " ")
	}
	fmt.Println()
	ch := make(chan int, 3)
	ch <- 1
	ch <- 2
	close(ch)
	for v := range ch {
		fmt.Print(get(co, v), " ")
	}
	arr := [3]int{1, 2, 3}
	for i, v := range arr {
		arr[2] = 10
		fmt.Print(i, get(co, v), " ")
	}
	for i, v := range &arr {
		arr[2] = 11
		fmt.Print(i, get(co, v), " ")
	}
	fmt.Println()
}

type shape interface{ area() int }
type square struct{ a int }

func (s square) area() int { return s.a * s.a }

//magpie:async
func (s *square) grow(co *future.Co, by ...int) (old, now int, err error) {
	old = s.a
	for _, b := range by {
		s.a += get(co, b)
	}
	return old, s.a, nil
}

type pair[K comparable, V any] struct {
	k K
	v V
}

//magpie:async
func (p *pair[K, V]) swap(co *future.Co, k K, v V) (K, V) {
	ok, ov := p.k, p.v
	p.k, _ = future.Await(co, after(1, k))
	p.v = v
	return ok, ov
}

//magpie:async
func mapAll[T, U any](co *future.Co, xs []T, f func(co *future.Co, x T) (U, error)) ([]U, error) {
	var out []U
	for _, x := range xs {
		u, err := f(co, x)
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

//magpie:async
func kinds(co *future.Co, v any) string {
	switch x := v.(type) {
	case int:
		return fmt.Sprint("int ", get(co, x))
	case string, []byte:
		get(co, 1)
		return fmt.Sprintf("text %s", x)
	case nil:
		return "nil"
	default:
		p := &x
		get(co, 1)
		return fmt.Sprintf("other %v", *p)
	}
}

//magpie:async
func jumps(co *future.Co) {
	i := 0
again:
	if get(co, i) < 3 {
		i++
		goto again
	}
	fmt.Println("jumped", i)
	switch get(co, 1) {
	case 0:
		fmt.Println("zero")
	case 1:
		fmt.Println("one", get(co, 1))
		fallthrough
	case get(co, 2):
		fmt.Println("two")
	default:
		fmt.Println("other")
	}
	c := make(chan int, 1)
	c <- 5
	select {
	case v, ok := <-c:
		fmt.Println(get(co, v), ok)
	default:
		fmt.Println("none")
	}
}

//magpie:async
func run(co *future.Co) {
	fmt.Println(sum(co, 6))
	fmt.Println(fail(co, 2), fail(co, 3))
	fmt.Println(fib(co, 10))
	exprs(co, 3)
	loops(co)
	sq := &square{2}
	fmt.Println(sq.grow(co, 1, 2))
	p := pair[string, int]{"a", 1}
	k, v := p.swap(co, "b", 2)
	fmt.Println(k, v, p)
	us, err := mapAll(co, []int{1, 2}, func(co *future.Co, x int) (string, error) { return fmt.Sprint("#", get(co, x)), nil })
	fmt.Println(us, err)
	fmt.Println(kinds(co, 4), kinds(co, "x"), kinds(co, nil), kinds(co, 1.5))
	jumps(co)
	fmt.Println(labels(co))
	fmt.Println(goes(co))
	var s set[string, []string]
	fmt.Println(s.put(co, "a", []string{"x"}))
}

func main() {
	m := runAsync()
	_, err := future.BlockOn(&m)
	fmt.Println(err)
}

//magpie:async
func labels(co *future.Co) (n int) {
	get(co, 1)
outer:
	for i := 0; i < 4; i++ { // kept as it is
		for j := 0; j < 4; j++ {
			if j == 2 {
				continue outer
			}
			if i == 3 {
				break outer
			}
			n += i*10 + j
		}
	}
each:
	for i, v := range []int{get(co, 1), get(co, 2), 3} { // only the list waits
		for {
			if i == 2 {
				break each
			}
			n += v
			continue each
		}
	}
	for i := range get(co, 3) {
		defer func() { n += i }()
	}
	return n + get(co, 1)
}

// The operands of a go statement are evaluated here.
//
//magpie:async
func goes(co *future.Co) int {
	sum := make(chan int, 1)
	go func(v, w int) { sum <- v*10 + w }(get(co, 3), get(co, 4))
	return <-sum
}

type set[K comparable, V ~[]K] struct{ m map[K]V }

//magpie:async
func (s *set[A, B]) put(co *future.Co, a A, b B) (map[A]B, error) {
	v, err := future.Await(co, after(1, a))
	if s.m == nil {
		s.m = map[A]B{}
	}
	s.m[v] = append(s.m[v], b...)
	return s.m, err
}
