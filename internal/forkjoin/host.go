package forkjoin

// Host is the thread that a worker's jobs run on, as far as they have to do with it. All
// methods but Wake are called by that thread.
type Host interface {
	// Here reports whether the calling goroutine is one that runs on the thread.
	Here() bool
	// Published is called when there is more to steal.
	Published()
	// Attend is called now and then while a computation runs, at the latest when somebody
	// has called Interrupt: the thread may do something else for a while. That of a foreign
	// handle passes it on to the worker of the calling goroutine, if that is one's.
	Attend()
	// Await returns when the latch is set. Meanwhile it steals, and does what else there is.
	Await(l *Latch)
	// Wake ends the sleep of the thread, or keeps it from falling asleep. Any thread calls it.
	Wake()
	// InterruptAll calls Interrupt for every worker of the runtime. Any thread calls it.
	InterruptAll()
	// Enter runs f on a worker of the runtime. It is called for a foreign handle only.
	Enter(f func(w *Worker))
}

// NewWorker returns the worker of a thread.
func NewWorker(h Host) *Worker { return &Worker{host: h, private: eager} }

// NewForeign returns a handle for goroutines that are no workers: what it is given to runs on
// some worker, by its host's Enter. It may be used by many of them.
func NewForeign(h Host) *Worker { return &Worker{host: h, foreign: true} }

// NewDetached returns a worker of no runtime, for one goroutine: everything runs where it is
// called.
func NewDetached() *Worker {
	w := &Worker{private: eager}
	w.host = alone{w}
	return w
}

// Foreign reports whether the worker is a handle as NewForeign returns it.
func (w *Worker) Foreign() bool { return w.foreign }

// Interrupt asks the worker for attention: its host's Attend is called at the next fork. It
// reports whether the worker has had its attention since the last time. Any thread calls it.
func (w *Worker) Interrupt() (again bool) { return w.limit.Swap(0) != 0 }

// Provider is a context's Ext, or a runtime, that computations may run on.
type Provider interface {
	// Computer returns the worker of the calling thread, or a foreign handle.
	Computer() *Worker
}

// On runs f on the worker, which is another one if w is foreign.
func (w *Worker) On(f func(w *Worker)) {
	if w.foreign {
		w.host.Enter(f)
		return
	}
	f(w)
}

// alone is the host of a worker without thieves.
type alone struct{ w *Worker }

func (alone) Here() bool            { return true }
func (alone) Published()            {}
func (alone) Attend()               {}
func (alone) Await(*Latch)          { panic("forkjoin: a job was stolen from a worker without thieves") }
func (alone) Wake()                 {}
func (a alone) InterruptAll()       { a.w.Interrupt() }
func (a alone) Enter(func(*Worker)) { panic("forkjoin: not a foreign handle") }

// OfRuntime returns what a goroutine gives to the functions of sched/par: the worker of a
// *sched.Runtime that it runs on, or a handle that makes them run on one. Package sched sets it, so
// that its public methods need not name a type of this package.
var OfRuntime func(rt any) *Worker
