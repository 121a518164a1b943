// Package wake calls wakers that belong to somebody else.
//
// A waker is code of the executor that made it. When it panics, the task that it would have
// woken is lost, and that is its executor's affair. It must cost nobody else: not the
// thread that calls it, a worker or a reactor, and not those who wait for the same thing.
//
// From runtime.Goexit no goroutine can be kept. Those that call wakers have the others woken on
// the way out, and somebody take their place.
//
// Hold and Let are for those who will call a waker later: a clock that may jump takes them into account.
package wake

import (
	"log/slog"
	"runtime/debug"

	"github.com/magpie-go/magpie/waker"
)

// Report is told what a waker panicked with, and where, as debug.Stack prints it. It may be
// called by any thread.
type Report func(v any, stack []byte)

// Log is the Report of those who have none.
func Log(v any, stack []byte) {
	slog.Error("magpie: a waker panicked; the task that it belongs to may wait for ever", "panic", v, "stack", string(stack))
}

// All wakes each of ws, which it takes over. A panic of one is reported, to Log if report is
// nil, and keeps none of the others from being woken; nor does runtime.Goexit.
func All(ws []waker.Waker, report Report) {
	for len(ws) > 0 {
		ws = ws[some(ws, report):]
	}
}

// One is All for a single waker.
func One(w waker.Waker, report Report) {
	returned := false
	defer func() {
		if !returned {
			tell(report, recover())
		}
	}()
	w.Wake()
	returned = true
}

// Cell wakes and empties a cell, as its own Wake does.
func Cell(c *waker.AtomicWaker, report Report) {
	if w, ok := c.Take(); ok {
		One(w, report)
	}
}

// Forget empties a cell without a wake-up, for who gives up waiting.
func Forget(c *waker.AtomicWaker) {
	if w, ok := c.Take(); ok {
		w.Drop()
	}
}

// tell reports a panic; v is nil after runtime.Goexit, which is no news.
func tell(report Report, v any) {
	if v == nil {
		return
	}
	if report == nil {
		report = Log
	}
	report(v, debug.Stack())
}

// some wakes as many as it can before one panics, and returns how many it has called.
func some(ws []waker.Waker, report Report) (called int) {
	defer func() {
		if called > len(ws) {
			called = len(ws)
			return
		}
		v := recover()
		if v == nil { // runtime.Goexit, from which the goroutine cannot be kept
			All(ws[called:], report)
		}
		tell(report, v)
	}()
	for _, w := range ws {
		called++
		w.Wake()
	}
	called++ // all have returned
	return called
}
