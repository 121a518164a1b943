package coord

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/machine"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of Semaphore.
//
// One word has the free permits and two flags:
//
//	waits    somebody may be in line
//	closed   nobody gets a permit any more
//
// While waits is not set, permits are taken and given back by compare-and-swap. While it is set,
// the word is written under the lock of the line alone: whoever gives permits back adds them there,
// and then serves the line from its head, for as long as the permits are enough for the first. Who
// wants permits and finds the flag, or too few, joins the line under the lock, after one more look.
// The flag is cleared by who finds the line empty.
//
// Permits for somebody who wants many gather in the word. Nobody else takes them meanwhile, for the
// flag keeps the quick ways shut. A waiter that leaves hands on what it was given; one that leaves
// without having been given anything serves the line once more, for the one behind it may want
// less than it did.
//
// Invariant: if the line is not empty, waits is set, and its first wants more than there is, or
// is being served. Every permit is in the word or in one Permits.
//
// Rejected: to give permits to the first in line one by one, as they come (a waiter that leaves
// has then a part to give back, and what it has is in no word that a reader could count); to wake
// the first and let it try (a task that comes by on a running thread is always quicker, and one
// that wants many never gets them); a channel of tokens (one acquire is n receives, and two of them
// deadlock half-way).
const (
	semWaits  = 1
	semClosed = 2
	semShift  = 2
)

// MaxPermits is how many permits a Semaphore can have: 1/8 of the int range.
const MaxPermits = math.MaxInt >> 3

var (
	// ErrNoPermits is the error of [Semaphore.TryAcquire] if fewer permits are free than it
	// wants, or others were waiting before it.
	ErrNoPermits = errors.New("coord: too few permits are free")

	// ErrSemaphoreClosed is the error of an acquire from a closed Semaphore. It is an [ErrClosed].
	ErrSemaphoreClosed error = closedError("coord: the semaphore was closed")
)

// Semaphore has a number of permits, which tasks acquire and release. It is fair: permits go to
// those who have waited longest, and one who wants many is not overtaken by those who want few.
// The zero value has no permits; AddPermits gives it some. It must not be copied once used.
type Semaphore struct {
	_    word.Align64
	_    word.NoCopy
	word word.Uint64
	line waitlist.List
}

// NewSemaphore returns a semaphore with that many permits, from 0 to [MaxPermits].
func NewSemaphore(permits int) *Semaphore {
	s := new(Semaphore)
	s.word.Store(countOf(permits, "NewSemaphore") << semShift)
	return s
}

// countOf checks a number of permits.
func countOf(n int, who string) uint64 {
	if uint(n) > MaxPermits {
		badCount(n, who)
	}
	return uint64(n)
}

//go:noinline
func badCount(n int, who string) {
	panic(fmt.Sprintf("coord: %s of %d permits: pass 0 to %d (MaxPermits)", who, n, MaxPermits))
}

func (s *Semaphore) check() {
	if s == nil {
		nilReceiver("Semaphore", "make one with NewSemaphore")
	}
}

// Acquire returns an operation that waits for n permits and takes them together. It fails with
// [ErrSemaphoreClosed] once the semaphore is closed. n is 0 to [MaxPermits]; for more than there
// will ever be it waits until the semaphore is closed.
//
// Dropped, it leaves the line, and permits that it had been given go to the next.
func (s *Semaphore) Acquire(n int) AcquireOp {
	if s == nil || uint(n) > MaxPermits {
		s.badAcquire(n)
	}
	return AcquireOp{sem: s, n: uint64(n)}
}

// badAcquire is apart so that Acquire is inlined, and builds its operation where it will be.
//
//go:noinline
func (s *Semaphore) badAcquire(n int) {
	s.check()
	badCount(n, "Acquire")
}

// TryAcquire takes n permits if they are free and nobody waits. It fails with [ErrNoPermits], or
// with [ErrSemaphoreClosed].
func (s *Semaphore) TryAcquire(n int) (Permits, error) {
	s.check()
	want := countOf(n, "TryAcquire")
	if err := s.try(want); err != nil {
		return Permits{}, err
	}
	return Permits{sem: s, n: want}, nil
}

