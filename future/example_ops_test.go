package future_test

import (
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// gate is something that tasks wait for.
type gate struct {
	open  bool // an atomic, if threads share it
	waker waker.AtomicWaker
}

func (g *gate) Open() {
	g.open = true
	g.waker.Wake()
}

// Wait returns an operation that is ready once the gate is open.
func (g *gate) Wait() waitOp { return waitOp{g} }

// waitOp is an operation of one's own: Poll on the pointer, Await on the value.
type waitOp struct{ g *gate }

func (o *waitOp) Poll(cx *waker.Context) future.Poll[string] {
	o.g.waker.Register(cx.Waker())
	if !o.g.open || !cx.Spend() {
		return future.Pending[string]()
	}
	return future.Ready("through")
}

func (o waitOp) Await(co *future.Co) (string, error) { return future.AwaitOp(co, o) }

// An operation of one's own is awaited and combined as those of this module are.
func ExampleAwaitOp() {
	var a, b gate
	f := future.Async(func(co *future.Co) (string, error) {
		first, err := a.Wait().Await(co)
		if err != nil {
			return "", err
		}
		second, err := future.Select2(a.Wait(), b.Wait()).Await(co)
		return fmt.Sprint(first, ", then the one numbered ", second.Which), err
	})
	a.Open()
	fmt.Println(future.BlockOn(f))
	// Output: through, then the one numbered 0 <nil>
}

// What takes futures of any kind takes an operation in a box.
func ExampleBox() {
	var g gate
	g.Open()
	fmt.Println(future.BlockOn(future.Race(future.Box(g.Wait()), future.Value("sooner"))))
	// Output: through <nil>
}

// What takes operations takes a future as one.
func ExampleOf() {
	var g gate
	g.Open()
	both := future.Join(g.Wait(), future.Of(future.Value(7)))
	fmt.Println(future.BlockOn(&both))
	// Output: {through 7} <nil>
}

// either is a combinator of one's own, for two operations of a kind: it owns both, and holds them
// by value.
type either[T any, A future.Op[T], B future.Op[T]] struct {
	a future.Child[T, A]
	b future.Child[T, B]
}

func (e *either[T, A, B]) Poll(cx *waker.Context) future.Poll[T] {
	p := e.a.Poll(cx)
	if p.IsPending() {
		p = e.b.Poll(cx)
	}
	if p.IsReady() {
		e.Drop() // the other one
	}
	return p
}

func (e *either[T, A, B]) Drop() {
	defer e.b.Drop() // also if the first one panics
	e.a.Drop()
}

func ExampleHold() {
	var shut, open gate
	open.Open()
	f := &either[string, waitOp, waitOp]{
		a: future.Hold[string](shut.Wait(), "either"),
		b: future.Hold[string](open.Wait(), "either"),
	}
	fmt.Println(future.BlockOn(f))
	fmt.Println(f.a.Live(), f.b.Live())
	// Output:
	// through <nil>
	// false false
}

// An async function without a value.
func ExampleDo() {
	_, err := future.BlockOn(future.Do(func(co *future.Co) error {
		co.Yield() // others first
		fmt.Println("done")
		return nil
	}))
	fmt.Println(err)
	// Output:
	// done
	// <nil>
}

// What a task waits for, and where.
func ExampleTrace() {
	var g gate
	f := future.Async(func(co *future.Co) (string, error) { return g.Wait().Await(co) })
	cx := waker.FromWaker(waker.Noop())
	f.Poll(&cx)
	for _, frame := range future.Trace(f) {
		fmt.Println(frame.Depth, frame.Func)
	}
	f.Drop()
	// Output:
	// 0 github.com/magpie-go/magpie/future_test.ExampleTrace.func1
	// 1 *future_test.waitOp
}
