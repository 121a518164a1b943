package future

import (
	"iter"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/origin"
)

// coroutine is a function with a stack of its own, run in turns with its driver: the
// driver resumes it, it suspends itself. Both switches go through iter.Pull, which
// hands the thread from one goroutine to the other without the scheduler.
//
// The driver and the coroutine never run at once, so its fields need no guard.
//
// A suspended coroutine that is closed ends as by runtime.Goexit: its deferred
// functions run, and nothing it recovers makes it go on. Rejected: a panic with a
// value of our own, which a body that recovers everything would swallow, to go on
// waiting for a driver that has gone.
type coroutine struct {
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
	id      uintptr // of its goroutine, once it runs
	status  coStatus
	closing bool
}

type coStatus uint8

const (
	coFresh coStatus = iota
	coSuspended
	coRunning
	coEnded
)

// unwound is what a coroutine that was closed panics with, to be told from one whose
// deferred functions failed, and so that iter.Pull does not end the driver as well.
var unwound any = new(int)

// start runs main as the coroutine until it suspends itself or ends, and panics as it
// does.
func (c *coroutine) start(main func()) {
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		c.id = gid.Current()
		c.run(main)
	})
	c.resume()
}

// resume runs a coroutine that was started on, until it suspends itself or ends. Like
// suspend it is small enough to be inlined: after a switch of stacks the processor
// mispredicts the return from every function it is inside of.
func (c *coroutine) resume() {
	c.status = coRunning
	c.next()
}

func (c *coroutine) run(main func()) {
	returned := false
	defer func() {
		c.status = coEnded
		c.yield = nil
		if returned {
			return
		}
		// iter.Pull makes the driver panic with what we panic with here. It would
		// also make it call runtime.Goexit if we did; a panic takes precedence.
		switch v := recover(); {
		case v != nil:
			origin.Note(v, origin.Stack(v), 0)
			panic(v)
		case c.closing:
			panic(unwound)
		default:
			panic(ErrGoexit)
		}
	}()
	main()
	returned = true
}

// suspend gives the thread back to the driver until it resumes. Only the coroutine
// itself calls it. False tells that the driver has closed the coroutine, which must
// call runtime.Goexit then.
func (c *coroutine) suspend() bool {
	c.status = coSuspended
	return c.yield(struct{}{})
}

// close ends a coroutine that is not running, and panics if its deferred functions
// do. It is idempotent.
func (c *coroutine) close() {
	switch c.status {
	case coFresh:
		c.status = coEnded
	case coSuspended:
		c.status, c.closing = coRunning, true
		defer func() {
			if v := recover(); v != nil && v != unwound {
				origin.Rethrow(v, origin.Stack(v))
			}
		}()
		c.stop()
	}
}

// inside reports whether the caller surely is not outside the coroutine. Where
// goroutines cannot be told apart it only knows that the coroutine runs.
func (c *coroutine) inside() bool {
	return c.status == coRunning && (!gid.Known || gid.Current() == c.id)
}