func (s *Semaphore) try(want uint64) error {
	for {
		v := s.word.Load()
		switch {
		case v&semClosed != 0:
			return ErrSemaphoreClosed
		case v&semWaits != 0 || v>>semShift < want:
			return ErrNoPermits
		case s.word.CompareAndSwap(v, v-want<<semShift):
			return nil
		}
	}
}

// Available returns how many permits nobody has, as it was a moment ago. Those that gather for
// somebody who waits for more are among them.
func (s *Semaphore) Available() int {
	s.check()
	return int(s.word.Load() >> semShift)
}

// AddPermits adds n new permits. It panics if there would be more than [MaxPermits].
func (s *Semaphore) AddPermits(n int) {
	s.check()
	s.give(countOf(n, "AddPermits"))
}

// Forget takes up to n free permits away for good, and returns how many that were. To take away
// permits that are in use, acquire them and call [Permits.Forget].
func (s *Semaphore) Forget(n int) int {
	s.check()
	want := countOf(n, "Forget")
	h := s.line.Lock()
	defer h.Unlock()
	for {
		v := s.word.Load()
		n := min(want, v>>semShift)
		if s.word.CompareAndSwap(v, v-n<<semShift) {
			return int(n)
		}
	}
}

// Close ends the semaphore: all that wait, and all that come, fail with [ErrSemaphoreClosed].
// Permits that are in use can still be released. It may be called again.
func (s *Semaphore) Close() {
	s.check()
	h := s.line.Lock()
	for {
		if v := s.word.Load(); s.word.CompareAndSwap(v, v|semClosed) {
			break
		}
	}
	h.Unlock()
	s.line.Close(nil)
}

// Closed reports whether the semaphore is closed.
func (s *Semaphore) Closed() bool {
	s.check()
	return s.word.Load()&semClosed != 0
}

// give adds permits, and hands them to those who wait.
func (s *Semaphore) give(n uint64) {
	for {
		v := s.word.Load()
		if v&semWaits != 0 {
			s.giveInLine(n)
			return
		}
		if v>>semShift+n > MaxPermits {
			tooMany(v>>semShift, n)
		}
		if s.word.CompareAndSwap(v, v+n<<semShift) {
			return
		}
	}
}

//go:noinline
func tooMany(have, more uint64) {
	panic(fmt.Sprintf("coord: %d permits added to a Semaphore that has %d free: it can have %d (MaxPermits); were they released twice?", more, have, MaxPermits))
}

func (s *Semaphore) giveInLine(n uint64) {
	h := s.line.Lock()
	for {
		v := s.word.Load()
		if v>>semShift+n > MaxPermits {
			h.Unlock()
			tooMany(v>>semShift, n)
		}
		if s.word.CompareAndSwap(v, v+n<<semShift) {
			break
		}
	}
	serve(&s.line, h, s)
}

// next implements server: the first in line has its turn if there are enough permits.
func (s *Semaphore) next(first *waitlist.Node) bool {
	want := acquireOf(first).n << semShift
	v := s.word.Load()
	if v&semClosed != 0 || v < want { // the flags are less than one permit
		return false
	}
	s.word.Store(v - want)
	return true
}

// served implements server.
func (s *Semaphore) served(empty bool) {
	if v := s.word.Load(); empty && v&semWaits != 0 {
		s.word.Store(v &^ semWaits)
	}
}

// join takes the permits for an operation, or puts it in line.
func (s *Semaphore) join(o *AcquireOp, w waker.Waker) waitlist.State {
	clone := w.Clone()
	h := s.line.Lock()
	for {
		v := s.word.Load()
		if v&semClosed != 0 {
			h.Unlock()
			clone.Drop()
			return waitlist.Closed
		}
		if h.First() == nil && v>>semShift >= o.n {
			// A line that all have left may still have its flag.
			if s.word.CompareAndSwap(v, v&^semWaits-o.n<<semShift) {
				h.Unlock()
				clone.Drop()
				return waitlist.Notified
			}
			continue
		}
		if v&semWaits != 0 || s.word.CompareAndSwap(v, v|semWaits) {
			h.Push(&o.node, clone)
			h.Unlock()
			return waitlist.Waiting
		}
	}
}

// AcquireOp is what [Semaphore.Acquire] returns.
type AcquireOp struct {
	node waitlist.Node // first: see acquireOf
	sem  *Semaphore    // nil when it has ended
	n    uint64
}

