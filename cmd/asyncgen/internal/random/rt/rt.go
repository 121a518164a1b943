// Package rt is what a random program runs on: its trace, its fuel, and what it waits for. All
// three are reset before a program runs, and one program runs at a time.
package rt

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

var (
	trace  []string
	fuel   int
	noise  uint64 // decides which waits are pending
	share  uint64 // of 100 waits, how many are
	waited int    // how many there were
)

// Reset begins a run in which share of 100 waits are pending, chosen by seed.
func Reset(seed, pending uint64) {
	trace, fuel, noise, share, waited = nil, 1500, seed*2654435761+12345, pending, 0
}

// Trace returns what was logged since Reset.
func Trace() []string { return trace }

// Waited returns how many waits were begun since Reset.
func Waited() int { return waited }

// Out reports whether the program has done enough, and counts.
func Out() bool { fuel--; return fuel < 0 }

// Log adds a line to the trace.
func Log(id int, vals ...any) {
	if len(trace) > 20000 {
		return
	}
	trace = append(trace, fmt.Sprint(id, ":", fmt.Sprintf("%+v", vals)))
}

// T logs v, so that the trace tells when it was evaluated, and returns it.
func T[V any](id int, v V) V { Log(id, v); return v }

// Caught logs what a deferred function has recovered.
func Caught(id int, v any) {
	if err, ok := v.(error); ok {
		v = "error: " + err.Error()
	}
	Log(id, "caught", v)
}

// Err is an error as the trace has it.
func Err(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, future.ErrDropped):
		return "dropped"
	}
	return err.Error()
}

func Idx(i, n int) int {
	if n <= 0 {
		return 0
	}
	return int(uint(i) % uint(n))
}

func At(xs []int, i int) int {
	if len(xs) == 0 {
		return -1
	}
	return xs[Idx(i, len(xs))]
}

func NZ(i int) int {
	if i == 0 {
		return 7
	}
	return i
}

func B(b bool) int {
	if b {
		return 1
	}
	return 0
}

func S(i int) string { return fmt.Sprint("s", i%100) }

func Cut(s string) string {
	if len(s) > 12 {
		return s[:12]
	}
	return s
}

func Short(xs []int) []int {
	if len(xs) > 6 {
		return append([]int(nil), xs[:6]...)
	}
	return append([]int(nil), xs...)
}

// Full returns a closed channel that holds vals.
func Full(vals ...int) chan int {
	c := make(chan int, len(vals)+1)
	for _, v := range vals {
		c <- v
	}
	close(c)
	return c
}

// Buffered returns an open channel that holds vals and has room for one more.
func Buffered(vals ...int) chan int {
	c := make(chan int, len(vals)+1)
	for _, v := range vals {
		c <- v
	}
	return c
}

// Chan returns c, or d if c was lost in a function that is dropped.
func Chan(c, d chan int) chan int {
	if c == nil {
		return d
	}
	return c
}

func waits() bool {
	waited++
	noise = noise*6364136223846793005 + 1442695040888963407
	return noise>>33%100 < share
}

// Op is a leaf operation.
type Op[V any] struct {
	v     V
	state uint8
}

// Ready returns an operation that ends with v.
func Ready[V any](v V) Op[V] { return Op[V]{v: v} }

// Later returns the same as an interface.
func Later[V any](v V) future.Future[V] { return &Op[V]{v: v} }

func (o *Op[V]) Poll(cx *waker.Context) future.Poll[V] {
	switch o.state {
	case 0:
		o.state = 1
		if waits() {
			cx.Waker().WakeByRef()
			return future.Pending[V]()
		}
	case 2:
		panic("rt: an operation was polled after its end")
	}
	o.state = 2
	return future.Ready(o.v)
}

// Drop is logged: what is dropped, and when, is part of the trace.
func (o *Op[V]) Drop() {
	if o.state == 1 {
		Log(0, "drop of a pending operation", fmt.Sprintf("%T", o.v))
	}
	o.state = 2
}

// Await waits for o.
func (o Op[V]) Await(co *future.Co) (V, error) { return future.Await[V](co, &o) }

// Of returns v after a wait, the zero value in a function that is dropped.
//
//magpie:async
func Of[V any](co *future.Co, v V) V {
	out, _ := Ready(v).Await(co)
	return out
}

// Step is a wait that tells nothing.
//
//magpie:async
func Step(co *future.Co) { Ready(0).Await(co) }

// Log3 logs the results of a call that are handed on as they are.
func Log3(i int, s string, xs []int) { Log(0, i, s, xs) }
