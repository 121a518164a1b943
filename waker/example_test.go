package waker_test

import (
	"fmt"
	"unsafe"

	"github.com/magpie-go/magpie/waker"
)

func ExampleFromFunc() {
	w := waker.FromFunc(func() { fmt.Println("poll me again") })
	kept := w.Clone() // what a future keeps
	kept.Wake()       // what the world does later
	// Output: poll me again
}

// A flag that one thread raises and a future waits for.
func ExampleAtomicWaker() {
	var cell waker.AtomicWaker
	raised := false // an atomic, if threads share it
	poll := func(cx *waker.Context) string {
		cell.Register(cx.Waker()) // first register,
		if raised {               // then look
			return "ready"
		}
		return "pending"
	}
	cx := waker.FromWaker(waker.FromFunc(func() { fmt.Println("woken") }))
	fmt.Println(poll(&cx))
	raised = true
	cell.Wake()
	fmt.Println(poll(&cx))
	// Output:
	// pending
	// woken
	// ready
}

// ready is the queue of an executor whose tasks are counted by reference.
var ready []*job

type job struct {
	name string
	refs int // an atomic, in an executor of several threads
}

var jobVTable waker.VTable

func init() {
	jobVTable = waker.VTable{
		Clone: func(p unsafe.Pointer) waker.RawWaker {
			(*job)(p).refs++
			return waker.RawWaker{Data: p, VTable: &jobVTable}
		},
		Wake: func(p unsafe.Pointer) {
			ready = append(ready, (*job)(p))
			(*job)(p).refs--
		},
		WakeByRef: func(p unsafe.Pointer) { ready = append(ready, (*job)(p)) },
		Drop:      func(p unsafe.Pointer) { (*job)(p).refs-- },
	}
}

// An executor of one's own gives its wakers four functions.
func ExampleFromRaw() {
	j := &job{name: "copy", refs: 1}
	w := waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(j), VTable: &jobVTable})
	kept := w.Clone()
	fmt.Println("references:", j.refs)
	kept.Wake()
	fmt.Println("references:", j.refs, "ready:", ready[0].name)
	// Output:
	// references: 2
	// references: 1 ready: copy
}
