package explore

import (
	"fmt"
	"strings"
)

// engine explores one model.
type engine struct {
	cfg    Config
	body   func(x *Run)
	reduce bool
	pick   func(e *engine, ready set, usual int) int // overrides the usual choice
	result Result

	threads []*thread // coroutines, kept from one schedule to the next
	nodes   []node    // the present schedule, and the choices left in it
	prefix  int       // how much of nodes the present schedule repeats
	mem     memory
	races   []int32

	// The present schedule.
	run        *Run
	count      int // threads in it
	depth      int
	next       *thread
	starting   bool
	abandoning bool
	redundant  bool
	failure    *Failure
	rec        *recorder // nil unless the schedule is to be printed
}

// all runs every schedule.
func (e *engine) all() Result {
	limit := e.cfg.MaxSchedules
	if limit <= 0 {
		limit = 20_000_000
	}
	for {
		e.once()
		if e.failure != nil {
			break
		}
		if !e.backtrack() {
			if e.cfg.Preemptions > 0 {
				e.result.Bound = fmt.Sprintf("all with at most %d preemptions", e.cfg.Preemptions)
			} else {
				e.result.Complete = true
			}
			break
		}
		if e.result.Schedules >= limit {
			e.result.Bound = fmt.Sprintf("stopped after %d schedules", limit)
			break
		}
	}
	return e.result
}

// once runs one schedule: the choices in e.nodes, and then the usual ones.
func (e *engine) once() {
	e.prefix = len(e.nodes)
	e.depth, e.next, e.failure, e.redundant = 0, nil, nil, false
	e.mem.reset()
	e.run = &Run{eng: e}
	e.count = 0
	e.guarded("set-up", func() { e.body(e.run) })
	if e.failure != nil {
		e.count = 0 // nobody has started
	}
	e.schedule()
	stuck := e.failure == nil && !e.redundant && e.unfinished()
	if stuck {
		e.run.stuck = true
		e.diagnose()
	}
	e.abandon()
	if e.failure == nil && !e.redundant {
		for _, f := range e.run.finally {
			e.guarded("finally", f)
		}
	}
	e.result.Steps += e.depth
	e.result.MaxDepth = max(e.result.MaxDepth, e.depth)
	switch {
	case e.failure != nil:
		e.failure.Seed = e.seed()
		e.result.Failure = e.failure
	case e.redundant:
		e.result.Redundant++
	default:
		e.result.Schedules++
	}
}

// schedule brings every thread to its first operation and then lets them run as
// they choose among themselves.
func (e *engine) schedule() {
	defer current.Store(nil)
	e.starting = true
	for _, t := range e.threads[:e.count] {
		e.enter(t)
	}
	e.starting = false
	for t := e.choose(-1); t != nil; t = e.next {
		e.enter(t)
	}
}

func (e *engine) enter(t *thread) {
	current.Store(t)
	t.proceed()
}

func (e *engine) unfinished() bool {
	for _, t := range e.threads[:e.count] {
		if !t.finished {
			return true
		}
	}
	return false
}

// abandon unwinds the threads that are still in the middle of something.
func (e *engine) abandon() {
	defer current.Store(nil)
	e.abandoning = true
	for _, t := range e.threads[:e.count] {
		for !t.finished {
			e.enter(t)
		}
	}
	e.abandoning = false
}

// guarded runs a function of the model that is no thread.
func (e *engine) guarded(who string, f func()) {
	defer func() { e.caught(recover(), who) }()
	f()
}

func (e *engine) spawn(name string, f func()) {
	if e.count == MaxThreads {
		panic(fmt.Sprintf("explore: more than %d threads", MaxThreads))
	}
	if e.count == len(e.threads) {
		e.threads = append(e.threads, newThread(e, e.count))
	}
	t := e.threads[e.count]
	e.count++
	if name == "" {
		name = fmt.Sprintf("thread %d", t.id)
	}
	t.name, t.fn, t.finished = name, f, false
	t.order, t.sync = clock{}, clock{}
	t.sync[t.id] = 1
	t.reads, t.guard, t.waitsFor = t.reads[:0], t.guard[:0], ""
}

// close ends the coroutines.
func (e *engine) close() {
	e.abandoning = true
	current.Store(nil)
	for _, t := range e.threads {
		t.stop()
	}
}

// fail ends the schedule. Only what goes wrong first counts, and nothing that
// happens while threads are unwound.
func (e *engine) fail(k FailureKind, msg string) {
	if e.failure == nil && !e.abandoning {
		e.failure = &Failure{Kind: k, Message: msg}
	}
}

// diagnose says what it means that no thread can go on.
func (e *engine) diagnose() {
	kind, why := Deadlock, "no thread can go on"
	if ask := e.run.whenStuck; ask != nil {
		kind = LostWakeup
		e.guarded("when stuck", func() { why = ask() })
		if why == "" {
			return
		}
	}
	e.fail(kind, why+"\n"+e.whereAll())
}

func (e *engine) whereAll() string {
	var b strings.Builder
	for _, t := range e.threads[:e.count] {
		o := &t.next
		switch {
		case t.finished:
			fmt.Fprintf(&b, "\t%s has ended\n", t.name)
		case t.waitsFor != "":
			fmt.Fprintf(&b, "\t%s %s %s%s\n", t.name, t.waitsFor, e.label(o.cell), in(o.at))
		default:
			fmt.Fprintf(&b, "\t%s is about to %s %s%s\n", t.name, opNames[o.op], e.label(o.cell), in(o.at))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func in(at string) string {
	if at == "" {
		return ""
	}
	return " in " + at
}

func (e *engine) failLivelock() {
	e.fail(Livelock, fmt.Sprintf("still going after %d operations; a loop that waits for another thread must say so with Spin\n%s",
		e.cfg.MaxSteps, e.whereAll()))
}

func (e *engine) failNondeterminism() {
	e.fail(Nondeterminism, fmt.Sprintf("step %d differs when the same schedule is run again: the model must not depend on time, chance, map order or state of earlier schedules", e.depth+1))
}

// race ends the schedule and the thread that completed a data race.
func (e *engine) race(t *thread, c int32, writes bool, other int, otherWrites bool) {
	verb := map[bool]string{false: "reads", true: "writes"}
	e.fail(DataRace, fmt.Sprintf("%s %s %s, which %s %s without synchronisation in between",
		t.name, verb[writes], e.label(c), e.threads[other].name, verb[otherWrites]))
	panic(abandon{})
}
