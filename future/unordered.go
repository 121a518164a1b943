package future

import (
	"iter"
	"unsafe"

	"github.com/magpie-go/magpie/deque"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Unordered.
//
// Each member has a waker of its own, and a bit `queued`. A wake-up, on any thread, sets the bit; who
// sets it pushes the member to the inbox of the set (see deque.Inbox), and wakes the task that
// waits for the set if the inbox was empty.
//
//	PollNext   leave the task's waker; take the inbox whole; of each member in it clear the bit,
//	           then poll it, until one is ready: what is left is for the next PollNext
//
// Invariant: a member whose bit is set is in the inbox, in what was taken of it, or about to be
// pushed; so one link is enough, and a wake-up that finds the bit set may leave it at that. Who
// pushes first wakes the waker that PollNext has left before it took the inbox, or is found in it.
//
// A poll takes the inbox once: a member that wakes itself while it is polled waits for the next
// poll of the set, for which it has woken the task.
//
// The memory of a member that has ended is used for a later one. A waker of the former that is
// called late has the latter polled once for nothing, and if it is in the inbox then, it is there
// for both.
//
// Rejected: bits as in wakeSet (they number members that are all there at the beginning), and a
// channel of members (its length bounds how many there are, or blocks a waker).

// Unordered is a set of futures that wait together. They are polled when they have been woken,
// and their outcomes come in the order in which they end: [Unordered.Next] waits for one. Futures
// can be added at any time. The zero Unordered is an empty set.
//
//	var pages future.Unordered[Page]
//	for _, u := range urls {
//		pages.Push(fetch(u))
//	}
//	for {
//		page, err := pages.Next().Await(co)
//		if err == future.ErrEnd {
//			break
//		}
//		...
//	}
//
// It belongs to one task, must not be copied, and owns its futures: its Drop drops those that have
// not ended. Push allocates, but for as many members as have ended; waiting does not. To have tasks
// instead of futures, which run on several workers, see sched.JoinSet.
type Unordered[T any] struct {
	_      word.NoCopy
	parent waker.AtomicWaker
	inbox  deque.Inbox[member, *member]
	batch  deque.List[member, *member] // taken from the inbox, yet to be polled
	cx     waker.Context               // lent to the member being polled; here as a local one would escape

	// The members that have not ended, oldest first, and those to be used again.
	first, last *memberOf[T]
	free        *memberOf[T]
	n, spare    int
}

// mostSpare is how many ended members are kept to be used again.
const mostSpare = 64

// member is a future of a set as its wakers see it.
type member struct {
	parent *waker.AtomicWaker
	inbox  *deque.Inbox[member, *member]
	link   deque.Link[member]
	queued word.Bool
}

type memberOf[T any] struct {
	member        // first, to be found by its address
	f             Future[T]
	before, after *memberOf[T]
}

// InboxLink makes a member fit for a deque.Inbox.
func (m *member) InboxLink() *deque.Link[member] { return &m.link }

func (m *member) wake() {
	if m.queued.CompareAndSwap(false, true) && m.inbox.Push(m) {
		m.parent.Wake()
	}
}

func (m *member) waker() waker.Waker {
	// Sound: only memberVTable turns the pointer back, into what it is.
	return waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(m), VTable: &memberVTable})
}

// memberVTable counts nothing: a waker keeps the set from the collector.
var memberVTable waker.VTable

func init() {
	memberVTable.Uncounted(func(p unsafe.Pointer) { (*member)(p).wake() })
}

// Push adds a future, which the next poll of the set polls. It takes f over.
func (u *Unordered[T]) Push(f Future[T]) {
	u.check()
	notNil(f != nil, "Unordered.Push", "future", aFuture)
	m := u.free
	if m != nil {
		u.free, m.after = m.after, nil
		u.spare--
	} else {
		m = &memberOf[T]{member: member{parent: &u.parent, inbox: &u.inbox}}
	}
	m.f = f
	if m.before = u.last; u.last != nil {
		u.last.after = m
	} else {
		u.first = m
	}
	u.last = m
	u.n++
	m.wake()
}

