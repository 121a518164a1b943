package main

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// later is ready at the second poll.
type later struct {
	polled bool
	v      int
}

func (l *later) Poll(cx *waker.Context) future.Poll[int] {
	if l.v < 0 {
		panic(fmt.Sprint("poll of ", l.v))
	}
	if !l.polled {
		l.polled = true
		cx.PollAgain()
		return future.Pending[int]()
	}
	return future.Ready(l.v)
}

func (l *later) Drop() { fmt.Println("dropped", l.v) }

func after(v int) future.Future[int] { return &later{v: v} }

//magpie:async
func order(co *future.Co, n int) (sum int, err error) {
	defer fmt.Println("args", n, sum)
	for i := range n {
		defer func() { fmt.Print("loop ", i, " ") }()
	}
	n = 100
	for i := 0; i < 2; i++ {
		v, _ := future.Await(co, after(i+1))
		defer func() { sum += v; fmt.Println("await", i, v, sum) }()
	}
	defer func() {
		if co.Dropped() {
			fmt.Println("was dropped")
		}
	}()
	return 10, nil
}

func recovers(what string) {
	fmt.Println(what, recover())
}

type closer struct{ name string }

func (c closer) close(by string) { fmt.Println("close", c.name, by, recover()) }

//magpie:async
func saved(co *future.Co, how int) (res string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("recovered %v", v)
		}
	}()
	c := closer{"a"}
	if how == 1 {
		defer c.close("b")
	}
	c.name = "z"
	if how == 2 {
		defer recovers("named")
	}
	if how == 4 {
		defer func() { panic("second") }()
	}
	res = "set"
	future.Await(co, after(1))
	switch how {
	case 0:
		panic("plain")
	case 3:
		future.Await(co, after(-1))
	case 5:
		var m map[string]int
		m["x"] = 1
	case 6:
		return "returned", errors.New("as it is")
	}
	panic(how)
}

//magpie:async
func unnamed(co *future.Co) (int, string, error) {
	defer func() { recover() }()
	future.Await(co, after(1))
	if v, _ := future.Await(co, after(7)); v > 100 {
		return 1, "x", nil
	}
	panic("lost")
}

//magpie:async
func nested(co *future.Co, v int) {
	defer fmt.Println("outer done")
	order(co, v)
	defer fmt.Println("outer after")
	future.Await(co, after(v))
}

//magpie:async
func cleanup(co *future.Co, what string) error {
	v, err := future.Await(co, after(1))
	fmt.Println("cleanup", what, v, err, co.Dropped())
	return err
}

//magpie:async
func awaiting(co *future.Co, how int) (res int, err error) {
	x := 1
	defer func() {
		fmt.Println("last", res, err, x)
	}()
	defer cleanup(co, fmt.Sprint("by name ", x))
	for i := range 2 {
		defer func(by int) {
			for j := range by {
				v, err2 := future.Await(co, after(j))
				x += v
				fmt.Println("deferred", i, j, by, v, err2, x, co.Dropped())
			}
			res += x
		}(i + 2)
	}
	defer func() {
		cleanup(co, "before recover")
		if v := recover(); v != nil {
			err = fmt.Errorf("recovered %v", v)
		}
		if how == 3 {
			panic("after recover")
		}
		fmt.Println(recover())
	}()
	x = 10
	if how == 2 {
		defer func() {
			defer fmt.Println("inner defer")
			future.Await(co, after(5))
			panic("in deferred")
		}()
	}
	v, err := future.Await(co, after(how))
	if how == 1 {
		panic("body")
	}
	return v, err
}

//magpie:async
func guarded(co *future.Co, how int) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("guarded %v", v)
		}
	}()
	fmt.Println(awaiting(co, how))
	return nil
}

//magpie:async
func run(co *future.Co) error {
	fmt.Println(order(co, 3))
	for how := range 7 {
		fmt.Println(saved(co, how))
	}
	fmt.Println(unnamed(co))
	nested(co, 2)
	for how := range 4 {
		fmt.Println(guarded(co, how))
	}
	return nil
}

// drop polls a future some times and drops it then.
func drop(f future.Future[future.Unit], polls int) {
	cx := waker.FromWaker(waker.Noop())
	for range polls {
		if f.Poll(&cx).IsReady() {
			fmt.Println("ready")
			return
		}
	}
	defer func() { fmt.Println("drop:", recover()) }()
	future.Drop(f)
}

func main() {
	m := runAsync()
	fmt.Println(future.BlockOn(&m))
	for polls := range 7 {
		fmt.Println("polls", polls)
		m := nestedAsync(polls)
		drop(&m, polls)
	}
	for polls := range 25 {
		fmt.Println("polls", polls)
		m := guardedAsync(polls % 4)
		drop(&m, polls)
	}
}
