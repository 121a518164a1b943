package sched

import (
	"fmt"
	"log/slog"
	"runtime"
	"weak"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
)

// The protocol of reports.
//
// A panic is never silent. That of a task with a handle is its result; it is reported if
// nobody can read it any more. That of a task without a handle is reported at once.
//
//	unread    kept from the end of the task until its result is read or reported
//	queued    about to be handed to Config.OnPanic, or Config.OnStall
//
// A report is handed over by a goroutine that lives while the queue is not empty: those who
// report are workers, which must not wait for what a program does with it. Under the lock is
// only the passing of pointers, so it is a spin lock.
//
// Whether a handle is left is known by the collector alone: a cleanup of the task takes its
// panic out of unread. A shutdown runs a collection of its own if something is unread, for
// the program may end before the next one.
//
// A shutdown waits, for a moment, until all is handed over; not if a report is what waits for
// the shutdown.
//
// Invariant: a panic leaves unread once, and is reported if it was not a reader who took it.
//
// Rejected: counting handles (they are plain values, copied without a word to us), and a
// finalizer of the task (a task points to itself, and such a one never has it run).
type reporter struct {
	lock    spin.Lock
	unread  map[*PanicError]weak.Pointer[header]
	queue   []func()
	lost    uint64        // reports that found the queue full
	running bool          // the goroutine lives
	g       uintptr       // its identity
	waited  chan struct{} // closed when there is nothing more to wait for; nil if it is so
}

// maxReports bounds what waits for a slow Config.OnPanic: a stack is some kilobytes.
const maxReports = 1024

// tell has f called on the reporter's goroutine.
func (r *reporter) tell(f func()) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if len(r.queue) >= maxReports {
		r.lost++
		return
	}
	r.queue = append(r.queue, f)
	if !r.running {
		r.running = true
		r.waited = make(chan struct{})
		wake.Go(r.drain)
	}
}

// drain hands reports over until there are no more.
func (r *reporter) drain() {
	for f := r.next(); f != nil; f = r.next() {
		f()
	}
}

// next takes the report that has waited longest; nil if there is none, and the goroutine ends.
func (r *reporter) next() (f func()) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if len(r.queue) == 0 {
		r.running, r.queue = false, nil
		r.release()
		return nil
	}
	r.g = gid.Current()
	f, r.queue[0] = r.queue[0], nil
	r.queue = r.queue[1:]
	return f
}

// release lets go who waits for the reports. Under the lock.
func (r *reporter) release() {
	if r.waited != nil {
		close(r.waited)
		r.waited = nil
	}
}

// leaveOut is called by who is about to wait for a shutdown. If that is a report, the shutdown
// does not wait for the reports.
func (r *reporter) leaveOut() {
	r.lock.Lock()
	defer r.lock.Unlock()
	if g := gid.Current(); r.running && g != gid.None && g == r.g {
		r.release()
	}
}

// pending returns a channel that is closed when what has been told so far is handed over, or
// is not to be waited for; nil if it is so.
func (r *reporter) pending() <-chan struct{} {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.waited
}

func (r *reporter) lostReports() uint64 {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.lost
}

// keep notes the panic of a task that has a handle, until somebody reads it.
func (r *reporter) keep(p *PanicError, h *header) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.unread == nil {
		r.unread = make(map[*PanicError]weak.Pointer[header])
	}
	r.unread[p] = weak.Make(h)
}

// take reports whether the panic was unread until now.
func (r *reporter) take(p *PanicError) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	_, unread := r.unread[p]
	delete(r.unread, p)
	return unread
}

// takeForgotten takes the panics whose tasks nobody can reach any more.
func (r *reporter) takeForgotten() (forgotten []*PanicError) {
	r.lock.Lock()
	none := len(r.unread) == 0
	r.lock.Unlock()
	if none {
		return nil
	}
	runtime.GC()
	r.lock.Lock()
	defer r.lock.Unlock()
	for p, h := range r.unread {
		if h.Value() == nil {
			delete(r.unread, p)
			forgotten = append(forgotten, p)
		}
	}
	return forgotten
}

// panicked is called by the worker that is about to end h with p.
func (rt *Runtime) panicked(h *header, p *PanicError) {
	if h.detached() != nil {
		rt.reportPanic(p)
		return
	}
	rt.reports.keep(p, h)
	runtime.AddCleanup(h, func(p *PanicError) {
		if rt.reports.take(p) {
			rt.reportPanic(p)
		}
	}, p)
}

// read notes that somebody has a task's error.
func (rt *Runtime) read(err error) {
	if p, ok := err.(*PanicError); ok {
		rt.reports.take(p)
	}
}

// reportForgotten reports, at the end of a shutdown, what nobody can read any more.
func (rt *Runtime) reportForgotten() {
	for _, p := range rt.reports.takeForgotten() {
		rt.reportPanic(p)
	}
}

func (rt *Runtime) reportPanic(p *PanicError) {
	rt.reports.tell(func() { rt.config.OnPanic(p) })
}

func (rt *Runtime) reportStall(s Stall) {
	rt.reports.tell(func() { rt.config.OnStall(s) })
}

// logger returns where reports go that nobody else takes.
func (c Config) logger() *slog.Logger {
	if c.Name == "" {
		return slog.Default()
	}
	return slog.With("runtime", c.Name)
}

func (c Config) logPanic() func(*PanicError) {
	return func(p *PanicError) {
		c.logger().Error("sched: a task panicked, and nobody reads its result",
			"task", p.Task, "panic", fmt.Sprint(p.Value), "stack", string(p.Stack))
	}
}

func (c Config) logStall() func(Stall) {
	return func(s Stall) {
		c.logger().Warn("sched: a poll does not return", "worker", s.Worker, "for", s.For,
			"queued", s.Queued, "timers", s.Timers, "sources", s.Sources, "stack", string(s.Stack))
	}
}