// Len returns how many futures have not ended.
func (u *Unordered[T]) Len() int {
	u.check()
	return u.n
}

// All goes through the futures that have not ended, in the order in which they were added.
func (u *Unordered[T]) All() iter.Seq[Future[T]] {
	u.check()
	return func(yield func(Future[T]) bool) {
		for m := u.first; m != nil; {
			next := m.after
			if !yield(m.f) {
				return
			}
			m = next
		}
	}
}

// PollNext implements Stream: it is the outcome of the next future that has ended; [ErrEnd] if there
// is none in the set. It polls those that were woken since, up to the first that is ready.
func (u *Unordered[T]) PollNext(cx *waker.Context) Poll[T] {
	u.check()
	if u.n == 0 {
		if !cx.Spend() {
			return Pending[T]()
		}
		return Failed[T](ErrEnd)
	}
	u.parent.Register(cx.Waker())
	for taken := false; ; {
		woken := u.batch.Next()
		if woken == nil {
			if taken {
				return Pending[T]()
			}
			u.batch, taken = u.inbox.TakeAll(), true
			continue
		}
		woken.queued.Store(false)
		// Sound: members are made by Push, as the first field of a memberOf[T].
		m := (*memberOf[T])(unsafe.Pointer(woken))
		if m.f == nil { // woken after its end
			continue
		}
		if p := u.poll(m, cx); p.ready {
			if u.n == 0 {
				u.StopWaiting()
			}
			return p
		}
		if cx.Exhausted() { // those after it got nothing: they begin the next time
			cx.PollAgain()
			return Pending[T]()
		}
	}
}

// poll polls a member, which is none any more when it is ready, or panics.
func (u *Unordered[T]) poll(m *memberOf[T], cx *waker.Context) (p Poll[T]) {
	returned := false
	defer func() {
		u.cx = waker.Context{}
		if !returned {
			f := m.f
			u.forget(m)
			Drop(f)
		}
	}()
	u.cx = cx.WithWaker(m.waker())
	p = m.f.Poll(&u.cx)
	if returned = true; p.ready {
		u.forget(m)
	}
	return p
}

// TryNext returns the outcome of a future that has ended, if there is one, and does not wait: ok is
// false if none has, and err is [ErrEnd] if none is left. It must not be called while a [NextOp]
// waits, whose waker it takes away.
func (u *Unordered[T]) TryNext() (v T, err error, ok bool) {
	budget := waker.Budget{}
	budget.Refill(localBudget)
	cx := waker.NewContext(waker.Noop(), nil, &budget)
	p := u.PollNext(&cx)
	if !p.ready {
		return v, nil, false
	}
	return p.value, p.err, true
}

// forget takes a member that has ended off the list.
func (u *Unordered[T]) forget(m *memberOf[T]) {
	if m.before != nil {
		m.before.after = m.after
	} else {
		u.first = m.after
	}
	if m.after != nil {
		m.after.before = m.before
	} else {
		u.last = m.before
	}
	m.f, m.before, m.after = nil, nil, nil
	u.n--
	if u.spare < mostSpare {
		m.after, u.free = u.free, m
		u.spare++
	}
}

// StopWaiting implements Pauser: it ends the wait of a PollNext that was Pending.
func (u *Unordered[T]) StopWaiting() {
	u.check()
	wake.Forget(&u.parent)
}

// Drop drops the futures that have not ended, in the order in which they were added. The set is
// empty then, and can be used again.
func (u *Unordered[T]) Drop() {
	u.check()
	defer func() {
		if u.first != nil { // the Drop of one panicked
			u.Drop()
		}
	}()
	u.StopWaiting()
	for m := u.first; m != nil; m = u.first {
		f := m.f
		u.forget(m)
		Drop(f)
	}
}

// Next returns an operation that waits for the next future that ends, and comes to its outcome; or
// to [ErrEnd] if there is none in the set. One at a time may wait. Dropped, it loses nothing.
func (u *Unordered[T]) Next() NextOp[T] {
	u.check()
	return NextOp[T]{u}
}

func (u *Unordered[T]) check() {
	if u == nil {
		panic("future: a nil Unordered; the zero value is an empty set")
	}
}
