package par

import (
	"math"
	"runtime"
	"time"

	"github.com/magpie-go/magpie/internal/forkjoin"
)

// How a loop is split.
//
// A loop begins alone: in chunks of 1, then up to 8 times as many iterations, by the clock,
// until it has lasted `alone`. One that is over by then has cost a few looks at the clock, and
// woken nobody. From there on it is halved: the right half is offered to the other workers,
// the left one is done the same way, down to pieces of about `chunk`, whose size goes on
// following the clock. A right half that nobody has taken is gone on with where the left one
// has ended, with its accumulator: so there are as many accumulators, and combinations, as
// there were thefts, and one if there were none.
//
// Invariant: an accumulator stands for adjoining iterations, and two of them are combined in
// their order. So the result is the sequential one if the operation is associative.
//
// This is lazy binary splitting (A. Tzannes, G. C. Caragea, R. Barua, U. Vishkin, PPoPP 2010)
// turned round: it finds the size of a piece by watching whether anybody is hungry, and offers
// one piece at a time, so that with long iterations a third worker waits for the first to end
// one. With the size known by the clock, halving down to it costs 20 ns for each 10 µs, and
// all offers lie ready from the beginning. Rayon's splitter, which counts workers and thefts,
// cannot divide a piece again once it has begun it, however long it takes.
const (
	// alone is what waking a worker costs the one that wakes it, and the one woken.
	alone = 20 * time.Microsecond
	// chunk is large against two looks at the clock and a fork, 80 ns, and small against
	// what the last worker may have to be waited for.
	chunk = 10 * time.Microsecond
	// growth bounds how wrong the clock may be about the next chunk, by the last.
	growth = 8
	// pieces is how many there are of any loop at least: the clock tells nothing of
	// iterations to come, and they may be longer.
	pieces = 32
	// fewPerCore iterations a core are offered at once: doing the first one alone might be
	// a large part of the whole, and a loop over so few is hardly for nanoseconds.
	fewPerCore = 4
)

// body is what a loop does, for each T that accumulates. Its methods are called on any worker.
type body[T any] interface {
	// Empty returns the accumulator of no iterations.
	Empty() T
	// Fold adds the iterations from lo to hi to acc, the one of those just before lo.
	Fold(w *Worker, acc T, lo, hi int) T
	// Combine returns the accumulator of two adjoining ranges, the left one first.
	Combine(w *Worker, left, right T) T
}

// noResult is the part of a body that accumulates nothing.
type noResult struct{}

func (noResult) Empty() (_ struct{})                           { return }
func (noResult) Combine(_ *Worker, _, _ struct{}) (_ struct{}) { return }

// span is a part of a loop that is still to be done.
type span[T any, B body[T]] struct {
	body   B
	acc    T // of what was before lo
	lo, hi int
	grain  int // how many iterations take a chunk, as far as is known
	most   int // grain is not to be more
	half   half[T, B]
}

// half is doSpan, passed along: each mention of it in generic code is allocated, and none of
// it elsewhere.
type half[T any, B body[T]] func(*Worker, span[T, B]) folded[T]

// folded is what has become of a span.
type folded[T any] struct {
	acc   T
	grain int // learnt on the way
}

// do runs a loop of n iterations and returns acc with all of them.
func do[T any, B body[T]](w *Worker, n int, b B, acc T, h half[T, B]) T {
	if n <= 0 {
		return acc
	}
	if w.w.Foreign() {
		return enter(w, n, b, acc, h)
	}
	s := span[T, B]{body: b, acc: acc, hi: n, grain: 1, most: max(n/pieces, 1), half: h}
	if n > fewPerCore*runtime.NumCPU() || !w.w.Empty() {
		s.doAlone(w)
	}
	return doSpan(w, s).acc
}

// enter is do on a worker of its own: apart, for what its function assigns to is allocated.
func enter[T any, B body[T]](w *Worker, n int, b B, acc T, h half[T, B]) (res T) {
	w.w.On(func(w *forkjoin.Worker) { res = do(worker(w), n, b, acc, h) })
	return res
}

// doAlone does the beginning of s.
func (s *span[T, B]) doAlone(w *Worker) {
	quarter := max((s.hi-s.lo)/4, 1) // see pieces
	began := now()
	for last := began; s.lo < s.hi; {
		w.w.Checkpoint()
		n := min(s.grain, quarter, s.hi-s.lo)
		s.acc = s.body.Fold(w, s.acc, s.lo, s.lo+n)
		s.lo += n
		t := now()
		s.grain = grain(n, t-last)
		if last = t; t-began >= alone {
			break
		}
	}
	s.grain = min(s.grain, s.most)
}

// doSpan does s, and offers parts of it.
func doSpan[T any, B body[T]](w *Worker, s span[T, B]) folded[T] {
	for {
		n := s.hi - s.lo
		if n <= s.grain {
			s.doChunk(w)
			return folded[T]{s.acc, s.grain}
		}
		left, right := s, s
		left.hi = s.lo + n/2
		right.lo, right.acc = left.hi, s.body.Empty()
		l, r, taken := forkjoin.Offer(w, s.half, left, s.half, right)
		if taken {
			return folded[T]{s.body.Combine(w, l.acc, r.acc), l.grain}
		}
		s.lo, s.acc, s.grain = left.hi, l.acc, l.grain
	}
}

// doChunk does all of s in one.
func (s *span[T, B]) doChunk(w *Worker) {
	n := s.hi - s.lo
	if n == 0 {
		return
	}
	w.w.Checkpoint()
	began := now()
	s.acc = s.body.Fold(w, s.acc, s.lo, s.hi)
	s.grain = min(grain(n, now()-began), s.most)
}

// grain returns how many iterations will take a chunk, if n have taken t.
func grain(n int, t time.Duration) int {
	if t*growth <= chunk {
		return growth * min(n, math.MaxInt/growth)
	}
	return max(int(float64(n)*float64(chunk)/float64(t)), 1)
}

var started = time.Now()

// now is a clock, 25 ns a look. Tests stop it.
var now = func() time.Duration { return time.Since(started) }
