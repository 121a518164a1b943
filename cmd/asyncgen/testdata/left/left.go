package main

import (
	"fmt"
	"iter"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// What cannot be compiled is left on the coroutine, beside what is compiled.

//magpie:async
func each(co *future.Co, seq iter.Seq[int]) (sum int, err error) {
	for v := range seq {
		w, err := double(co, v)
		if err != nil {
			return 0, err
		}
		sum += w
	}
	return sum, nil
}

//magpie:async
func double(co *future.Co, v int) (int, error) {
	if _, err := future.Yield().Await(co); err != nil {
		return 0, err
	}
	return 2 * v, nil
}

type holder struct{ co *future.Co }

// keep keeps its co, as one that makes an io.Reader of it does.
func keep(co *future.Co) holder { return holder{co} }

//magpie:async
func keeps(co *future.Co) int {
	h := keep(co)
	v, _ := double(h.co, 21)
	return v
}

// plain is no async function, but one can call it: it runs on a coroutine.
func plain(co *future.Co, a, b int) (int, string, error) {
	v, err := double(co, a)
	return v + b, "plain", err
}

type doubler interface {
	double(co *future.Co, v int) (int, error)
}

type by int

func (b by) double(co *future.Co, v int) (int, error) {
	w, err := double(co, v)
	return w * int(b), err
}

//magpie:async
func calls(co *future.Co, d doubler) error {
	fmt.Println(plain(co, 1, 2))
	v, err := d.double(co, 4)
	fmt.Println(v, err)
	f := func(co *future.Co, xs ...int) (n int) {
		for _, x := range xs {
			v, _ := double(co, x)
			n += v
		}
		return n
	}
	fmt.Println(f(co, 1, 2, 3), f(co), f(co, []int{4}...))
	return err
}

//magpie:async
func all(co *future.Co) error {
	fmt.Println(each(co, func(yield func(int) bool) { _ = yield(1) && yield(2) && yield(3) }))
	fmt.Println(keeps(co))
	// What takes the context of a poll takes co as well.
	fmt.Println(spend(co.Context()))
	return calls(co, by(3))
}

func spend(cx *waker.Context) bool { return cx.Spend() }

func main() {
	m := allAsync()
	fmt.Println(future.BlockOn(&m))
}
