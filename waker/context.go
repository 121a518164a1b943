package waker

import (
	"math/rand/v2"

	"github.com/magpie-go/magpie/internal/gid"
)

// Context is what a poll is given: the waker of the task that is polled, and what
// its executor offers beyond waking. A future must not keep the Context after the
// poll; it keeps a clone of the waker.
type Context struct {
	waker  Waker
	ext    any
	budget *Budget
	on     uintptr // the goroutine that has called Driver.Direct
	again  again
}

// again is what a poll has asked of its executor; what is more stands behind what is less.
type again uint8

const (
	byWaker again = iota // the executor takes no requests
	notAsked
	askedLow // and that can wait
	asked
)

// Budget is how many more operations one poll may complete before it has to let
// others run. See [Context.Spend].
type Budget struct {
	left   int // -1 once an operation has found none left
	ranOut uint64
}

// NewBudget returns a budget of n operations.
func NewBudget(n int) Budget { return Budget{left: n} }

// FromWaker returns a Context with nothing but a waker, and no limit on what one
// poll does. The waker is lent: the caller still owns it.
func FromWaker(w Waker) Context { return Context{waker: w} }

// NewContext returns a Context for an executor that offers more: ext is handed out
// by [Context.Ext] (futures find by type assertion what they need, such as a
// reactor), and budget, unless nil, limits what one poll does.
func NewContext(w Waker, ext any, budget *Budget) Context {
	return Context{waker: w, ext: ext, budget: budget}
}

// Waker returns the waker of the task that is being polled. It is lent for this
// poll: keep w.Clone().
func (cx *Context) Waker() Waker { return cx.waker }

// Ext returns what the executor offers beyond waking, or nil.
func (cx *Context) Ext() any { return cx.ext }

// WithWaker returns the same context with another waker, for a future that polls
// its children under wakers of its own.
func (cx *Context) WithWaker(w Waker) Context {
	return Context{waker: w, ext: cx.ext, budget: cx.budget, on: cx.on}
}

// WithoutBudget returns the same context for operations that nothing limits.
func (cx *Context) WithoutBudget() Context {
	return Context{waker: cx.waker, ext: cx.ext, on: cx.on}
}

// Rand returns a random number, for a future that makes a fair choice: from the executor, if its Ext has a
// method Rand() uint64, as that of a test runtime has, where a seed says which numbers come; else from
// math/rand/v2. It does not allocate.
func (cx *Context) Rand() uint64 {
	if r, ok := cx.ext.(interface{ Rand() uint64 }); ok {
		return r.Rand()
	}
	return rand.Uint64()
}

// Spend takes one operation off the budget of this poll and reports whether there
// was one left. A leaf future calls it before it completes. When it returns false
// the task has been woken already, and the future must return Pending: that way a
// task whose input is always ready cannot keep its worker from the others.
func (cx *Context) Spend() bool {
	b := cx.budget
	if b == nil {
		return true
	}
	if b.left > 0 {
		b.left--
		return true
	}
	if cx.on != gid.None && cx.on != gid.Current() && !cx.here() {
		return true // a context that was taken along: nobody would refill the budget
	}
	if b.left == 0 {
		b.left = -1
		b.ranOut++
	}
	cx.PollAgain()
	return false
}

// Exhausted reports whether the budget of this poll is used up. A future with several
// children asks after it has polled one: if so another one comes first at the next poll, for
// it may have got nothing at this one.
func (cx *Context) Exhausted() bool { return cx.budget != nil && cx.budget.left <= 0 }

// PollAgain has the task polled once more after this poll, when others have had their
// turn: it is cx.Waker().WakeByRef(), and cheaper where the executor can be told directly.
// Only what is polled with cx may call it, during that poll; from another thread, such as
// that of a forked function, it goes through the waker.
func (cx *Context) PollAgain() {
	if cx.again != byWaker && cx.on == gid.Current() {
		cx.again = asked
		return
	}
	cx.ask(asked)
}

// PollAgainLow is [Context.PollAgain] for what can wait: an executor that has priorities lets everything go first that is
// ready, as often as it does with tasks of low priority, and one that has none takes it for PollAgain. It is what a
// future asks for that has had its share, so that others whose input is short are not behind it. A wake-up does not make
// that sooner. A context that has a waker of its own, as a child of a combinator is given, has nobody to tell: there it is
// a wake-up like others.
func (cx *Context) PollAgainLow() { cx.ask(askedLow) }

// ask notes what a poll asks for, unless more was asked for already, or wakes the task where nobody would look at a note. It is
// apart so that PollAgain, which is what a yield is, is small.
//
//go:noinline
func (cx *Context) ask(what again) {
	if cx.again == byWaker || cx.on != gid.Current() && !cx.here() {
		cx.waker.WakeByRef()
		return
	}
	cx.again = max(cx.again, what)
}

// here reports whether the caller runs on the executor's thread, though on another goroutine
// than its own: in a coroutine. The executor's Ext says so.
func (cx *Context) here() bool {
	h, ok := cx.ext.(interface{ Here() bool })
	return ok && h.Here()
}

// Refill sets the budget to n operations. For executors, between two polls.
func (b *Budget) Refill(n int) { b.left = n }

// RanOut returns in how many polls an operation found the budget used up, since the budget was made: those that had to
// let others run. It is for the executor, on the thread that polls.
func (b *Budget) RanOut() uint64 { return b.ranOut }
