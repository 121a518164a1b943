package future

import (
	"runtime"

	"github.com/magpie-go/magpie/internal/word"
)

// Generator is a function that hands out values of type Y on its way to a result of
// type R. Each [Generator.Resume] runs it up to its next value or its end.
//
// It has a goroutine of its own from the first Resume to its end, about 2.7 KB: one
// that is given up before its end must be closed. A Resume costs two direct switches
// between goroutines, some 90 ns together, and allocates nothing.
//
// One goroutine at a time resumes a generator. It is tied to the worker of a runtime that
// resumes it first: a task that does so in its poll stays on that worker from then on,
// as with an async function, and a Resume or Close elsewhere panics. So does one on a
// worker of what began on a goroutine.
//
// If the goroutine that resumed it first was locked to its thread
// (runtime.LockOSThread), all Resumes and Close must come from that thread, locked as
// often; if it was not, none may come from a locked one. The body must not change the
// locking between two Yields. The Go runtime ends the process otherwise, and gives no
// way to find out beforehand.
type Generator[Y, R any] struct {
	_      word.NoCopy
	co     coroutine
	place  place
	body   func(*Yielder[Y]) R
	y      Yielder[Y]
	result R
	over   string // why it cannot be resumed
}

// Yielder is what the body of a generator hands out values with.
type Yielder[Y any] struct {
	co    *coroutine
	value Y
}

// GeneratorState is what a Resume came to: a value on the way, or the result.
type GeneratorState[Y, R any] struct {
	value    Y
	result   R
	complete bool
}

// Yielded returns the value handed out, and false if the generator is complete.
func (s GeneratorState[Y, R]) Yielded() (Y, bool) { return s.value, !s.complete }

// Complete returns the result of the body, and false if it has not ended.
func (s GeneratorState[Y, R]) Complete() (R, bool) { return s.result, s.complete }

// NewGenerator returns a generator that will run body at the first Resume.
func NewGenerator[Y, R any](body func(y *Yielder[Y]) R) *Generator[Y, R] {
	notNil(body != nil, "NewGenerator", "func", aFunc)
	g := &Generator[Y, R]{body: body}
	g.y.co = &g.co
	return g
}

// Resume runs the body up to its next Yield or to its end. A panic of the body
// becomes one of Resume, with the same value, whose stack [Recovered] knows. It panics as well after the generator
// completed, panicked or was closed, when the body itself calls it, and with
// [ErrGoexit] when the body called runtime.Goexit.
func (g *Generator[Y, R]) Resume() GeneratorState[Y, R] {
	if g == nil {
		notAGenerator()
	}
	if g.co.status == coSuspended {
		if g.place.check("Resume"); g.place.home != nil {
			g.resumeAtHome()
		} else {
			g.co.resume()
		}
	} else {
		g.start()
	}
	var zeroY Y
	var zeroR R
	s := GeneratorState[Y, R]{g.y.value, g.result, g.co.status == coEnded}
	g.y.value, g.result = zeroY, zeroR
	return s
}

// start is the first Resume, or one that is a mistake.
func (g *Generator[Y, R]) start() {
	if g.y.co == nil {
		notAGenerator()
	}
	switch g.co.status {
	case coRunning:
		panic("future: Resume of a generator that is running: its body, or another goroutine, resumed it again")
	case coEnded:
		panic("future: Resume of a generator that " + g.over)
	}
	g.over = "panicked" // unless it comes to something else
	g.place.choose()
	defer g.place.leave()
	g.co.start(func() {
		g.place.enter(g.co.id)
		body := g.body
		g.body = nil
		g.result = body(&g.y)
		g.over = "is complete: make a new one, or look at what the last Resume answered"
	})
}

func notAGenerator() { panic("future: a nil or zero Generator: make one with NewGenerator") }

// resumeAtHome goes on with a generator on the worker that it is tied to.
func (g *Generator[Y, R]) resumeAtHome() {
	g.place.enter(g.co.id)
	defer g.place.leave()
	g.co.resume()
}

// Close ends a generator that is given up. The Yield in which its body stands does
// not return: the body ends as by runtime.Goexit, its deferred functions run, and
// the goroutine is gone when Close returns. A panic of a deferred function becomes
// one of Close. A generator that has ended, or has not begun, is closed at no cost.
func (g *Generator[Y, R]) Close() {
	if g == nil {
		notAGenerator()
	}
	if g.co.status == coRunning {
		panic("future: Close of a generator that is running: return from its body instead")
	}
	if g.co.status != coEnded {
		if g.co.status == coSuspended {
			g.place.check("Close")
			g.place.enter(g.co.id)
			defer g.place.leave()
		}
		g.body, g.over = nil, "was closed"
		g.co.close()
	}
}

// Yield hands v out to whoever called Resume and returns at the next Resume. Only
// the generator's body calls it, on its own goroutine.
func (y *Yielder[Y]) Yield(v Y) {
	if y == nil || y.co == nil || !y.co.inside() {
		panic("future: Yield outside the generator's body: only the function given to NewGenerator, on its own goroutine, yields")
	}
	if y.co.closing {
		panic("future: Yield in a generator that is being closed: its deferred functions have nobody to yield to")
	}
	y.value = v
	if !y.co.suspend() {
		runtime.Goexit()
	}
}