// acquireOf returns the operation that a node in the line of a semaphore belongs to. It is sound
// because the node is the first field, and nothing else stands in these lines.
func acquireOf(n *waitlist.Node) *AcquireOp { return (*AcquireOp)(unsafe.Pointer(n)) }

// Poll implements future.Future.
func (o *AcquireOp) Poll(cx *waker.Context) future.Poll[Permits] {
	if o == nil || o.sem == nil {
		overOp("AcquireOp", "Semaphore.Acquire")
	}
	s := o.sem
	if o.node.State() == waitlist.Out {
		v := s.word.Load()
		if v&semClosed != 0 || v&semWaits == 0 && v>>semShift >= o.n {
			if !cx.Spend() {
				return future.Pending[Permits]()
			}
			if v&semClosed == 0 && s.word.CompareAndSwap(v, v-o.n<<semShift) {
				o.sem = nil
				return future.Ready(Permits{sem: s, n: o.n})
			}
		}
		return o.told(s.join(o, cx.Waker()))
	}
	return o.told(awaitTurn(&s.line, &o.node, cx))
}

func (o *AcquireOp) told(state waitlist.State) future.Poll[Permits] {
	s := o.sem
	switch state {
	case waitlist.Waiting:
		return future.Pending[Permits]()
	case waitlist.Closed:
		o.sem = nil
		return future.Failed[Permits](ErrSemaphoreClosed)
	}
	o.sem = nil
	return future.Ready(Permits{sem: s, n: o.n})
}

// Drop implements future.Dropper.
func (o *AcquireOp) Drop() {
	if o == nil {
		nilReceiver("AcquireOp", "make one with Semaphore.Acquire")
	}
	s := o.sem
	o.sem = nil
	if s == nil || o.node.State() == waitlist.Out {
		return
	}
	if s.line.Leave(&o.node) {
		s.give(o.n)
		return
	}
	// The one behind may want less, or nothing.
	if s.word.Load()&semWaits != 0 {
		serve(&s.line, s.line.Lock(), s)
	}
}

// Await waits for the permits, see [future.Await].
func (o AcquireOp) Await(co *future.Co) (Permits, error) { return future.AwaitOp(co, o) }

// Permits are permits of a Semaphore in somebody's hand. The value is not to be copied: it is
// released once, by whoever has it last. The zero Permits are none.
type Permits struct {
	_   machine.InPlace
	sem *Semaphore
	n   uint64
}

// Count returns how many permits these are.
func (p *Permits) Count() int { return int(p.n) }

// Release gives the permits back. It panics if they are released already, or were forgotten, or
// merged into others.
func (p *Permits) Release() {
	s, n := p.take("Release")
	s.give(n)
}

// Drop gives the permits back, when the value of an operation is discarded (see [future.Discard]).
func (p Permits) Drop() {
	if p.sem != nil {
		p.sem.give(p.n)
	}
}

// Forget takes the permits away from the semaphore for good.
func (p *Permits) Forget() { p.take("Forget") }

// Split takes n permits off into Permits of their own. ok is false if these are fewer than n; they
// are left as they are then. n must not be negative.
func (p *Permits) Split(n int) (part Permits, ok bool) {
	p.check("Split")
	want := countOf(n, "Split")
	if want > p.n {
		return Permits{}, false
	}
	p.n -= want
	return Permits{sem: p.sem, n: want}, true
}

// Merge adds other's permits to these; other is used up. It panics if they are of another
// semaphore.
func (p *Permits) Merge(other *Permits) {
	p.check("Merge")
	other.check("Merge")
	if p.sem != other.sem {
		panic("coord: Merge of Permits of two Semaphores: merge only those of one")
	}
	if p == other {
		panic("coord: Merge of Permits with themselves")
	}
	p.n += other.n
	*other = Permits{}
}

func (p *Permits) take(what string) (*Semaphore, uint64) {
	p.check(what)
	s, n := p.sem, p.n
	*p = Permits{}
	return s, n
}

func (p *Permits) check(what string) {
	if p == nil || p.sem == nil {
		panic("coord: " + what + " of Permits that are nil or zero, or were released, forgotten or merged before: acquire others")
	}
}
