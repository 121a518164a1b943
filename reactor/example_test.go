package reactor_test

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// A timer stands in what uses it, and is set again as often as that likes.
func ExampleTimer() {
	var t reactor.Timer
	t.Reset(time.Hour)
	fmt.Println("was set:", t.Stop())
	t.Reset(time.Millisecond)
	_, err := future.BlockOn[future.Unit](&t)
	fmt.Println(err)
	// Output:
	// was set: true
	// <nil>
}

// An alarm is a value, which an operation that may be moved holds.
func ExampleAlarm() {
	a := reactor.NewAlarm(time.Millisecond)
	moved := a
	_, err := future.BlockOn[future.Unit](&moved)
	fmt.Println(err, moved.IsSet())
	// Output: <nil> false
}

// ownHost is an executor for one task that sleeps in a reactor of its own.
type ownHost struct{ r *reactor.Reactor }

// Reactor implements reactor.Host: timers and descriptors are waited for here.
func (h ownHost) Reactor() *reactor.Reactor { return h.r }

func ExampleNew() {
	r, err := reactor.New()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	var sleep reactor.Timer
	sleep.Reset(time.Millisecond)

	var ev reactor.Events
	cx := waker.NewContext(waker.FromFunc(r.Unpark), ownHost{r}, nil)
	for sleep.Poll(&cx).IsPending() {
		if _, err := r.Park(&ev, -1); err != nil { // until something is woken
			fmt.Println(err)
			return
		}
	}
	fmt.Println("timers left:", r.Timers())
	// Output: timers left: 0
}
