package future

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Shared.
//
// All waits stand in a line. Whoever of them is polled and finds the future idle polls it, under a waker
// that is the future's own and wakes the whole line.
//
//	idle → polling          by a wait, which then polls the future alone
//	polling → idle          when that is pending
//	polling → polling+woken by a wake-up meanwhile; whoever polls goes back to idle and wakes the line
//	polling → over          when it has ended: the outcome is written before, and the line closed after
//
//	a wait     stand in line, with the task's waker; then look at the state
//	a wake-up  if the future is being polled, set woken; or else wake the line
//
// Invariant: a wake-up that comes after the last poll of the future has begun wakes everybody who was in
// line then. Who came too late for that finds the future idle, and polls it, or over; or being polled by
// another: then woken, if it is set, wakes him as well, for the line is woken after the way back to idle,
// and he stood in it before he looked.
//
// Waits are counted. The last one to be dropped drops the future, or discards its value if nobody has
// got it: nobody polls any more then.
//
// Rejected: one wait that polls for all, with its own waker, and hands that part on when it is dropped
// (one whose task does not poll it, for it waits for something else first, holds up all the others: a
// deadlock, if that something is one of them); one wake-up handed from wait to wait (likewise).
type shared[T any] struct {
	sharedLine // first, to be found by its address
	waits      word.Int32
	taken      word.Bool
	f          Future[T] // of who polls; nil when it has ended
	cx         waker.Context
	out        Poll[T] // written before over
}

// sharedLine is a shared future as its waker sees it.
type sharedLine struct {
	state word.Uint32
	line  waitlist.List
}

const (
	sharedIdle uint32 = iota
	sharedPolling
	sharedWoken // and being polled
	sharedOver
)

// Share returns a wait for f that can be cloned, for any tasks: all of them get what f comes to, the same
// value or error. f is polled by whichever of them is polled, on its thread and in its context; so it must
// not be bound to a thread, as an async function that was not compiled is, unless all waits are.
//
// The value is everybody's, so nobody ends it. When the last wait is dropped before f has ended f is
// dropped; and a value that none of them has got is discarded. If f panics, so does the poll of the wait
// that polled it; the others fail with a [*PanicError].
//
//	page := future.Share(fetch(url))
//	pages[url] = page
//	...
//	v, err := pages[url].Clone().Await(co)
func Share[T any](f Future[T]) SharedOp[T] {
	notNil(f != nil, "Share", "future", aFuture)
	s := &shared[T]{f: f}
	s.waits.Store(1)
	return SharedOp[T]{s: s}
}

// SharedOp is one wait of many for a future, made by [Share] or by Clone. It is counted from then to
// when it was ready or was dropped.
type SharedOp[T any] struct {
	s    *shared[T]
	node waitlist.Node
}

func (o *SharedOp[T]) shared() *shared[T] {
	if o == nil || o.s == nil {
		panic("future: SharedOp polled after Ready (or after Drop), or a zero one: Share and Clone make them")
	}
	return o.s
}

// Clone returns another wait for the same future. Any thread may call it while nobody polls or drops o.
func (o SharedOp[T]) Clone() SharedOp[T] {
	s := o.shared()
	s.waits.Inc()
	return SharedOp[T]{s: s}
}

// Peek returns what the future came to, if it has ended: ok is false before. It stays everybody's.
func (o SharedOp[T]) Peek() (v T, err error, ok bool) {
	s := o.shared()
	if s.state.Load() != sharedOver {
		return v, nil, false
	}
	s.taken.Store(true)
	v, err = s.read().Result()
	return v, err, true
}

// Same reports whether p waits for the same future.
func (o SharedOp[T]) Same(p SharedOp[T]) bool { return o.shared() == p.shared() }

// Waits returns how many waits for the future there are, this one among them.
func (o SharedOp[T]) Waits() int { return int(o.shared().waits.Load()) }

// Poll implements Future.
func (o *SharedOp[T]) Poll(cx *waker.Context) Poll[T] {
	s := o.shared()
	if s.line.Wait(&o.node, cx.Waker()) == waitlist.Notified {
		s.line.Wait(&o.node, cx.Waker())
	}
	if s.state.CompareAndSwap(sharedIdle, sharedPolling) {
		s.poll(&o.node, cx)
	}
	if s.state.Load() != sharedOver || !cx.Spend() {
		return Pending[T]()
	}
	s.taken.Store(true)
	out := s.read()
	o.Drop()
	return out
}

