package par

import (
	"math/bits"
	"slices"

	"github.com/magpie-go/magpie/internal/forkjoin"
)

// Sorting by comparison.
//
// Quicksort in place: both sides of a partition are forked. A long slice is partitioned by all
// workers: it is cut into pieces, each is partitioned by the same pivot, and then what stands on
// the wrong side of the whole is exchanged, pair by pair, which is n/4 exchanges however many
// pieces there are.
//
// Everything happens by exchanges, so that the slice holds its elements whenever a comparison
// panics. No index depends on the outcomes being consistent. When pivots go on being bad, the
// rest is left to slices.SortFunc, which is O(n log n).
//
// Sources: O. Peters, "Pattern-defeating
// quicksort", 2021, for equal elements and bad pivots; P. Tsigas and Y. Zhang, "A simple, fast
// parallel implementation of quicksort", 2003.
//
// Rejected: sample sort (a buffer, and log k comparisons in a row that wait for each other);
// BlockQuicksort (a seventh slower than the plain loops: the branch it saves is in compare);
// Tsigas and Zhang's blocks handed out by an atomic counter (the pieces need none, and steal
// like everything else).
const (
	quickLen    = 1 << 10 // what is sorted without a fork
	pieceLen    = 1 << 14 // the least a piece is worth
	maxPieces   = 64
	lookLen     = 1 << 10 // elements compared without a checkpoint
	exchangeLen = 1 << 12 // pairs exchanged without a fork
)

// quick is one call of SortFunc.
type quick[E any] struct {
	compare func(a, b E) int
	alone   func(s []E) // sorts without forks
	wide    int         // from this length on, all workers partition
	// Made once: a generic function's value is allocated.
	sort func(w *Worker, p part[E]) struct{}
}

// part is what one call of quick.sort sorts.
type part[E any] struct {
	q    *quick[E]
	s    []E
	prev *E  // what no element of s is less than, if it is known
	bad  int // so many bad pivots may come
}

func quickSort[E any](w *Worker, s []E, compare func(a, b E) int, alone func(s []E)) {
	q := &quick[E]{compare, alone, max(len(s)/16, 4*pieceLen), sortPart[E]}
	sortPart(w, part[E]{q, s, nil, bits.Len(uint(len(s)))})
}

func sortPart[E any](w *Worker, p part[E]) (_ struct{}) {
	q, s := p.q, p.s
	for len(s) > quickLen && p.bad > 0 {
		at := q.choose(s)
		s[0], s[at] = s[at], s[0]
		pivot := s[0]
		if p.prev != nil && q.compare(*p.prev, pivot) >= 0 {
			// The pivot is the least there is. All that are equal to it are in place.
			w.w.Checkpoint()
			n := 1 + q.partition(w, s[1:], pivot, true)
			if n < len(s)/8 {
				p.bad--
			}
			s = s[n:]
			continue
		}
		n := q.partition(w, s[1:], pivot, false)
		s[0], s[n] = s[n], s[0]
		if min(n, len(s)-n) < len(s)/8 {
			p.bad--
		}
		forkjoin.Call(w, q.sort, part[E]{q, s[:n], p.prev, p.bad}, q.sort, part[E]{q, s[n+1:], &s[n], p.bad})
		return
	}
	q.alone(s)
	return
}

// choose returns the place of the pivot: about the median of 9, 27 or 81 elements.
func (q *quick[E]) choose(s []E) int {
	depth := 2
	if len(s) > 1<<15 {
		depth = 3
	}
	if len(s) > 1<<19 {
		depth = 4
	}
	random := uint32(len(s))
	return q.median(s, depth, &random)
}

func (q *quick[E]) median(s []E, depth int, random *uint32) int {
	if depth == 0 {
		return pick(random, len(s))
	}
	a, b, c := q.median(s, depth-1, random), q.median(s, depth-1, random), q.median(s, depth-1, random)
	if q.compare(s[b], s[a]) < 0 {
		a, b = b, a
	}
	if q.compare(s[c], s[b]) < 0 {
		b = c
		if q.compare(s[b], s[a]) < 0 {
			b = a
		}
	}
	return b
}

