// Command opened has functions whose deferred calls are bits of the frame, and some whose calls cannot be.
package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

//magpie:async
func step(co *future.Co, v int) (int, error) {
	if v < 0 {
		panic(fmt.Sprint("step ", v))
	}
	_, err := future.Yield().Await(co)
	return v, err
}

type counter struct{ n int }

func (c counter) tell(what string)   { fmt.Println("tell", what, c.n) }
func (c *counter) count(what string) { c.n++; fmt.Println("count", what, c.n) }

type inner struct{ counter }

type teller interface{ tell(what string) }

// receivers are evaluated where the defer statement stands.
//
//magpie:async
func receivers(co *future.Co, c counter, p *counter, t teller) {
	var own counter
	in := &inner{counter{40}}
	defer c.tell("a parameter by value")
	defer p.count("a parameter by pointer")
	defer own.count("a variable, by its address")
	defer p.tell("through a pointer, as it is now")
	defer t.tell("an interface")
	defer in.tell("an embedded one")
	step(co, 1)
	c.n, p.n, own.n, in.n = 100, 200, 300, 400
	p, t = &counter{500}, counter{600}
	step(co, 2)
}

func show(what string, a ...any) { fmt.Println(append([]any{what}, a...)...) }

// arguments too.
//
//magpie:async
func arguments(co *future.Co, n int, list ...string) {
	f := show
	defer show("constant", 1, nil, n < 3, uint8(n)<<1)
	defer f("a variable that is a function", n)
	defer func(a int, b ...string) { show("a literal", a, n, strings.Join(b, "+")) }(n, list...)
	defer fmt.Println(len(list), list)
	f = nil
	step(co, n)
	n, list = 7, nil
	step(co, n)
}

// later is what a literal sees: the variables as they are when it is called.
//
//magpie:async
func later(co *future.Co, n int) (sum int, err error) {
	a, b := 1, []int{1}
	defer func() {
		add := func() { sum += a }
		add()
		a++
		add()
		fmt.Println("later", n, a, b, sum, err, co.Dropped())
	}()
	v, err := step(co, 5)
	a += v
	b = append(b, v)
	n = -n
	if _, err := step(co, 6); err != nil {
		return 9, err
	}
	c := 3
	defer func() { sum *= c }()
	c = 4
	return 10, errors.New("as it is")
}

// branches pass some of their defer statements.
//
//magpie:async
func branches(co *future.Co, how int) string {
	if how&1 != 0 {
		defer fmt.Println("one")
	}
	step(co, how)
	switch {
	case how&2 != 0:
		x := how * 2
		defer func() { fmt.Println("two", x) }()
		step(co, x)
		x++
		fallthrough
	case how == 100:
		defer fmt.Println("fallen")
	default:
		defer fmt.Println("none")
	}
	step(co, how)
	return fmt.Sprint("branches ", how)
}

// kept is a statement without an await, whose variables another method cannot name: a list.
//
//magpie:async
func kept(co *future.Co, n int) {
	if n > 0 {
		m := n * 2
		defer func() { fmt.Println("kept", m) }()
		m++
	}
	step(co, n)
}

// looped reaches its defer statement several times: a list.
//
//magpie:async
func looped(co *future.Co, n int) {
	for i := range n {
		defer fmt.Println("looped", i)
		step(co, i)
	}
}

// again jumps back over one: a list.
//
//magpie:async
func again(co *future.Co, n int) {
back:
	defer fmt.Println("again", n)
	step(co, n)
	if n--; n > 0 {
		goto back
	}
}

// nine has one more than there are bits: a list.
//
//magpie:async
func nine(co *future.Co) {
	defer fmt.Println(1)
	defer fmt.Println(2)
	defer fmt.Println(3)
	defer fmt.Println(4)
	defer fmt.Println(5)
	defer fmt.Println(6)
	defer fmt.Println(7)
	defer fmt.Println(8)
	defer fmt.Println(9)
	step(co, 1)
}

// eight has them all.
//
//magpie:async
func eight(co *future.Co) {
	defer fmt.Println(1)
	defer fmt.Println(2)
	defer fmt.Println(3)
	defer fmt.Println(4)
	defer fmt.Println(5)
	defer fmt.Println(6)
	defer fmt.Println(7)
	defer fmt.Println(8)
	step(co, 1)
}

// recovered has results that a panic leaves as they are.
//
//magpie:async
func recovered(co *future.Co, v int) (int, counter, error) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("recovered", r)
		}
	}()
	n, err := step(co, v)
	if n == 3 {
		panic("three")
	}
	return n, counter{n}, err
}

// breaks panics in a deferred call, and in one after it.
//
//magpie:async
func breaks(co *future.Co, v int) (s string) {
	defer func() { s += fmt.Sprint(" last ", recover()) }()
	defer func() {
		defer func() { s += fmt.Sprint(" inner ", recover()) }()
		panic("second")
	}()
	defer func() { panic("first") }()
	if _, err := step(co, v); err != nil {
		return "failed"
	}
	return "ended"
}

//magpie:async
func locked(co *future.Co, mu *sync.Mutex, m map[string]int) {
	mu.Lock()
	defer mu.Unlock()
	defer delete(m, "a")
	defer close(make(chan int))
	step(co, 1)
	fmt.Println(len(m), mu.TryLock())
}

//magpie:async
func generic[T any, P interface {
	*T
	fmt.Stringer
}](co *future.Co, v T, p P) (T, error) {
	defer fmt.Println("generic", v, p)
	defer func() { _ = recover() }()
	step(co, 1)
	if p == nil {
		panic("nil")
	}
	return v, nil
}

type name string

func (n *name) String() string { return "name " + string(*n) }

//magpie:async
func outer(co *future.Co, n int) error {
	defer fmt.Println("outer", n)
	f := future.Do(func(co *future.Co) error {
		defer fmt.Println("a literal of its own", n)
		defer func() { n++ }()
		_, err := step(co, n)
		return err
	})
	_, err := future.Await(co, f)
	return err
}

//magpie:async
func run(co *future.Co) error {
	p := &counter{20}
	receivers(co, counter{10}, p, counter{30})
	fmt.Println(p.n)
	arguments(co, 2, "a", "b")
	fmt.Println(later(co, 3))
	for how := range 4 {
		fmt.Println(branches(co, how))
		kept(co, how)
	}
	looped(co, 3)
	again(co, 3)
	nine(co)
	eight(co)
	for v := range 5 {
		fmt.Println(recovered(co, v-1))
	}
	fmt.Println(breaks(co, 1), breaks(co, -1))
	m := map[string]int{"a": 1}
	locked(co, new(sync.Mutex), m)
	fmt.Println(len(m))
	n := name("n")
	fmt.Println(generic(co, n, &n))
	fmt.Println(generic[name](co, n, nil))
	return outer(co, 4)
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
	for polls := range 50 {
		fmt.Println("polls", polls)
		m := runAsync()
		drop(&m, polls)
	}
}
