package random

// harness compares the variants of the programs in its table. It prints what differs, and nothing
// else.
const harness = `package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
	"corpus.test/rt"
// IMPORTS
)

type program struct {
	seed      uint64
	plain     func()
	coroutine func() future.Future[future.Unit]
	machine   func() future.Future[future.Unit]
}

var programs = []program{
// TABLE
}

// guard runs f and logs what it panics with.
func guard(what string, f func()) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			ok = false
			rt.Caught(-1, v)
			if os.Getenv("STACKS") != "" {
				fmt.Printf("%s: %v\n%s\n", what, v, debug.Stack())
			}
		}
	}()
	f()
	return true
}

// mostPolls is what a program gets. One that needs more, as it adds up slices that grow with each call,
// is not compared.
const mostPolls = 20000

// isLong reports whether a program that was polled so often was given up on its way: it has begun waits up to then.
func isLong(polls int) bool { return polls == mostPolls && rt.Waited() >= polls/2 }

// drive polls f to its end, or drops it once it was polled dropAt times. It returns the trace and
// the number of polls. A program that gets nowhere says so in the trace.
func drive(f future.Future[future.Unit], dropAt int) (trace []string, polls int) {
	var budget waker.Budget
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	guard("poll", func() {
		for polls < mostPolls {
			if polls == dropAt {
				rt.Log(-2)
				guard("drop", func() { future.Drop(f) })
				return
			}
			budget.Refill(1 << 30)
			polls++
			if !f.Poll(&cx).IsPending() {
				return
			}
		}
		if !isLong(polls) {
			rt.Log(-3, "it does not end")
		}
	})
	return rt.Trace(), polls
}

func differ(seed uint64, how string, a, b []string) bool {
	for i := 0; i < len(a) || i < len(b); i++ {
		x, y := "(end)", "(end)"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			fmt.Printf("seed %d: %s: line %d\n\twant %s\n\tgot  %s\n", seed, how, i, x, y)
			if i > 0 {
				fmt.Printf("\tafter %s\n", a[i-1])
			}
			return true
		}
	}
	return false
}

func (p program) compare() {
	rt.Reset(p.seed, 0)
	guard("plain", p.plain)
	plain := rt.Trace()
	if len(plain) > 20000 {
		return // the rest of the trace was not kept
	}
	type variant struct {
		name string
		make func() future.Future[future.Unit]
	}
	variants := []variant{{"coroutine", p.coroutine}}
	if p.machine != nil {
		variants = append(variants, variant{"machine", p.machine})
	}
	polls := map[uint64]int{}
	for _, v := range variants {
		for _, share := range []uint64{0, 50, 100} {
			rt.Reset(p.seed, share)
			trace, n := drive(v.make(), -1)
			if isLong(n) {
				return
			}
			if differ(p.seed, fmt.Sprintf("%s, %d%% pending", v.name, share), plain, trace) {
				return
			}
			if v.name == "coroutine" {
				polls[share] = n
			} else if polls[share] != n {
				fmt.Printf("seed %d: %d%% pending: the coroutine needed %d polls, the machine %d\n", p.seed, share, polls[share], n)
				return
			}
		}
	}
	if p.machine == nil {
		return
	}
	for _, share := range []uint64{50, 100} {
		n := polls[share]
		for i := range min(n, 6) {
			at := i
			if n > 6 {
				at = int((p.seed*7919 + uint64(i)*104729) % uint64(n))
			}
			rt.Reset(p.seed, share)
			want, _ := drive(p.coroutine(), at)
			rt.Reset(p.seed, share)
			got, _ := drive(p.machine(), at)
			if differ(p.seed, fmt.Sprintf("%d%% pending, dropped after %d polls of %d", share, at, n), want, got) {
				return
			}
		}
	}
}

func main() {
	only := strings.Fields(os.Getenv("SEEDS"))
	for _, p := range programs {
		run := len(only) == 0
		for _, s := range only {
			run = run || s == fmt.Sprint(p.seed)
		}
		if run {
			p.compare()
		}
	}
}
`
