package forkjoin

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/cpu"
	"github.com/magpie-go/magpie/internal/faults"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol.
//
// Jobs stand in slots, oldest first. The owner forks and joins at the head like calls and
// returns; thieves take from the tail:
//
//	0 ≤ tail ≤ split ≤ head
//
//	below tail     stolen; each is joined by its latch
//	tail to split  shared: a thief takes the one at tail, the owner the one below split, both
//	               by a CAS of the word `ends`, which holds tail and split
//	split to head  private: the owner's, without a word being written
//
// The oldest `eager` jobs that are left are always shared, as far as there are that many: they
// are the largest, and a thief must find them even while the owner is deep in a leaf. So a
// push above `private` = tail + eager is plain, and so is the pop of what was pushed there.
//
//	fork   write the slot; head++; when head was below private: split = head, by an addition
//	steal  read ends; CAS tail+1; read the slot; limit = 0
//	join   head-- if the job is private, or split-- by CAS; else wait for its latch; then all
//	       that is left below head is stolen, and tail = split = head
//
// `limit` is how the owner learns of anything, as a goroutine does by its stack guard: a fork
// compares head with it anyway, and whoever wants attention sets it to 0. A thief does, for
// the shared part has become smaller. The owner sets it back before it reads ends and shares
// more: if it misses a theft there, that thief's 0 comes later, and the next fork sees it.
//
// The slot is read after the CAS, and the array that it is in is loaded after the CAS too.
// So a `ends` that has come back to an old value does no harm: the thief gets the job that
// is at tail now. The owner does not touch slot and job again before the latch is set. A
// larger array is a copy; in the old one nothing is written any more.
//
// Invariant: a job is executed once, by the owner if its CAS or its plain pop took it, by the
// thief whose CAS did otherwise; above private no thief ever looks, for split ≤ private;
// and head ≤ private only if split = head.
//
// Rejected: a Chase–Lev deque (two fenced stores a fork: 5 of its 8 ns); sharing only when a
// thief asks, as Lace does (the owner answers at its next fork, which may be a long leaf
// away); sharing half of what there is (the same, and the jobs near the head are small).

// exits reports whether what looks like runtime.Goexit is it: the explorer ends its threads by a
// panic at each operation, which would be met again for ever.
const exits = !word.Exploring

const (
	keepSlots = 1 << 12 // a larger array is given up when all jobs are joined
	maxSlots  = 1 << 24 // beyond that many waiting forks a fork is two plain calls
)

// slot is a place for a job. The frame in it stays when its job is joined, for the next fork
// at that depth, which is most often of the same types.
type slot struct {
	job   Job
	token *Token // what the job is cancelled by; set when it is shared
}

type array struct{ slots []slot }

// ends is tail and split in one word.
type ends uint64

func pack(tail, split uint32) ends { return ends(tail)<<32 | ends(split) }

func (e ends) tail() uint32  { return uint32(e >> 32) }
func (e ends) split() uint32 { return uint32(e) }

// Worker is one thread's stack of forked jobs. Only that thread may fork on it, and be given
// it as an argument by what it runs; any thread may steal from it.
type Worker struct {
	// The owner's own.
	head    uint32
	private uint32
	slots   []slot // of array
	host    Host
	token   *Token // what is running now is cancelled by it
	tokens  []tokenMark
	origin  *Panic  // the last panic that came from another worker
	user    uintptr // the goroutine that used it last
	foreign bool    // a handle for goroutines that are no workers

	_     cpu.Pad
	limit word.Uint32 // 0, or the number of slots; 0 is written by anybody

	_     cpu.Pad
	_     word.Align64
	ends  word.Uint64
	array word.Pointer[array]
	_     cpu.Pad
}

// open reports whether a fork at h needs nothing but its slot.
func (w *Worker) open(h uint32) bool { return h >= w.private && h < w.limit.Load() }

// at returns a slot, to be written.
func (w *Worker) at(h uint32) *slot {
	s := &w.slots[h]
	word.Write(unsafe.Pointer(s))
	return s
}

// admit makes room for a fork, and see to what somebody wanted attention for. False: there is none,
// and the fork is to be two plain calls.
func (w *Worker) admit() bool {
	if w.foreign {
		return false
	}
	w.claim()
	if w.limit.Load() == 0 && w.slots != nil {
		w.attend()
	}
	if int(w.head) < len(w.slots) {
		return true
	}
	return w.grow()
}

// claim finds out whether the calling goroutine may use the worker. This is looked at off the
// fast path only, so a mistake is not found at once, but soon.
func (w *Worker) claim() {
	if w.host == nil {
		panic("par: a Worker that neither On nor From has made; the zero value is none")
	}
	if g := gid.Current(); g != w.user {
		if !w.host.Here() {
			panic("par: a Worker is used by a goroutine that is not that worker's; use the Worker that the forked function is given, not one from outside of it")
		}
		w.user = g
	}
}

// attend is what a fork does when somebody wants attention.
func (w *Worker) attend() {
	w.limit.Store(uint32(len(w.slots))) // first: see the protocol, and cancel.go
	w.checkCancelled()
	w.host.Attend()
}

// Checkpoint is what a fork is too, without a fork: long loops call it between two pieces of
// work, a few µs apart. It costs a load, unless somebody wants attention.
func (w *Worker) Checkpoint() {
	if w.limit.Load() == 0 {
		w.checkpoint()
	}
}

