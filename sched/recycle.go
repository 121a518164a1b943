package sched

import (
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/spin"
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
// Others may point to a future as well: a wheel to its Timer, a thread to its AtomicWaker. A
// task whose type shows such a thing (see plain.go) is not used again, and when it has ended
// its memory is not touched.
//
// What is kept is bounded in bytes, by type and in all, and the end of any runtime gives all
// of it to the collector: those that go on fill their pools anew.
//
// Rejected: recycling tasks with handles (a handle would need a generation, and every use
// of it a check), and sync.Pool (it costs more than these lists, and a collection empties
// it).

const (
	// A batch is how many tasks are moved between a worker and a pool at once.
	maxBatch   = 128
	batchBytes = 64 << 10
	// poolBytes bounds what a pool keeps for nothing, and allBytes what all of them keep:
	// beyond that tasks are left to the collector. It holds a burst like that of the
	// benchmarks, 10,000 small tasks.
	poolBytes = 4 << 20
	allBytes  = 32 << 20
)

// taskList is a stack of finished tasks. It is an array and not a list: taking one does not
// touch it.
type taskList struct {
	tasks []*header // two batches
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
	typ   unsafe.Pointer
	id    int      // of the workers' lists
	plain bool     // nobody points into a future that has ended
	mark  joinMark // what stands in the join list of its tasks
	size  int      // bytes of a task
	batch int
	lock  spin.Lock
	list  []*header
	taken int // singly, and still counted in kept: less than a batch
}

func newPool(id int, typ unsafe.Pointer, size uintptr, plain bool) *pool {
	p := &pool{typ: typ, id: id, plain: plain, size: int(size)}
	p.batch = max(1, min(maxBatch, batchBytes/p.size))
	p.mark.pool = p
	return p
}

// keeps reports whether tasks of this pool are used again.
func (p *pool) keeps() bool { return p != nil && p.plain }

// detached returns the pool of a task without a handle, and nil for a task with one.
func (h *header) detached() *pool { return h.joiners.pool() }

// take moves a batch to a worker's list, which is empty.
func (p *pool) take(to *taskList) {
	p.lock.Lock()
	rest := max(len(p.list)-p.batch, 0)
	to.n = copy(to.tasks, p.list[rest:])
	clear(p.list[rest:])
	p.list = p.list[:rest]
	p.lock.Unlock()
	kept.Sub(int64(to.n * p.size))
}

// takeOne returns a task for a thread that has no list; nil if there is none.
func (p *pool) takeOne() (h *header) {
	whole := false
	p.lock.Lock()
	if last := len(p.list) - 1; last >= 0 {
		h, p.list[last] = p.list[last], nil
		p.list = p.list[:last]
		if p.taken++; p.taken == p.batch {
			p.taken, whole = 0, true
		}
	}
	p.lock.Unlock()
	if whole { // a word that all cores write is not written for each task
		kept.Sub(int64(p.batch * p.size))
	}
	return h
}

// give moves a batch from a worker's list, which is full, to the pool, or to the collector.
func (p *pool) give(from *taskList) {
	from.n -= p.batch
	batch := from.tasks[from.n:]
	size := int64(p.batch * p.size)
	all := kept.Add(size)
	p.lock.Lock()
	fits := all <= allBytes && (len(p.list)+p.batch)*p.size <= poolBytes
	if fits {
		p.list = append(p.list, batch...)
	}
	p.lock.Unlock()
	if !fits {
		kept.Sub(size)
	}
	clear(batch)
}

// giveUp leaves all that the pool has to the collector.
func (p *pool) giveUp() {
	p.lock.Lock()
	n := len(p.list) + p.taken
	p.list, p.taken = nil, 0
	p.lock.Unlock()
	kept.Sub(int64(n * p.size))
}

// detached is a task that holds its future itself and has no handle.
type detached[F any, P FuturePointer[F, future.Unit]] struct {
	header
	f F
}

func (d *detached[F, P]) poll(cx *waker.Context) bool {
	if P(&d.f).Poll(cx).IsPending() {
		return false
	}
	d.clear()
	return true
}

func (d *detached[F, P]) abandon(error) {
	defer d.clear()
	future.Drop(P(&d.f))
}

// clear forgets the future, so that a task that waits to be used again keeps nothing of it
// alive.
func (d *detached[F, P]) clear() {
	if d.detached().plain {
		var zero F
		d.f = zero
	}
}

func (d *detached[F, P]) setError(error) {}

func (d *detached[F, P]) polled() any { return P(&d.f) }

// recycle keeps a finished task without a handle to be used again.
func (w *worker) recycle(h *header, p *pool) {
	h.state.renew(0)
	h.owner, h.home, h.rt = 0, 0, nil
	l := w.freeList(p)
	if l.push(h); l.n == len(l.tasks) {
		p.give(l)
	}
}

func (w *worker) freeList(p *pool) *taskList {
	if p.id >= len(w.free) {
		w.free = append(w.free, make([]*taskList, p.id+1-len(w.free))...)
	}
	l := w.free[p.id]
	if l == nil {
		l = &taskList{tasks: make([]*header, 2*p.batch)}
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

// giveBack leaves finished tasks to the collector, once the workers have ended.
func (rt *Runtime) giveBack() {
	for _, w := range rt.workers {
		w.free = nil
	}
	emptyPools()
}

func spawnDetached[F any, P FuturePointer[F, future.Unit]](rt *Runtime, w *worker, f F) {
	p := poolOf[detached[F, P], F]((*detached[F, P])(nil))
	var h *header
	switch {
	case !p.keeps():
	case w == nil:
		h = p.takeOne()
	default:
		h = w.reuse(p)
	}
	if h == nil {
		t := &detached[F, P]{f: f}
		t.self = t
		t.joiners.mark(&p.mark)
		t.state.renew(0)
		h = &t.header
	} else {
		// Sound: a pool holds tasks of its one type, whose first field the header is.
		(*detached[F, P])(unsafe.Pointer(h)).f = f
	}
	h.rt = rt
	rt.start(w, h)
}
