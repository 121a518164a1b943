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
// Invariant: a task is recycled once it has ended and is in no queue and no list: if it was
// in the list of another worker, it is complete until that one has taken it off, for those
// who walk the list look at the states. From then
// on its state is that of a new task, scheduled: a stale waker that is called meanwhile
// finds it so and does nothing; one that is called later wakes the new task: a spurious
// wake-up, which every future must bear. All that a new task needs but the future is set
// when the old one ends, while its memory is in that core's cache; the spawner, whose
// cache it is not in, has nothing to read of it and nothing atomic to write.
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

// taskList is a stack of finished tasks. It is an array and not a list: taking one does not
// touch it.
type taskList struct {
	tasks [2 * poolBatch]*header
	n     int
}

func (l *taskList) push(h *header) {
	l.tasks[l.n] = h
	l.n++
}

func (l *taskList) pop() *header {
	if l.n == 0 {
		return nil
	}
	l.n--
	h := l.tasks[l.n]
	l.tasks[l.n] = nil
	return h
}

// pool is the finished tasks of one type that no worker has.
type pool struct {
	typ  unsafe.Pointer
	id   int    // of the workers' lists; unpooled has none
	mark joiner // what stands in the join list of its tasks
	lock spin.Lock
	list []*header
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

// keeps reports whether tasks of this pool are used again; those of no pool are not.
func (p *pool) keeps() bool { return p != nil && p != unpooled }

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

// take moves a batch to a worker's list, which is empty.
func (p *pool) take(to *taskList) {
	p.lock.Lock()
	rest := max(len(p.list)-poolBatch, 0)
	to.n = copy(to.tasks[:], p.list[rest:])
	clear(p.list[rest:])
	p.list = p.list[:rest]
	p.lock.Unlock()
}

// takeOne returns a task for a thread that has no list; nil if there is none.
func (p *pool) takeOne() (h *header) {
	p.lock.Lock()
	if last := len(p.list) - 1; last >= 0 {
		h, p.list[last] = p.list[last], nil
		p.list = p.list[:last]
	}
	p.lock.Unlock()
	return h
}

// give moves a batch from a worker's list, which is full, to the pool, or to the collector.
func (p *pool) give(from *taskList) {
	from.n -= poolBatch
	batch := from.tasks[from.n:]
	p.lock.Lock()
	if len(p.list)+poolBatch <= poolLimit {
		p.list = append(p.list, batch...)
	}
	p.lock.Unlock()
	clear(batch)
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

func (d *detached[F, P]) name() string { return nameOf(P(&d.f)) }

// recycle keeps a finished task without a handle to be used again.
func (w *worker) recycle(h *header, p *pool) {
	h.state.renew()
	h.owner, h.home = 0, 0
	l := w.freeList(p)
	if l.push(h); l.n == len(l.tasks) {
		p.give(l)
	}
}

func (w *worker) freeList(p *pool) *taskList {
	l := w.free[p.id]
	if l == nil {
		l = new(taskList)
		w.free[p.id] = l
	}
	return l
}

// reuse returns a finished task of a pool; nil if there is none.
func (w *worker) reuse(p *pool) *header {
	l := w.freeList(p)
	if l.n == 0 {
		p.take(l)
	}
	return l.pop()
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
		h = w.reuse(p)
	}
	if h == nil {
		t := &detached[F, P]{f: f}
		t.self = t
		t.joiners.head.Store(&p.mark)
		t.state.renew()
		h = &t.header
	} else {
		// Sound: a pool holds tasks of its one type, whose first field the header is.
		(*detached[F, P])(unsafe.Pointer(h)).f = f
	}
	h.rt = rt
	rt.start(w, h)
}