func (w *Worker) checkpoint() {
	if w.foreign {
		w.host.Attend()
		return
	}
	w.claim()
	if w.slots == nil { // before the first fork
		w.grow()
		return
	}
	w.attend()
	w.share()
}

func (w *Worker) grow() bool {
	n := max(2*len(w.slots), firstSlots)
	if n > maxSlots {
		return false
	}
	a := &array{make([]slot, n)}
	for i := range w.slots {
		word.Write(unsafe.Pointer(&a.slots[i]))
		a.slots[i] = w.slots[i]
	}
	w.slots = a.slots
	w.array.Store(a)
	w.limit.Store(uint32(n))
	w.checkCancelled() // that 0 may have been one for attention
	return true
}

// share sees to it that the oldest jobs are shared.
func (w *Worker) share() {
	e := ends(w.ends.Load())
	w.private = e.tail() + eager
	want, split := min(w.head, w.private), e.split()
	if want <= split {
		return
	}
	for i := split; i != want; i++ {
		w.slots[i].token = w.tokenOf(i)
	}
	w.ends.Add(uint64(want - split))
	w.host.Published()
}

// reclaim takes the newest job, at h, back; false if it is stolen.
func (w *Worker) reclaim(h uint32) bool {
	if h < w.private {
		for {
			e := ends(w.ends.Load())
			if e.tail() > h {
				return false
			}
			if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail(), h))) {
				break
			}
		}
	}
	w.head = h
	return true
}

// join ends the fork at h and reports whether its job is still to be run, by the caller.
// Otherwise a thief has run it.
func (w *Worker) join(h uint32) (mine bool) {
	w.drain(h + 1)
	if w.reclaim(h) {
		return true
	}
	w.await(h)
	return false
}

// unwind is what is left of a call, whose fork was at h, when it returns or panics and there
// are jobs at h and above. If they are a scope's children, the call has joined its own before
// and they stay. Otherwise its first function panics, or calls runtime.Goexit: then what
// nobody has begun is dropped, and what the second function panics with too.
func (w *Worker) unwind(h uint32) {
	job := w.slots[h].job
	if job.isChild() {
		return
	}
	defer func() {
		if exits && w.head > h { // in what was joined first
			w.unwind(h)
		}
	}()
	if !w.join(h) {
		job.latch().take()
	}
}

// await waits until the stolen job at h, the newest there is, has ended.
func (w *Worker) await(h uint32) {
	l := w.slots[h].job.latch()
	faults.Point()
	if !l.Done() {
		w.host.Await(l)
	}
	l.state.Store(pending)
	w.head = h
	w.ends.Store(uint64(pack(h, h)))
	w.private = h + eager
}

// drain joins what was forked at base and above and is nobody's to join: children of scopes.
// One of them, or a task that is polled while it waits for one, may call runtime.Goexit: that
// goes on when all are joined. (So nothing that has to be done stands behind a drain in the
// same deferred function.)
func (w *Worker) drain(base uint32) {
	if w.head <= base {
		return
	}
	defer func() {
		if exits && w.head > base {
			w.drain(base)
		}
	}()
	for w.head > base {
		h := w.head - 1
		job := w.slots[h].job
		if w.reclaim(h) {
			job.runHere(w)
		} else {
			w.await(h)
		}
	}
}

// RunStray runs what a poll has left behind that is over: children it has forked into a group
// whose Scope is somewhere else, by mistake.
func (w *Worker) RunStray() {
	for w.head > 0 && w.slots[w.head-1].job.isChild() {
		w.drain(w.head - 1)
	}
}

// Theft is a stolen job. The zero value is none.
type Theft struct {
	job   Job
	token *Token
	from  *Worker
}

// Got reports whether there is a job.
func (t Theft) Got() bool { return t.job != nil }

// Empty reports whether there is nothing to steal at this moment.
func (w *Worker) Empty() bool {
	e := ends(w.ends.Load())
	return e.tail() >= e.split()
}

// Steal takes the oldest job of another thread's worker. The thief must run it.
func (w *Worker) Steal() Theft {
	for {
		e := ends(w.ends.Load())
		if e.tail() >= e.split() {
			return Theft{}
		}
		if w.ends.CompareAndSwap(uint64(e), uint64(pack(e.tail()+1, e.split()))) {
			s := &w.array.Load().slots[e.tail()]
			word.Read(unsafe.Pointer(s))
			faults.Point()
			t := Theft{s.job, s.token, w}
			w.limit.Store(0)
			return t
		}
	}
}

// Run runs a stolen job.
func (w *Worker) Run(t Theft) {
	base, l := w.head, t.job.latch()
	mark := w.enter(t.token)
	returned := false
	defer func() {
		w.leave(mark)
		faults.Point()
		l.finish(t.from)
	}()
	defer w.drain(base)
	defer func() {
		if !returned {
			l.caught = w.caught(recover())
		}
	}()
	t.job.runThere(w)
	returned = true
}

// Depth returns how many jobs are forked and not joined. It is the owner's to call.
func (w *Worker) Depth() int { return int(w.head) }

// Sweep forgets what the jobs that were joined have left in their frames, so that they keep
// nothing alive. It does nothing while there are others.
func (w *Worker) Sweep() {
	if w.head != 0 || w.slots == nil {
		return
	}
	w.origin = nil
	if len(w.slots) > keepSlots {
		w.slots = nil
		w.limit.Store(0)
		w.grow()
		return
	}
	for i := range w.slots {
		j := w.slots[i].job
		if j == nil || !j.clear() {
			return
		}
		w.slots[i].token = nil
	}
}
