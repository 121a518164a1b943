package par

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/magpie-go/magpie/internal/forkjoin"
	"github.com/magpie-go/magpie/internal/word"
)

const (
	aloneLen = 1 << 9  // what slices sorts: shorter than a fork is worth
	enterLen = 1 << 12 // what a plain goroutine sorts by itself: a worker is some 50 µs away
	copyLen  = 1 << 13 // elements copied, or looked at, without a fork: some 10 µs
)

// Sort sorts s in ascending order, as [slices.Sort] does: NaNs come first. It is not stable,
// which shows in floats only: zeros of either sign are equal, and so are NaNs.
//
// Numbers are sorted by their bits, in time proportional to their number. That takes memory
// for as many again, outside of the heap where the system allows it, until Sort returns; none
// if there are few different ones, next to each other. Strings, and numbers if there are 2³²
// or more, are sorted by comparisons, in place, see [SortFunc].
//
// If the computation is cancelled, s holds the elements in any order.
func Sort[E cmp.Ordered](w *Worker, s []E) {
	if len(s) <= aloneLen {
		slices.Sort(s)
		return
	}
	if w.w.Foreign() {
		if len(s) > enterLen {
			w.w.On(func(w *forkjoin.Worker) { Sort(worker(w), s) })
			return
		}
		w = worker(forkjoin.NewDetached())
	}
	kind := reflect.TypeFor[E]().Kind()
	if kind == reflect.String {
		sortFunc(w, as[string](s), strings.Compare, slices.Sort)
		return
	}
	if uint64(len(s)) > math.MaxUint32 { // a counter
		SortFunc(w, s, cmp.Compare)
		return
	}
	if inOrder(w, s, slices.IsSorted) {
		return
	}
	if inOrder(w, s, func(s []E) bool { return descends(s, cmp.Compare[E], 0) }) {
		reverse(w, s)
		return
	}
	switch kind {
	case reflect.Float64:
		sortNumbers(w, as[uint64](s), floats[uint64](52))
	case reflect.Float32:
		sortNumbers(w, as[uint32](s), floats[uint32](23))
	default:
		signed := kind >= reflect.Int && kind <= reflect.Int64
		switch unsafe.Sizeof(s[0]) {
		case 1:
			sortInts(w, as[uint8](s), signed)
		case 2:
			sortInts(w, as[uint16](s), signed)
		case 4:
			sortInts(w, as[uint32](s), signed)
		default:
			sortInts(w, as[uint64](s), signed)
		}
	}
}

func sortInts[U unsigned](w *Worker, s []U, signed bool) {
	var c code[U]
	if signed {
		c = ints[U]()
	}
	sortNumbers(w, s, c)
}

// as is s as a slice of another type.
//
// Sound: U is what E is made of, or the unsigned integer of that size; neither has pointers
// that the other has not.
func as[U, E any](s []E) []U {
	return unsafe.Slice((*U)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}

// SortFunc sorts s in the order of compare, as [slices.SortFunc] does. It is not stable. It
// allocates next to nothing, and takes O(n log n) comparisons, which many workers make at the
// same time: compare must not write to what it shares.
//
// If compare panics, so does SortFunc, and so it does if the computation is cancelled; s then
// holds the elements in any order. That is so too if compare is no strict weak ordering.
func SortFunc[S ~[]E, E any](w *Worker, s S, compare func(a, b E) int) {
	if len(s) <= aloneLen || w.w.Foreign() && len(s) <= enterLen {
		slices.SortFunc(s, compare)
		return
	}
	if w.w.Foreign() {
		w.w.On(func(w *forkjoin.Worker) { SortFunc(worker(w), s, compare) })
		return
	}
	sortFunc(w, s, compare, func(s []E) { slices.SortFunc(s, compare) })
}

func sortFunc[E any](w *Worker, s []E, compare func(a, b E) int, alone func(s []E)) {
	if inOrder(w, s, func(s []E) bool { return slices.IsSortedFunc(s, compare) }) {
		return
	}
	if inOrder(w, s, func(s []E) bool { return descends(s, compare, 0) }) {
		reverse(w, s)
		return
	}
	quickSort(w, s, compare, alone)
}

// SortStableFunc is [SortFunc] that leaves equal elements in their order. It allocates memory
// for as many elements again.
func SortStableFunc[S ~[]E, E any](w *Worker, s S, compare func(a, b E) int) {
	if len(s) <= binaryLen {
		slices.SortStableFunc(s, compare)
		return
	}
	if w.w.Foreign() && len(s) > mergeLen { // what is shorter forks nothing
		w.w.On(func(w *forkjoin.Worker) { SortStableFunc(worker(w), s, compare) })
		return
	}
	if inOrder(w, s, func(s []E) bool { return slices.IsSortedFunc(s, compare) }) {
		return
	}
	if inOrder(w, s, func(s []E) bool { return descends(s, compare, 1) }) {
		reverse(w, s)
		return
	}
	stableSort(w, s, compare)
}

// descends reports whether each element compares with the next one as least, or more.
func descends[E any](s []E, compare func(a, b E) int, least int) bool {
	for i := 1; i < len(s); i++ {
		if compare(s[i-1], s[i]) < least {
			return false
		}
	}
	return true
}

// inOrder reports whether s is in an order that look finds in parts of it, each of which begins
// with the last element of the one before.
func inOrder[E any](w *Worker, s []E, look func(s []E) bool) bool {
	const first = 32
	if !look(s[:min(first, len(s))]) {
		return false
	}
	var broken word.Bool
	n := (len(s) + copyLen - 1) / copyLen
	forEach(w, n, func(_ *Worker, i int) {
		if lo, hi := chunkOf(len(s), n, i); !broken.Load() && !look(s[max(lo, 1)-1:hi]) {
			broken.Store(true)
		}
	})
	return !broken.Load()
}

func reverse[E any](w *Worker, s []E) {
	half := len(s) / 2
	n := (half + copyLen - 1) / copyLen
	forEach(w, n, func(_ *Worker, i int) {
		lo, hi := chunkOf(half, n, i)
		a, b := s[lo:hi], s[len(s)-hi:len(s)-lo]
		for k := range a {
			a[k], b[len(b)-1-k] = b[len(b)-1-k], a[k]
		}
	})
}

// chunkOf returns the ends of the i-th of so many chunks of n elements.
func chunkOf(n, chunks, i int) (lo, hi int) {
	size, more := n/chunks, n%chunks
	lo = i*size + min(i, more)
	hi = lo + size
	if i < more {
		hi++
	}
	return lo, hi
}

// calls is a range of calls of do.
type calls struct {
	do     func(w *Worker, i int)
	lo, hi int
}

// forEach calls do with 0 to n-1, on any workers.
func forEach(w *Worker, n int, do func(w *Worker, i int)) {
	if n > 0 {
		eachOf(w, calls{do, 0, n})
	}
}

func eachOf(w *Worker, s calls) (_ struct{}) {
	if s.hi-s.lo == 1 {
		s.do(w, s.lo)
		return
	}
	mid := int(uint(s.lo+s.hi) / 2)
	forkjoin.Call(w, eachOf, calls{s.do, s.lo, mid}, eachOf, calls{s.do, mid, s.hi})
	return
}
