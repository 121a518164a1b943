package sched

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of joining.
//
// Those who wait for the end of a task stand in its joinList, and leave it when they give
// up. The list is closed when the task has ended, after its state says so: who joins it
// later is told at once.
//
// A [JoinOp] and a goroutine in Wait have a node of their own. A JoinHandle that is polled
// has none, for it is a pointer, copied freely: all that wait in that way are a crowd,
// which has one node in the list, made by the first of them, ahead of all others.
//
// A crowd knows whom to wake, each once however often it polls, and not which of them is
// the one that drops its handle. So it counts those, and when they may be half of it,
// sends all away: each is woken, and who still waits comes back with its next poll. A crowd
// of one is sent away by the first drop.
//
// Invariant: a crowd holds at most twice as many wakers as there are tasks that wait, and
// one; nobody is taken out of it without being woken.
//
// Rejected: an AtomicWaker (16 bytes more in every task, and a second joiner would
// silently replace the first); a stack that is only ever taken whole (a wait that is given
// up stays in it, with its task, for as long as the awaited task lives); forbidding to poll
// a handle (a task would have to be a future of another kind than all others).
type joinList struct{ waitlist.List }

// joinMark is what stands in the list of a task without a handle, see recycle.go.
type joinMark struct {
	node waitlist.Node // first, to be found by its address
	pool *pool
}

func (l *joinList) mark(m *joinMark) { l.Mark(&m.node) }

// pool returns the pool in the mark of the list; nil if it has none.
func (l *joinList) pool() *pool {
	n := l.Marked()
	if n == nil {
		return nil
	}
	// Sound: only mark marks these lists, with a node that is the first field of a joinMark.
	return (*joinMark)(unsafe.Pointer(n)).pool
}

// crowd is who waits for a task by polling a handle. All of it is under the lock of the
// list, until the list is closed; then it belongs to whoever did that.
type crowd struct {
	node   waitlist.Node
	gone   int32 // handles dropped since the last time that it was sent away
	one    waker.Waker
	others *others // beside one
	report wake.Report
}

// others are wakers in the order they came, each once.
type others struct {
	list  []waker.Waker
	index map[waker.RawWaker]struct{} // of a long list
}

// longList is from which length on a list has an index.
const longList = 16

// crowdOf returns the crowd in a list; nil if there is none.
func crowdOf(h *waitlist.Held) *crowd {
	first := h.First()
	if first == nil {
		return nil
	}
	raw := first.Waker().Raw()
	if raw.VTable != &crowdVTable {
		return nil
	}
	return (*crowd)(raw.Data) // sound: as the vtable says
}

// add has w woken, as one of the crowd, when the list is closed; false if it is.
func (l *joinList) add(w waker.Waker, report wake.Report) bool {
	var c *crowd
	if !l.Empty() {
		h := l.Lock()
		c = crowdOf(&h)
		closed, known := h.Closed(), c != nil && c.has(w)
		h.Unlock()
		if closed || known {
			return known
		}
	}
	clone := w.Clone() // outside the lock, as all that is not ours
	if c == nil {
		c = &crowd{report: report}
	}
	h := l.Lock()
	known := crowdOf(&h)
	switch {
	case h.Closed():
		h.Unlock()
		clone.Drop()
		return false
	case known != nil:
		c = known
	default:
		h.PushFront(&c.node, waker.FromRaw(waker.RawWaker{Data: unsafe.Pointer(c), VTable: &crowdVTable}))
	}
	twice := c.has(w)
	if !twice {
		c.put(clone)
	}
	h.Unlock()
	if twice {
		clone.Drop()
	}
	return true
}

// leave notes that a handle was dropped that may have waited.
func (l *joinList) leave() {
	if l.Empty() {
		return
	}
	h := l.Lock()
	c := crowdOf(&h)
	var one waker.Waker
	var more []waker.Waker
	if c != nil {
		if c.gone++; 2*int(c.gone) > c.size() {
			one, more = c.takeAll()
		}
	}
	h.Unlock()
	if c != nil {
		defer wake.All(more, c.report)
		wake.One(one, c.report)
	}
}

// end wakes the crowd of a task that has ended. A panic of the one goes to the list, which
// reports it.
func (c *crowd) end() {
	one, more := c.takeAll()
	defer wake.All(more, c.report)
	one.Wake()
}

func (c *crowd) has(w waker.Waker) bool {
	if c.one.WillWake(w) {
		return true
	}
	o := c.others
	if o == nil {
		return false
	}
	if o.index != nil {
		_, known := o.index[w.Raw()]
		return known
	}
	for _, known := range o.list {
		if known.WillWake(w) {
			return true
		}
	}
	return false
}

func (c *crowd) put(w waker.Waker) {
	if c.one.IsNoop() {
		c.one = w
		return
	}
	if c.others == nil {
		c.others = new(others)
	}
	o := c.others
	o.list = append(o.list, w)
	switch {
	case o.index != nil:
		o.index[w.Raw()] = struct{}{}
	case len(o.list) == longList:
		o.index = make(map[waker.RawWaker]struct{}, 2*longList)
		for _, w := range o.list {
			o.index[w.Raw()] = struct{}{}
		}
	}
}

func (c *crowd) size() int {
	n := 0
	if !c.one.IsNoop() {
		n = 1
	}
	if c.others != nil {
		n += len(c.others.list)
	}
	return n
}

// takeAll empties the crowd.
func (c *crowd) takeAll() (one waker.Waker, more []waker.Waker) {
	one = c.one
	if c.others != nil {
		more = c.others.list
	}
	c.gone, c.one, c.others = 0, waker.Waker{}, nil
	return one, more
}

var crowdVTable waker.VTable

func init() {
	// Only the list has a waker of a crowd, and wakes it once, when it is closed.
	crowdVTable.Uncounted(func(p unsafe.Pointer) { (*crowd)(p).end() })
}
