package sched

import (
	"math"
	"time"

	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/waker"
)

// askEvery is how long a busy worker leaves its reactor alone at most: asking it costs
// a system call, half a microsecond, so this is 1 % of the time.
const askEvery = 50 * time.Microsecond

// worker is one thread of the runtime, in parts by who may touch them: core and queues belong
// to its own thread, others hold a *peer.
type worker struct {
	core
	queues queues
	peer
}

// core is what only the worker's own thread touches.
type core struct {
	rt        *Runtime
	cx        *waker.Driver // of the poll that is under way, which nested polls leave alone
	budget    *waker.Budget
	allowance int     // Config.Budget
	polling   *header // the task that is being polled or dropped

	dropping   bool // it is being dropped
	bind       bool // its poll asked to stay on this worker
	delivering bool // what wakes up now is woken by the reactor
	searching  bool
	aborting   bool // drop tasks instead of polling them
	fatal      bool // it ends the process

	tick      int           // polls since the last look around
	every     int           // after how many polls the next one comes
	lookedAt  time.Duration // when the last one was, or the last sleep ended
	lastAsked time.Duration // when the reactor was last asked
	slept     time.Duration // for how long it has, counted from the start of the runtime
	sleptWith uint64        // what it had done when it went to sleep; math.MaxUint64 if that is of no interest
	told      *header       // the task whose End has been told, while it is finished for good
	started   bool          // WorkerStart has been called
	counts    Counts
	owned     owned
	free      []*taskList   // finished tasks to be used again, by pool
	pace      pace          // of its polls, see share.go
	appetite  appetite      // see share.go
	spin      time.Duration // how long the next search spins, see searchAround
	random    uint32

	events   reactor.Events
	victims  [][]*peer // whom to steal from, in tiers, the nearest first
	relieved int       // the peer that was looked after last
	guards   []*peer   // peers that it guards, or did, see guard.go
	fork     forkJoin
	// One for each poll that may be under way, see fork.go.
	contexts [maxServing + 1]waker.Driver
	budgets  [maxServing + 1]waker.Budget
	scratch  [maxServing + 1][]byte // see Scratch
}

// peer is a worker as other threads see it.
type peer struct {
	shared
	_ cpu.Pad
	remote
	_ cpu.Pad
}

// shared is read by others, and hardly ever written.
type shared struct {
	id        int
	reactor   *reactor.Reactor
	tasks     *sharedQueues    // a part of the worker's queues
	jobs      *forkjoin.Worker // to be stolen from, and interrupted
	observer  *observer        // of the worker's polls; nil if nothing watches them
	pinned    int              // the core it is pinned to, or -1; set before New returns
	goroutine string           // its number, as in a stack; set before New returns
	g         word.Uintptr     // identity of its goroutine, while it lives; see identity.go
	coroutine word.Uintptr     // that of the coroutine it has switched to, or None
	shareAt   word.Uint32      // how long its run queue has to be to be worth waking a peer
}

// remote is written by others too, or often.
type remote struct {
	_         word.Align64
	askedAt   word.Int64 // when the reactor was last asked, by the worker or a peer; 0: it sleeps
	served    word.Int64 // when the worker itself last looked around; 0: it sleeps
	late      word.Int64 // when it, or a peer, last found its reactor neglected; 0 for never
	guard     word.Int32 // who guards this worker, see guard.go
	hurry     word.Bool  // the monitor wants it to look around after this poll
	published published
}

func newWorker(rt *Runtime, id int, r *reactor.Reactor) *worker {
	w := new(worker)
	w.rt, w.id, w.reactor, w.pinned = rt, id, r, -1
	w.allowance, w.spin, w.random = rt.config.Budget, rt.config.Spin, uint32(id)*2654435769+1
	w.every = min(rt.config.EventInterval, defaultEventInterval)
	w.observer = rt.config.observer()
	w.queues.init()
	w.tasks = &w.queues.sharedQueues
	w.jobs = forkjoin.NewWorker(w)
	for i := range w.contexts {
		w.contexts[i] = waker.NewDriver(w, &w.budgets[i])
	}
	w.cx, w.budget = &w.contexts[0], &w.budgets[0]
	w.shareAt.Store(1)
	w.sleptWith = math.MaxUint64
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
	if s := w.rt.sim; s != nil {
		s.loop()
		return
	}
	w.tellStart()
	for {
		if w.lookIsDue() {
			w.lookAround()
		}
		if h := w.queues.next(); h != nil {
			w.stopSearching()
			w.poll(h)
		} else if !w.idle() {
			return
		}
	}
}

// awake notes, for peers and for the monitor, that the worker looks after its reactor at this
// moment, and asleep that the reactor will wake it.
func (w *worker) awake(now time.Duration) {
	w.lastAsked = now
	w.askedAt.Store(int64(now))
	w.served.Store(int64(now))
}

func (w *worker) asleep() {
	w.askedAt.Store(0)
	w.served.Store(0)
}

// takeIn moves what others have pushed to the worker's own queues, takes back tasks that have
// ended elsewhere, and reports whether there is something new to poll.
func (w *worker) takeIn() bool {
	w.takeEnded()
	n := w.queues.takeIn()
	if n > 1 {
		w.share()
	}
	return n > 0
}

// takeEnded takes tasks that ended elsewhere off the list of owned ones.
func (w *worker) takeEnded() {
	l := w.queues.ended.TakeAll()
	for h := l.Next(); h != nil; h = l.Next() {
		w.owned.remove(h)
		if p := h.detached(); p.keeps() {
			w.recycle(h, p)
		}
	}
}

// push queues a task that was spawned or woken on this worker.
func (w *worker) push(h *header) {
	if w.delivering { // in the order of events, not the last one first
		w.queues.pushLast(h)
		w.share()
	} else if w.queues.push(h) {
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
	w.budget.Refill(w.allowance)
	w.cx.Reset(waker.FromRaw(h.rawWaker()))
	w.polling = h
	var done bool
	if w.observer == nil {
		done = h.self.poll(&w.cx.Context)
	} else {
		done = w.pollObserved(h)
	}
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
	canWait := w.cx.CanWait()
	if w.cx.TakeAgain() {
		h.state.yield()
		place := h.state.place()
		if canWait { // this time as one of low priority
			place = place&^high | low
		}
		w.requeue(h, place)
	} else if h.state.suspend() {
		w.requeue(h, h.state.place())
	}
}

// requeue queues a task that was woken during its own poll, or is to be dropped, behind
// all others of its place.
func (w *worker) requeue(h *header, place uint32) {
	if w.rt.waits {
		w.rt.noteQueued(h)
	}
	if place != 0 {
		w.rt.queueApart(w, h, place)
		return
	}
	w.queues.pushLast(h)
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
	if w.observer != nil && w.told != h {
		w.tellEnd(h)
	}
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
		o := w.rt.peers[owner]
		o.tasks.ended.Push(h)
		if w.rt.phase.Load() != open { // it may be waiting for its list to be empty
			o.reactor.Unpark()
		}
	}
	if p == nil { // last, for a waker may call runtime.Goexit
		h.joiners.Close(w.rt.report)
	}
}
