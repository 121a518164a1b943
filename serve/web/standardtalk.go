package web

import (
	"net"
	"sync"
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// talk is how the goroutine of an http.Handler has its connection's task do what only that can. The goroutine asks, wakes the
// task, and blocks until there is an answer.
//
//	silent ──goroutine──▶ asks… ──task──▶ said ──goroutine──▶ silent
//	     any ──task──▶ gone
//
// Invariant: who asks is answered, once. What was said belongs to the task until the word is said, and to the goroutine from
// then on. Only the goroutine moves silent and said, by exchanges, so that gone stays: a task that is dropped may have said something that
// nobody has heard yet, and there is no room for a second answer then, but for all that are asked later.
//
// Rejected: a channel of one answer, which a task that is dropped fills if it is empty. If it was not, the goroutine took the old answer,
// asked again, and waited for ever.
type talk struct {
	word  word.Uint32
	task  waker.AtomicWaker
	asker waker.Waker // wakes the goroutine; it outlives the talk
	what  answered
}

const (
	silent       uint32 = iota
	asksWrite           // x.out is the task's until it has answered
	asksHandOver        // of the connection
	said
	gone // the task was dropped
)

// answered is what the task says.
type answered struct {
	conn net.Conn // that was handed over
	err  error
}

// ask begins to. One goroutine asks at a time.
func (t *talk) ask(what uint32) {
	if t.word.CompareAndSwap(silent, what) {
		t.task.Wake()
	}
}

// heard returns the answer, if there is one.
func (t *talk) heard() (a answered, ok bool) {
	switch t.word.Load() {
	case said:
		word.Read(unsafe.Pointer(&t.what))
		a = t.what
		t.word.CompareAndSwap(said, silent)
		return a, true
	case gone:
		return answered{err: net.ErrClosed}, true
	}
	return a, false
}

// asked returns what the task is to answer, or something else.
func (t *talk) asked() uint32 { return t.word.Load() }

// say answers what is asked.
func (t *talk) say(a answered) {
	word.Write(unsafe.Pointer(&t.what))
	t.what = a
	t.word.Store(said)
	t.asker.WakeByRef()
}

// leave is the end of the task: from now on all is answered with net.ErrClosed.
func (t *talk) leave() {
	t.word.Store(gone)
	t.asker.WakeByRef()
}

// sleeper blocks a goroutine until its waker is called. They are used again, and whoever has kept a waker of one may call it: so who was woken looks
// whether that was for him, and sleeps on.
type sleeper struct {
	token chan struct{}
	cx    waker.Context
}

var sleepers = sync.Pool{New: func() any {
	s := &sleeper{token: make(chan struct{}, 1)}
	s.cx = waker.FromWaker(waker.FromFunc(func() {
		select {
		case s.token <- struct{}{}:
		default:
		}
	}))
	return s
}}
