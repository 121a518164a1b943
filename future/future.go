package future

import "github.com/magpie-go/magpie/waker"

// Future is a value that may not be there yet. T is what it becomes.
//
// Poll moves it on as far as it goes without waiting, and never blocks. It returns
// Ready once, with a value or an error; polling it again after that is a misuse,
// for which the futures of this module panic. If it returns Pending it has seen to
// it that cx.Waker() is woken when another poll is worth it.
//
// One thread at a time polls a future. It need not always be the same one.
type Future[T any] interface {
	Poll(cx *waker.Context) Poll[T]
}

// Dropper is a future that holds something which must be given back (a descriptor,
// a place in a queue, a goroutine). Who owns a future and abandons it before it
// answered Ready calls Drop, once; a future passes it on to its children with
// [Drop]. Drop may be called before the first poll, is never called during one, and
// not after Ready.
type Dropper interface {
	Drop()
}

// Drop gives up a future that has not answered Ready: it calls its Drop method, if
// it has one. It does nothing for nil.
func Drop(f any) {
	if d, ok := f.(Dropper); ok {
		d.Drop()
	}
}

// Poll is the answer of a poll: Pending, or Ready with a value and an error. The
// zero Poll is Pending.
type Poll[T any] struct {
	value T
	err   error
	ready bool
}

// Pending is the answer of a future that is not ready and has registered its waker.
func Pending[T any]() Poll[T] { return Poll[T]{} }

// Ready is the answer of a future that succeeded.
func Ready[T any](v T) Poll[T] { return Poll[T]{value: v, ready: true} }

// Failed is the answer of a future that ended with an error.
func Failed[T any](err error) Poll[T] { return Poll[T]{err: err, ready: true} }

// Done is Ready or Failed from a Go function's pair of results; like a reader's, the
// value may be meaningful beside an error.
func Done[T any](v T, err error) Poll[T] { return Poll[T]{value: v, err: err, ready: true} }

// IsReady reports whether the future has ended.
func (p Poll[T]) IsReady() bool { return p.ready }

// IsPending reports whether the future is still waiting.
func (p Poll[T]) IsPending() bool { return !p.ready }

// Result returns what the future ended with: zero values while it is Pending.
func (p Poll[T]) Result() (T, error) { return p.value, p.err }

// Err returns the error the future ended with, if any.
func (p Poll[T]) Err() error { return p.err }

// Waits is IsPending for a Poll that is a variable. It looks at it where it is: a method that is
// called on a copy costs one, inlined or not, if T is larger than a word. What asyncgen makes
// calls it, and hand-written code may where that counts; it allocates nothing.
func (p *Poll[T]) Waits() bool { return !p.ready }

// Outcome is Result for a Poll that is a variable, as [Poll.Waits] is IsPending.
func (p *Poll[T]) Outcome() (T, error) { return p.value, p.err }

// Failure is Err for a Poll that is a variable, as [Poll.Waits] is IsPending.
func (p *Poll[T]) Failure() error { return p.err }

// Unit is the value of a future that has only its end to tell.
type Unit = struct{}

// Local is what a context's Ext may offer to a future that cannot leave its thread,
// such as an async function: its coroutine lives and dies on the thread where it
// was made. Executors that move tasks between threads implement it.
type Local interface {
	// BindHome makes the task that is being polled stay on this thread for good: it
	// is polled, and dropped, nowhere else.
	BindHome()
	// Switched tells that a coroutine now runs on this thread, before it does, and who ran
	// until then when it gives the thread back. It returns the id of the last call, 0 at first.
	// An id is a number that names a coroutine, and says nothing else: by it an executor may
	// recognise wake-ups from inside one as local, and one that does not need not keep more
	// than the last. It is called at each switch, on this thread.
	Switched(id uintptr) (before uintptr)
	// Here reports whether the caller runs on this thread, which it does not if it has taken
	// a context along from a poll: to a goroutine, or to a function that another thread runs.
	Here() bool
}

// Forker is a Local whose thread also computes (see sched/par). An async function must not be
// suspended while forked functions wait on the thread's stack: others would join them.
type Forker interface {
	Local
	// Forked reports whether the poll that is under way has forked something that has not been
	// joined.
	Forked() bool
}
