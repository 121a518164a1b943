package par

import "github.com/magpie-go/magpie/internal/forkjoin"

// Sorting by comparison, stable.
//
// Merge sort between the slice and a copy of it: halves are forked, and so are the halves of a
// merge, split at the middle of the longer run and where that element belongs in the other.
//
// Invariant: x and t hold the same elements when mergeSort of x by t begins, and x holds them when
// it ends, by a panic too; and so for each half, begun or not, with x and t exchanged.
//
// Source: T. Cormen et al., "Introduction to algorithms", 3rd edition, 27.3.
//
// Rejected: slices.SortStableFunc for the leaves (it merges by rotations, for it has no
// memory: twice as many comparisons).
const (
	binaryLen = 16      // sorted by insertion
	mergeLen  = 1 << 11 // sorted, or merged, without a fork
)

// merger is one call of SortStableFunc.
type merger[E any] struct {
	compare func(a, b E) int
	// Made once: a generic function's value is allocated.
	sort, merge func(w *Worker, r runs[E]) struct{}
}

// runs is what one call of merger.merge merges: a and b, to d; or one of merger.sort sorts:
// d, by means of a. They are one type so that the frames of their forks are.
type runs[E any] struct {
	m       *merger[E]
	a, b, d []E
}

func stableSort[E any](w *Worker, s []E, compare func(a, b E) int) {
	t := make([]E, len(s))
	n := (len(s) + copyLen - 1) / copyLen
	forEach(w, n, func(_ *Worker, i int) {
		lo, hi := chunkOf(len(s), n, i)
		copy(t[lo:hi], s[lo:hi])
	})
	mergeSort(w, runs[E]{&merger[E]{compare, mergeSort[E], mergeRuns[E]}, t, nil, s})
}

func mergeSort[E any](w *Worker, r runs[E]) (_ struct{}) {
	m, x, t := r.m, r.d, r.a
	if len(x) <= binaryLen {
		m.insert(x)
		return
	}
	done := false
	defer func() {
		if !done {
			copy(x, t)
		}
	}()
	mid := len(x) / 2
	left, right := runs[E]{m, x[:mid], nil, t[:mid]}, runs[E]{m, x[mid:], nil, t[mid:]}
	if len(x) <= mergeLen {
		mergeSort(w, left)
		mergeSort(w, right)
	} else {
		forkjoin.Call(w, m.sort, left, m.sort, right)
	}
	if m.compare(t[mid-1], t[mid]) <= 0 {
		copy(x, t)
	} else {
		mergeRuns(w, runs[E]{m, t[:mid], t[mid:], x})
	}
	done = true
	return
}

// insert sorts a few elements. A comparison finds them all in s.
func (m *merger[E]) insert(s []E) {
	for i := 1; i < len(s); i++ {
		x := s[i]
		if m.compare(s[i-1], x) <= 0 {
			continue
		}
		at := m.search(s[:i-1], x, false)
		copy(s[at+1:i+1], s[at:i])
		s[at] = x
	}
}

// search returns how many elements of s are less than x; and those that are equal to it
// count too, unless before is set.
func (m *merger[E]) search(s []E, x E, before bool) int {
	lo, hi := 0, len(s)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if c := m.compare(s[mid], x); c < 0 || c == 0 && !before {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

func mergeRuns[E any](w *Worker, r runs[E]) (_ struct{}) {
	m, a, b, d := r.m, r.a, r.b, r.d
	if len(d) > mergeLen {
		var i, j int
		if len(a) >= len(b) {
			i = len(a) / 2
			j = m.search(b, a[i], true)
		} else {
			j = len(b) / 2
			i = m.search(a, b[j], false)
		}
		forkjoin.Call(w, m.merge, runs[E]{m, a[:i], b[:j], d[:i+j]}, m.merge, runs[E]{m, a[i:], b[j:], d[i+j:]})
		return
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if m.compare(b[j], a[i]) < 0 {
			d[i+j] = b[j]
			j++
		} else {
			d[i+j] = a[i]
			i++
		}
	}
	copy(d[i+j:], a[i:])
	copy(d[i+j:], b[j:])
	return
}
