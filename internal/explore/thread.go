package explore

import (
	"fmt"
	"iter"
	"runtime/debug"
	"sync/atomic"
	"unsafe"

	"github.com/magpie-go/magpie/internal/gid"
)

// Threads of a model are coroutines: one runs at a time, and a thread hands over
// at each operation on a shared word, before it is done. What a thread does up to
// its next operation belongs to the operation before, so plain Go variables of the
// model need no protection. The whole exploration is sequential, which makes a
// schedule a plain list of thread numbers, and a switch costs some 100 ns.
//
// The decision who runs next is taken by the thread that hands over; if it chooses
// itself there is no switch at all.
//
// Rejected: goroutines and channels, which cost three times as much and leave the
// scheduler of Go a say in the outcome.

// MaxThreads is how many threads one model may have. Sets of threads are kept as
// bits of one byte.
const MaxThreads = 8

// current is the thread that runs now, nil outside explorations. Code that runs on
// other goroutines meanwhile is told apart by its goroutine.
var current atomic.Pointer[thread]

func caller() *thread {
	t := current.Load()
	if t == nil || gid.Known && t.gid != gid.Current() {
		return nil
	}
	return t
}

type thread struct {
	id  int
	eng *engine

	// The coroutine, which outlives the schedules.
	gid    uintptr
	resume func() (struct{}, bool)
	stop   func()
	yield  func(struct{}) bool

	// The present schedule.
	name     string
	fn       func()
	calling  bool // of fn
	finished bool
	next     operation // announced, not yet done
	order    clock     // the steps that its last step depends on
	sync     clock     // what it is synchronised with by Go's memory model
	reads    []sight   // what it has read since its last Spin
	guard    []sight   // one of these must change before it goes on
	waitsFor string    // why it set the guard
}

// sight is a word and the version of it that a thread has seen.
type sight struct {
	cell    int32
	version uint32
}

// operation is one operation on a shared word.
type operation struct {
	op   Op
	cell int32
	p    unsafe.Pointer
	want uint64 // of a CAS
	at   string // where in the source, when the schedule is recorded
}

// abandon is the panic that unwinds a thread whose schedule is over.
type abandon struct{}

// complaint is the panic by which a model reports a broken assertion.
type complaint string

// exited is the panic by which a coroutine ends whose function has called runtime.Goexit.
type exited struct{}

func newThread(e *engine, id int) *thread {
	t := &thread{id: id, eng: e}
	t.begin()
	return t
}

// begin makes the coroutine.
func (t *thread) begin() {
	t.resume, t.stop = iter.Pull(t.loop)
	t.resume() // to learn its goroutine
}

// proceed runs the thread until it hands over.
func (t *thread) proceed() {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case exited:
			t.begin() // for the next schedule
		default:
			panic(v)
		}
	}()
	t.resume()
}

// loop runs one function after the other, each for one schedule.
func (t *thread) loop(yield func(struct{}) bool) {
	t.gid, t.yield = gid.Current(), yield
	defer func() {
		if t.calling {
			t.over()
			panic(exited{})
		}
	}()
	for yield(struct{}{}) {
		t.calling = true
		t.call()
		t.over()
	}
}

// over ends the thread in this schedule.
func (t *thread) over() {
	t.calling = false
	t.finished = true
	if e := t.eng; !e.starting && !e.abandoning {
		e.next = e.choose(t.id)
	}
}

func (t *thread) call() {
	defer func() { t.eng.caught(recover(), t.name) }()
	t.fn()
}

// caught sorts out how a function of the model ended.
func (e *engine) caught(r any, who string) {
	switch r := r.(type) {
	case nil, abandon:
	case complaint:
		e.fail(Assertion, fmt.Sprintf("%s: %s", who, string(r)))
	default:
		msg := fmt.Sprintf("%s: panic: %v", who, r)
		if e.rec != nil {
			msg += "\n" + string(debug.Stack())
		}
		e.fail(Assertion, msg)
	}
}

// handOver announces the next operation of t and returns when it is t's turn to do
// it.
func (t *thread) handOver(op Op, kind Kind, p unsafe.Pointer, want uint64) {
	e := t.eng
	if e.abandoning {
		panic(abandon{})
	}
	t.next = operation{op: op, cell: e.mem.word(p, kind), p: p, want: want}
	if e.rec != nil {
		t.next.at = position()
	}
	if !e.starting {
		n := e.choose(t.id)
		if n == t {
			return
		}
		e.next = n
	}
	if !t.yield(struct{}{}) || e.abandoning {
		panic(abandon{})
	}
}

// spin makes the next operation of t wait until a word that it has read changes.
func (t *thread) spin(why string) {
	if t.waitsFor != "" {
		return // nothing was read since
	}
	t.guard, t.reads = t.reads, t.guard[:0]
	t.waitsFor = why
}

// ready reports whether t can do its next operation.
func (t *thread) ready() bool {
	if t.finished {
		return false
	}
	if t.waitsFor == "" {
		return true
	}
	for _, s := range t.guard {
		if t.eng.mem.cells[s.cell].version != s.version {
			return true
		}
	}
	return false
}

// saw notes that t knows the present version of a word.
func (t *thread) saw(cell int32, version uint32, reads bool) {
	for i := range t.reads {
		if t.reads[i].cell == cell {
			t.reads[i].version = version
			return
		}
	}
	if reads {
		t.reads = append(t.reads, sight{cell, version})
	}
}

// writes reports whether o would change its word if it were done now.
func (e *engine) writes(o *operation) bool {
	switch o.op {
	case Load:
		return false
	case CompareAndSwap:
		return e.mem.cells[o.cell].kind.value(o.p) == o.want
	}
	return true
}
