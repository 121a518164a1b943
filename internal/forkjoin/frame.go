package forkjoin

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
)

// Job is what stands in a slot.
type Job interface {
	latch() *Latch
	// runThere runs the job on a thief's worker.
	runThere(w *Worker)
	// runHere runs a job that its owner has taken back and whose frame it may use again. It
	// does not panic.
	runHere(w *Worker)
	// isChild reports whether the job is a scope's, and not that of a call.
	isChild() bool
	// clear forgets the job of a frame that is not in use, and reports whether there was one.
	clear() bool
}

// Latch is set when a stolen job has ended.
//
// pending → done by the thief, or pending → asleep by the owner, which goes to sleep, and
// asleep → done by the thief, which then wakes it. The thief does not touch the frame after
// that. Invariant: an owner that sleeps for it has been seen by the thief.
type Latch struct {
	state  word.Uint32
	caught *Panic // what the job panicked with; before done
}

const (
	pending uint32 = iota
	asleep
	done
)

// Done reports whether the job has ended.
func (l *Latch) Done() bool { return l.state.Load() == done }

// Sleep reports whether the owner may go to sleep: the thief will call its host's Wake.
func (l *Latch) Sleep() bool { return l.state.CompareAndSwap(pending, asleep) || !l.Done() }

// Finish sets the latch of an owner that waits for something other than a stolen job. Any
// thread calls it, and more than one may.
func (l *Latch) Finish(owner *Worker) { l.finish(owner) }

func (l *Latch) finish(owner *Worker) {
	if l.state.Swap(done) == asleep {
		owner.host.Wake()
	}
}

// take returns what the job panicked with, and forgets it.
func (l *Latch) take() *Panic {
	p := l.caught
	if p != nil {
		l.caught = nil
	}
	return p
}

// frame is a forked call of fn.
type frame[H, B, R any] struct {
	Latch
	fn  func(*H, B) R
	arg B
	res R
}

func (f *frame[H, B, R]) latch() *Latch { return &f.Latch }

func (f *frame[H, B, R]) set(fn func(*H, B) R, arg B) {
	word.Write(unsafe.Pointer(&f.fn))
	f.fn, f.arg = fn, arg
}

func (f *frame[H, B, R]) runThere(w *Worker) {
	w.checkCancelled()
	word.Write(unsafe.Pointer(&f.fn))
	f.res = f.fn(as[H](w), f.arg)
}

func (f *frame[H, B, R]) runHere(*Worker) { panic("forkjoin: a call is joined by its caller") }

func (f *frame[H, B, R]) isChild() bool { return false }

func (f *frame[H, B, R]) clear() bool {
	if f.fn == nil {
		return false
	}
	var b B
	var r R
	f.fn, f.arg, f.res = nil, b, r
	return true
}

// Call calls fa with a, and fb with b unless another worker has done so meanwhile, and
// returns both results. It allocates nothing, but a frame when the worker gets deeper than
// ever or forks a call of other types than the last time at that depth.
//
// If fa panics, Call panics with the same value once fb has ended, if somebody has begun it;
// it is not begun for that. If fb panics, Call panics with its value.
func Call[H, A, RA, B, RB any](user *H, fa func(*H, A) RA, a A, fb func(*H, B) RB, b B) (ra RA, rb RB) {
	w := of(user)
	h := w.head
	ok := false
	if w.open(h) {
		var f *frame[H, B, RB]
		if f, ok = w.at(h).job.(*frame[H, B, RB]); ok {
			f.set(fb, b)
			w.head = h + 1
		}
	}
	if !ok && !push(w, fb, b) {
		return unforked(w, fa, a, fb, b)
	}
	defer func() {
		// The price of a panic in fa, 2 ns: nobody may go on beneath a job that runs.
		if w.head > h {
			w.unwind(h)
		}
	}()
	ra = fa(user, a)
	if w.head == h+1 && h >= w.private { // as join would find
		w.head = h
	} else if !w.join(h) {
		return ra, result[H, B, RB](w, h)
	}
	return ra, fb(user, b)
}

// push is a fork off the fast path. False: nothing can be forked here.
func push[H, B, R any](w *Worker, fn func(*H, B) R, arg B) bool {
	if !w.admit() {
		return false
	}
	s := w.at(w.head)
	f, ok := s.job.(*frame[H, B, R])
	if !ok {
		f = new(frame[H, B, R])
		s.job = f
	}
	f.set(fn, arg)
	w.head++
	w.share()
	return true
}

// result returns what the stolen call at h has returned, or panics as it has.
func result[H, B, R any](w *Worker, h uint32) R {
	f := w.slots[h].job.(*frame[H, B, R])
	word.Read(unsafe.Pointer(&f.fn))
	if p := f.take(); p != nil {
		w.rethrow(p)
	}
	return f.res
}

// unforked is Call where nothing can be forked.
func unforked[H, A, RA, B, RB any](w *Worker, fa func(*H, A) RA, a A, fb func(*H, B) RB, b B) (ra RA, rb RB) {
	if w.foreign {
		w.host.Enter(func(w *Worker) { ra, rb = Call(as[H](w), fa, a, fb, b) })
		return ra, rb
	}
	user := as[H](w)
	return fa(user, a), fb(user, b)
}
