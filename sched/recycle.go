package sched

import (
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of recycling.
//
// A task that has no JoinHandle is known, once it has ended, only to wakers that somebody
// forgot to drop. Its memory is used again for the next task of the same type: by the
// worker that ended it, or that had it in its list. What a worker has too many of it gives
// to the pool of the type in batches, and takes from there when it has none.
//
// Invariant: a task is recycled once it is complete, in no queue and in no list, and
// becomes scheduled again by one store of its new spawner. A stale waker that is called
// meanwhile finds it complete and does nothing; one that is called later wakes the new
// task: a spurious wake-up, which every future must bear.
//
// Pools are found by the type of the task, in a table that is never shrunk or changed: a
// type that comes when its place is taken is not pooled.
//
// Rejected: recycling tasks with handles (a handle would need a generation, and every use
// of it a check), and sync.Pool (it costs more than these lists, and a collection empties
// it).

const (
	maxPools  = 64
	poolBatch = 128 // tasks moved between a worker and a pool at once
	// poolLimit bounds what a pool keeps for nothing: beyond that tasks are left to the
	// collector. It holds a burst like that of the benchmarks, 10,000 tasks.
	poolLimit = 128 * poolBatch
)

// taskList is a stack of finished tasks, linked by next.
type taskList struct {
	head *header
	n    int
}

func (l *taskList) push(h *header) {
	h.next = l.head
	l.head = h
	l.n++
}

func (l *taskList) pop() *header {
	h := l.head
	if h != nil {
		l.head, h.next = h.next, nil
		l.n--
	}
	return h
}

// pool is the finished tasks of one type that no worker has.
type pool struct {
	typ  unsafe.Pointer
	id   int    // of the workers' lists; unpooled has none
	mark joiner // what stands in the join list of its tasks
	lock spin.Lock
	list taskList
}

func newPool(id int, typ unsafe.Pointer) *pool {
	p := &pool{typ: typ, id: id}
	p.mark.pool = p
	return p
}

// unpooled is the pool of all types that have none: it keeps nothing.
var unpooled = newPool(-1, nil)

// detached returns the pool of a task without a handle, and nil for a task with one.
func (h *header) detached() *pool {
	if j := h.joiners.head.Load(); j != nil {
		return j.pool
	}
	return nil
}

// pools is the table of all types, by a hash of the type.
var pools [maxPools]word.Pointer[pool]

// poolOf returns the pool of the type that v, a nil pointer, points to.
func poolOf(v body) *pool {
	// Sound: the first word of an interface with methods points to its table, one for each
	// pair of types, which never moves. It is only compared.
	typ := *(*unsafe.Pointer)(unsafe.Pointer(&v))
	const phi = 0x9E3779B9
	i := uint32(uintptr(typ)>>4) * phi >> 26
	if p := pools[i].Load(); p != nil && p.typ == typ {
		return p
	}
	return addPool(int(i), typ)
}

func addPool(i int, typ unsafe.Pointer) *pool {
	pools[i].CompareAndSwap(nil, newPool(i, typ))
	if p := pools[i].Load(); p.typ == typ {
		return p
	}
	return unpooled
}

// take moves a batch to a worker's list and returns one more task; nil if there is none.
func (p *pool) take(to *taskList) *header {
	p.lock.Lock()
	h := p.list.pop()
	for to.n < poolBatch && p.list.n > 0 {
		to.push(p.list.pop())
	}
	p.lock.Unlock()
	return h
}

// takeOne returns a task for a thread that has no list; nil if there is none.
func (p *pool) takeOne() *header {
	p.lock.Lock()
	h := p.list.pop()
	p.lock.Unlock()
	return h
}

// give moves a batch from a worker's list to the pool, or to the collector.
func (p *pool) give(from *taskList) {
	p.lock.Lock()
	for range poolBatch {
		h := from.pop()
		if p.list.n < poolLimit {
			p.list.push(h)
		}
	}
	p.lock.Unlock()
}

// detached is a task that holds its future itself and has no handle.
type detached[F any, P Machine[F, future.Unit]] struct {
	header
	f F
}

func (d *detached[F, P]) poll(cx *waker.Context) bool {
	if P(&d.f).Poll(cx).IsPending() {
		return false
	}
	var zero F
	d.f = zero
	return true
}

func (d *detached[F, P]) abandon(error) {
	future.Drop(P(&d.f))
	var zero F
	d.f = zero
}

func (d *detached[F, P]) setError(error) {}

// recycle keeps a finished task without a handle to be used again.
func (w *worker) recycle(h *header, p *pool) {
	if p == unpooled {
		return
	}
	l := &w.free[p.id]
	if l.push(h); l.n >= 2*poolBatch {
		p.give(l)
	}
}

// SpawnDetached is [SpawnValue] for a future whose end nobody waits for: there is no handle,
// the future's error is lost, a panic shows in [Metrics] only, and the task's memory is
// used again, so that in the long run it allocates nothing.
func SpawnDetached[F any, P Machine[F, future.Unit]](rt *Runtime, f F) {
	spawnDetached[F, P](rt, rt.current(), f)
}

// GoDetached is SpawnDetached from inside a poll, on the worker and the runtime that cx
// belongs to.
func GoDetached[F any, P Machine[F, future.Unit]](cx *waker.Context, f F) {
	w := workerOf(cx, "GoDetached")
	spawnDetached[F, P](w.rt, w, f)
}

func spawnDetached[F any, P Machine[F, future.Unit]](rt *Runtime, w *worker, f F) {
	p := poolOf((*detached[F, P])(nil))
	var h *header
	switch {
	case p == unpooled:
	case w == nil:
		h = p.takeOne()
	default:
		if h = w.free[p.id].pop(); h == nil {
			h = p.take(&w.free[p.id])
		}
	}
	if h == nil {
		t := &detached[F, P]{f: f}
		t.self = t
		t.joiners.head.Store(&p.mark)
		h = &t.header
	} else {
		h.self.(*detached[F, P]).f = f
		h.owner, h.home = 0, 0
	}
	h.rt = rt
	rt.start(w, h)
}
