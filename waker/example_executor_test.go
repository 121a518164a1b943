package waker_test

import (
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/waker"
)

// A leaf takes one off the budget of its poll before it completes an operation. So a task whose
// input is always ready lets others run.
func ExampleContext_Spend() {
	budget := waker.NewBudget(2)
	cx := waker.NewContext(waker.FromFunc(func() { fmt.Println("woken: to be polled again, when others were") }), nil, &budget)
	for range 3 {
		if !cx.Spend() {
			fmt.Println("pending")
			break
		}
		fmt.Println("an operation")
	}
	budget.Refill(2) // by the executor, before the next poll
	fmt.Println(cx.Spend())
	// Output:
	// an operation
	// an operation
	// woken: to be polled again, when others were
	// pending
	// true
}

// lamp is what an executor offers to those that it polls.
type lamp struct{ lit bool }

func (l *lamp) Light() { l.lit = true }

// What the executor offers beyond waking is found by a type assertion; a future that can does
// without.
func ExampleContext_Ext() {
	poll := func(cx *waker.Context) {
		if l, ok := cx.Ext().(interface{ Light() }); ok {
			l.Light()
		}
	}
	offered := new(lamp)
	cx := waker.NewContext(waker.Noop(), offered, nil)
	poll(&cx)
	other := waker.FromWaker(waker.Noop())
	poll(&other)
	fmt.Println(offered.lit)
	// Output: true
}

// A combinator polls each child under a waker of its own, to learn whose wake-up it was.
func ExampleContext_WithWaker() {
	cx := waker.FromWaker(waker.FromFunc(func() { fmt.Println("the task is woken") }))
	var woken [2]bool
	var kept [2]waker.Waker
	for i := range kept {
		whole := cx.Waker().Clone()
		child := cx.WithWaker(waker.FromFunc(func() {
			woken[i] = true
			whole.WakeByRef()
		}))
		kept[i] = child.Waker().Clone() // what the child does when it is polled
	}
	kept[1].Wake()
	fmt.Println(woken)
	// Output:
	// the task is woken
	// [false true]
}

// An executor polls with one Driver again and again. A task that asks for another poll during one
// is not woken for that.
func ExampleNewDriver() {
	d := waker.NewDriver(nil, nil)
	d.Direct()
	polls := 0
	poll := func(cx *waker.Context) (ready bool) {
		if polls++; polls < 3 {
			cx.PollAgain()
			return false
		}
		return true
	}
	d.Reset(waker.FromFunc(func() { fmt.Println("woken from elsewhere") })) // the task's, before each poll
	for !poll(&d.Context) {
		fmt.Println("again:", d.TakeAgain())
	}
	// Output:
	// again: true
	// again: true
}

// bell is a task whose memory the collector looks after: its wakers need not be counted.
type bell struct{ rung int }

var bellVTable waker.VTable

func init() { bellVTable.Uncounted(func(data unsafe.Pointer) { (*bell)(data).rung++ }) }

func ExampleVTable_Uncounted() {
	b := new(bell)
	w := waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(b), VTable: &bellVTable})
	w.Clone().Wake()
	w.Clone().Drop()
	w.Wake()
	fmt.Println(b.rung)
	// Output: 2
}

// A future that has kept a waker need not replace it by another of the same task.
func ExampleWaker_WillWake() {
	first, second := waker.FromFunc(func() {}), waker.FromFunc(func() {})
	kept := first.Clone()
	fmt.Println(kept.WillWake(first), kept.WillWake(second))
	// Output: true false
}

// To look at a future once, without being woken by it.
func ExampleNoop() {
	cx := waker.FromWaker(waker.Noop())
	fmt.Println(cx.Waker().IsNoop())
	// Output: true
}
