package sched

import (
	"time"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// maxLIFO is how many polls in a row may come from the LIFO slot while others wait;
// tokio's figure.
const maxLIFO = 3

// turnEvery is how long a busy worker leaves its reactor alone at most: asking it costs
// a system call, half a microsecond, so this is 1 % of the time.
const turnEvery = 50 * time.Microsecond

// initialQueue is the capacity of a new run queue, Go's and tokio's.
const initialQueue = 256

// worker is one thread of the runtime and what belongs to it. Without a remark a field
// is the worker's own; the comments say what others may touch.
type worker struct {
	rt      *Runtime
	id      int
	reactor *reactor.Reactor
	events  reactor.Events

	run     *deque.Deque[*header]
	bound   ring        // tasks that may run nowhere else
	victims [][]*worker // whom to steal from, in rings, the nearest first

	cx       *waker.Context // of the poll that is under way, which nested polls leave alone
	budget   *waker.Budget
	polling  *header // the task that is being polled or dropped
	dropping bool    // it is being dropped
	bind     bool    // its poll asked to stay on this worker
	turning  bool    // what wakes up now is woken by the reactor

	tick      int           // polls since the last look around
	every     int           // after how many polls the next one comes
	lookedAt  time.Duration // when the last one was, or the last sleep ended
	lifoPolls int           // in a row
	boundTurn bool          // the last one, of two tasks that are not from the LIFO slot, was a bound one's turn
	lastTurn  time.Duration // when the reactor was last asked
	spin      time.Duration // how long the next search spins, see searchAround
	relieved  int           // the peer that was looked after last
	guards    []*worker     // peers that it guards, or did, see guard.go
	pace      pace          // of its polls, see share.go
	random    uint32
	searching bool
	aborting  bool // drop tasks instead of polling them
	fatal     bool // it ends the process
	owned     owned
	fork      forkJoin
	free      []*taskList // finished tasks to be used again, by pool
	counts    Counts
	// One for each poll that may be under way, see fork.go.
	contexts [maxServing + 1]waker.Context
	budgets  [maxServing + 1]waker.Budget
	scratch  [maxServing + 1][]byte // see Scratch

	_ cpu.Pad
	// Read by peers and by foreign threads.
	g         word.Uintptr // identity of its goroutine, while it lives; see identity.go
	coroutine word.Uintptr // that of the coroutine it has switched to, or None
	shareAt   word.Uint32  // how long its queue has to be to be worth waking a peer
	stealer   deque.Stealer[*header]
	pinned    int    // the core it is pinned to, or -1; set before New returns
	goroutine string // its number, as in a stack; set before New returns

	_ cpu.Pad
	// Written by peers and by foreign threads.
	lifo       word.Pointer[header] // the task woken last here; peers may steal it
	hurry      word.Bool            // the monitor wants it to look around after this poll
	inbox      inbox                // tasks from outside; peers may take it
	boundInbox inbox                // tasks bound here, woken elsewhere
	boundSent  word.Int32           // how many those are
	returned   inbox                // tasks of owned that ended elsewhere

	_         cpu.Pad
	_         word.Align64
	turned    word.Int64 // when the reactor was last asked, by the worker or a peer; 0: it sleeps
	served    word.Int64 // when the worker itself last looked around; 0: it sleeps
	late      word.Int64 // when it, or a peer, last found its reactor neglected; 0 for never
	guard     word.Int32 // who guards this worker, see guard.go
	published published
}

func newWorker(rt *Runtime, id int, r *reactor.Reactor) *worker {
	w := &worker{rt: rt, id: id, spin: rt.config.Spin, reactor: r, pinned: -1, random: uint32(id)*2654435769 + 1}
	w.every = min(rt.config.EventInterval, defaultEventInterval)
	w.run = deque.NewFIFO[*header](initialQueue)
	w.stealer = w.run.Stealer()
	w.fork.jobs = forkjoin.NewWorker(w)
	for i := range w.contexts {
		w.contexts[i] = waker.NewContext(waker.Waker{}, w, &w.budgets[i])
	}
	w.cx, w.budget = &w.contexts[0], &w.budgets[0]
	w.shareAt.Store(1)
	return w
}

// Reactor implements reactor.Host.
func (w *worker) Reactor() *reactor.Reactor { return w.reactor }

// BindHome implements future.Local. A stolen job is no part of the poll that it runs beside,
// and ends where it has begun.
func (w *worker) BindHome() {
	w.bind = w.bind || w.polling != nil && !w.fork.running
	if !w.rt.coroutines.Load() {
		w.rt.coroutines.Store(true)
	}
}

// Switched implements future.Local.
func (w *worker) Switched(id uintptr) (before uintptr) {
	before = w.coroutine.Load()
	w.coroutine.Store(id)
	return before
}

// loop polls tasks until the runtime stops.
func (w *worker) loop() {
	for {
		if h := w.next(); h != nil {
			w.stopSearching()
			w.poll(h)
		} else if !w.idle() {
			return
		}
	}
}

// next takes the task to poll next from the worker's own queues; nil if there is none.
func (w *worker) next() *header {
	if w.tick++; w.tick >= w.every || w.hurry.Load() {
		w.lookAround()
	}
	if w.lifoPolls < maxLIFO {
		if h := w.takeLIFO(); h != nil {
			w.lifoPolls++
			w.counts.LIFOPolls++
			return h
		}
	}
	w.lifoPolls = 0
	if !w.bound.empty() {
		if w.boundTurn = !w.boundTurn; w.boundTurn { // in turns with the queue
			return w.bound.pop()
		}
	}
	if h, ok := w.run.Pop(); ok {
		return h
	}
	if h := w.bound.pop(); h != nil {
		return h
	}
	return w.takeLIFO()
}

func (w *worker) takeLIFO() *header {
	if w.lifo.Load() == nil {
		return nil
	}
	return w.lifo.Swap(nil)
}

// awake notes, for peers and for the monitor, that the worker looks after its reactor at this
// moment, and asleep that the reactor will wake it.
func (w *worker) awake(now time.Duration) {
	w.lastTurn = now
	w.turned.Store(int64(now))
	w.served.Store(int64(now))
}

func (w *worker) asleep() {
	w.turned.Store(0)
	w.served.Store(0)
}

// takeInboxes moves what others have pushed to the queues, and tells whether anything
// was there.
func (w *worker) takeInboxes() bool {
	w.takeReturned()
	l := w.boundInbox.TakeAll()
	n := l.Len()
	if n > 0 {
		w.boundSent.Add(-int32(n))
	}
	for h := l.Next(); h != nil; h = l.Next() {
		w.bound.push(h)
	}
	if l := w.inbox.TakeAll(); l.Len() > 0 {
		n += l.Len()
		w.adopt(&l)
	}
	return n > 0
}

// adopt queues a list of tasks from an inbox.
func (w *worker) adopt(l *deque.List[header, *header]) {
	many := l.Len() > 1
	deque.PushAll(w.run, l)
	if many {
		w.share()
	}
}

// takeReturned takes tasks that ended elsewhere off the list.
func (w *worker) takeReturned() {
	l := w.returned.TakeAll()
	for h := l.Next(); h != nil; h = l.Next() {
		w.owned.remove(h)
		if p := h.detached(); p.keeps() {
			w.recycle(h, p)
		}
	}
}

// push queues a task that was spawned or woken on this worker.
func (w *worker) push(h *header) {
	if w.turning { // in the order of events, not the last one first
		w.run.Push(h)
		w.share()
		return
	}
	if old := w.lifo.Swap(h); old != nil {
		w.run.Push(old)
		w.share()
	}
}

// poll polls a task taken from a queue.
func (w *worker) poll(h *header) {
	if h.state.start() || w.aborting {
		w.drop(h)
		return
	}
	w.counts.Polls++
	w.budget.Refill(w.rt.config.Budget)
	w.cx.Reset(waker.FromRaw(h.rawWaker()))
	w.polling = h
	done := h.self.poll(w.cx)
	w.polling = nil
	if done {
		w.cx.TakeAgain()
		w.finish(h)
		return
	}
	if w.bind {
		w.bind = false
		if !h.state.isBound() {
			h.home = uint16(w.id) + 1
			h.state.bind()
		}
	}
	if h.owner == 0 {
		h.owner = uint16(w.id) + 1
		w.owned.add(h)
		if w.aborting { // since this poll began
			h.state.abort()
		}
	}
	if w.cx.TakeAgain() {
		h.state.yield()
		w.requeue(h)
	} else if h.state.suspend() {
		w.requeue(h)
	}
}

// requeue queues a task that was woken during its own poll, or is to be dropped, behind
// all others.
func (w *worker) requeue(h *header) {
	if h.state.isBound() {
		w.rt.queueBound(w, h)
		return
	}
	w.run.Push(h)
}

// drop ends a task without polling it.
func (w *worker) drop(h *header) {
	err := ErrAborted
	if w.rt.phase.Load() >= aborting {
		err = ErrShutdown
		w.counts.Dropped++
	} else {
		w.counts.Aborted++
	}
	w.polling, w.dropping = h, true
	h.self.abandon(err)
	w.polling, w.dropping = nil, false
	w.finish(h)
}

// finish ends a task whose result is there.
func (w *worker) finish(h *header) {
	w.counts.Finished++
	w.bind = false
	p := h.detached()
	owner := int(h.owner) - 1
	if owner == w.id {
		w.owned.remove(h)
	}
	mine := owner == w.id || owner < 0 // less than 0: never seen pending
	if mine && p.keeps() {
		w.recycle(h, p)
		return
	}
	h.state.finish()
	if !mine {
		o := w.rt.workers[owner]
		o.returned.Push(h)
		if w.rt.phase.Load() != open { // it may be waiting for its list to be empty
			o.reactor.Unpark()
		}
	}
	if p == nil { // last, for a waker may call runtime.Goexit
		h.joiners.Close(w.rt.report)
	}
}