// read returns the outcome, when it is there.
func (s *shared[T]) read() Poll[T] {
	word.Read(unsafe.Pointer(&s.out))
	return s.out
}

// poll polls the future, for the wait with this node, which made it polling.
func (s *shared[T]) poll(n *waitlist.Node, cx *waker.Context) {
	returned := false
	defer func() {
		if !returned {
			s.failed(n, recover())
		}
	}()
	word.Write(unsafe.Pointer(&s.f))
	s.cx = cx.WithWaker(s.waker())
	p := s.f.Poll(&s.cx)
	s.cx = waker.Context{}
	returned = true
	if p.ready {
		s.finish(n, p)
		return
	}
	if !s.state.CompareAndSwap(sharedPolling, sharedIdle) { // it is woken
		s.state.Store(sharedIdle)
		s.line.NotifyAll(nil)
	}
}

// failed ends a future whose poll has panicked with v, or has called runtime.Goexit. The panic goes on in
// the wait that polled.
func (s *shared[T]) failed(n *waitlist.Node, v any) {
	f, err, stack := s.f, ErrGoexit, []byte(nil)
	if v != nil {
		p := Recovered(v)
		err, stack = p, p.Stack
	}
	defer func() {
		dropFailed(f)
		if v != nil {
			origin.Rethrow(v, stack)
		}
	}()
	s.finish(n, Failed[T](err))
}

// finish writes the outcome and tells everybody but the wait with this node.
func (s *shared[T]) finish(n *waitlist.Node, p Poll[T]) {
	s.line.Leave(n)
	s.f, s.cx = nil, waker.Context{}
	word.Write(unsafe.Pointer(&s.out))
	s.out = p
	s.state.Store(sharedOver)
	s.line.Close(nil)
}

// wake is what the future's waker does, on any thread.
func (s *sharedLine) wake() {
	for {
		switch s.state.Load() {
		case sharedIdle:
			s.line.NotifyAll(nil)
			return
		case sharedPolling:
			if s.state.CompareAndSwap(sharedPolling, sharedWoken) {
				return
			}
		default: // all will be told anyway
			return
		}
	}
}

func (s *sharedLine) waker() waker.Waker {
	// Sound: only sharedVTable turns the pointer back, into what it is.
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(s), VTable: &sharedVTable})
}

// sharedVTable counts nothing: a waker keeps the future from the collector.
var sharedVTable waker.VTable

func init() {
	sharedVTable.Uncounted(func(p unsafe.Pointer) { (*sharedLine)(p).wake() })
}

// Drop implements Dropper: it ends this wait.
func (o *SharedOp[T]) Drop() {
	s := o.s
	if s == nil {
		return
	}
	o.s = nil
	s.line.Leave(&o.node)
	if s.waits.Dec() > 0 {
		return
	}
	word.Write(unsafe.Pointer(&s.f))
	if f := s.f; f != nil {
		s.f = nil
		Drop(f)
		return
	}
	v := s.read().value
	word.Write(unsafe.Pointer(&s.out))
	s.out = Poll[T]{} // which a weak handle would keep
	if !s.taken.Load() {
		Discard(v)
	}
}

// Await waits for the future, see [Await].
func (o SharedOp[T]) Await(co *Co) (T, error) { return AwaitOp(co, o) }

// Name returns what the wait is called in reports. The future itself may be polled by another task.
func (o *SharedOp[T]) Name() string { return "future.Shared" }

// Weak returns a handle that does not count: it makes a wait for as long as there is another one.
func (o SharedOp[T]) Weak() WeakShared[T] { return WeakShared[T]{o.shared()} }

// WeakShared is what [SharedOp.Weak] returns.
type WeakShared[T any] struct{ s *shared[T] }

// Upgrade returns a wait for the future, unless all others are over.
func (w WeakShared[T]) Upgrade() (o SharedOp[T], ok bool) {
	s := made(w.s, "WeakShared", "SharedOp.Weak makes them")
	for {
		n := s.waits.Load()
		if n == 0 {
			return o, false
		}
		if s.waits.CompareAndSwap(n, n+1) {
			return SharedOp[T]{s: s}, true
		}
	}
}