// pick returns a number below n, the same in each run.
func pick(random *uint32, n int) int {
	*random = *random*1664525 + 1013904223 // Numerical Recipes
	return int(uint64(*random) * uint64(n) >> 32)
}

// partition moves the elements that are less than the pivot before those that are not, and
// returns how many there are. If orEqual is set, those that are equal to it go with them.
func (q *quick[E]) partition(w *Worker, s []E, pivot E, orEqual bool) int {
	if len(s) < q.wide {
		return q.partitionPiece(w, s, pivot, orEqual)
	}
	v := &parted[E]{s: s, n: min(len(s)/pieceLen, maxPieces)}
	forEach(w, v.n, func(w *Worker, i int) {
		lo, hi := v.ends(i)
		v.less[i] = q.partitionPiece(w, s[lo:hi], pivot, orEqual)
	})
	return v.join(w)
}

func (q *quick[E]) partitionPiece(w *Worker, s []E, pivot E, orEqual bool) int {
	if orEqual {
		return q.partitionEqual(w, s, pivot)
	}
	compare := q.compare
	i, j := 0, len(s)-1 // what is outside of s[i:j+1] is in place
	for i <= j {
		w.w.Checkpoint()
		end := min(i+lookLen, j+1)
		for i < end && compare(s[i], pivot) < 0 {
			i++
		}
		if i == end {
			continue
		}
		end = max(j-lookLen, i)
		for j > end && compare(s[j], pivot) >= 0 {
			j--
		}
		if j == i {
			break
		}
		if j > end {
			s[i], s[j] = s[j], s[i]
			i++
			j--
		}
	}
	return i
}

// partitionEqual is for slices of which most, or few, are equal to the pivot, and none less.
func (q *quick[E]) partitionEqual(w *Worker, s []E, pivot E) int {
	i, j := 0, len(s)
	for n := 1; i < j; n++ {
		if n%lookLen == 0 {
			w.w.Checkpoint()
		}
		if q.compare(pivot, s[i]) >= 0 {
			i++
		} else {
			j--
			s[i], s[j] = s[j], s[i]
		}
	}
	return i
}

// parted is a slice that is partitioned in pieces.
type parted[E any] struct {
	s    []E
	n    int
	less [maxPieces]int // elements that are first in a piece
	// What is on the wrong side: the t-th of left is to be exchanged with the t-th of right.
	left, right places
}

// places is an increasing sequence of places in a slice: n ranges.
type places struct {
	n     int
	from  [maxPieces]int
	until [maxPieces]int // how many there are up to the range's end
}

func (p *places) add(lo, hi int) {
	if lo < hi {
		p.from[p.n] = lo
		p.until[p.n] = p.len() + hi - lo
		p.n++
	}
}

func (p *places) len() int {
	if p.n == 0 {
		return 0
	}
	return p.until[p.n-1]
}

// at returns the t-th place, and how many follow it without a gap, itself too.
func (p *places) at(t int) (place, n int) {
	i, _ := slices.BinarySearch(p.until[:p.n], t+1)
	return p.from[i] + t - (p.until[i] - p.size(i)), p.until[i] - t
}

func (p *places) size(i int) int {
	if i == 0 {
		return p.until[0]
	}
	return p.until[i] - p.until[i-1]
}

func (v *parted[E]) ends(i int) (lo, hi int) { return chunkOf(len(v.s), v.n, i) }

// join partitions the slice when its pieces are.
func (v *parted[E]) join(w *Worker) int {
	less := 0
	for _, n := range v.less[:v.n] {
		less += n
	}
	for i, n := range v.less[:v.n] {
		lo, hi := v.ends(i)
		v.right.add(max(lo, less), lo+n)
		v.left.add(lo+n, min(hi, less))
	}
	n := v.left.len()
	forEach(w, (n+exchangeLen-1)/exchangeLen, func(_ *Worker, i int) {
		v.exchange(i*exchangeLen, min((i+1)*exchangeLen, n))
	})
	return less
}

func (v *parted[E]) exchange(t, end int) {
	for t < end {
		l, n := v.left.at(t)
		r, m := v.right.at(t)
		n = min(n, m, end-t)
		exchange(v.s[l:l+n], v.s[r:r+n])
		t += n
	}
}

func exchange[E any](a, b []E) {
	b = b[:len(a)]
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}
