package par

// How a prefix is computed in parallel.
//
// Who has begun at the beginning knows what comes before each element, and writes final
// values in one pass, as a sequential loop does. A part that was taken by another worker is
// written without what is left of it, as a patch; when the left has ended, what comes before
// is put into each of its elements, by a loop in parallel. So the work is that of the
// sequential loop, and once more for what was taken: with p workers 2n/(p+1) operations for
// each, which is the least there is; and with one worker n.
//
// Source: J.-L. Roch, D. Traoré et al., "On-line adaptive parallel prefix computation",
// Euro-Par 2006; the bound is M. Snir's, 1986.

// Scan writes to each element of out what the elements of in up to there, with that one,
// combine to; and returns what all do. It is the loop
//
//	acc := identity
//	for i, v := range in {
//		acc = combine(acc, v)
//		out[i] = acc
//	}
//
// under the conditions of [Reduce]. out must be as long as in, and may be in itself. With two
// workers it takes 2/3 of the loop's time. It allocates a few words for each part that one
// worker takes from another. Panics are as in [For]; out is then written in parts.
func Scan[T any](w *Worker, out, in []T, identity T, combine func(a, b T) T) (total T) {
	return scan(w, "Scan", prefix[T]{out, in, identity, combine, false})
}

// ScanExclusive is [Scan] of the elements up to each one, without it: what comes first is
// identity.
func ScanExclusive[T any](w *Worker, out, in []T, identity T, combine func(a, b T) T) (total T) {
	return scan(w, "ScanExclusive", prefix[T]{out, in, identity, combine, true})
}

func scan[T any](w *Worker, name string, p prefix[T]) T {
	sameLength(name, "out", len(p.out), "in", len(p.in))
	return do(w, len(p.in), p, scanned[T]{sum: p.identity, final: true}, doSpan).sum
}

type prefix[T any] struct {
	out, in   []T
	identity  T
	op        func(a, b T) T
	exclusive bool
}

// scanned is what has become of adjoining elements.
type scanned[T any] struct {
	sum     T          // of all
	final   bool       // what is written is final; else there are patches
	patches []patch[T] // in order, without gaps
}

// patch is a range of out that lacks what comes before the elements of its scanned, and
// after that, before itself.
type patch[T any] struct {
	lo, hi int
	before T
	own    bool // before is nothing
}

func (p prefix[T]) Empty() scanned[T] { return scanned[T]{sum: p.identity} }

func (p prefix[T]) Fold(_ *Worker, acc scanned[T], lo, hi int) scanned[T] {
	if !acc.final {
		acc.extend(lo, hi, p.identity)
	}
	sum, in := acc.sum, p.in[lo:hi]
	out := p.out[lo:hi:hi][:len(in)]
	if p.exclusive {
		for i, v := range in {
			out[i] = sum
			sum = p.op(sum, v)
		}
	} else {
		for i, v := range in {
			sum = p.op(sum, v)
			out[i] = sum
		}
	}
	acc.sum = sum
	return acc
}

// extend adds a range that lacks nothing but what comes before all.
func (s *scanned[T]) extend(lo, hi int, identity T) {
	if n := len(s.patches); n > 0 && s.patches[n-1].own {
		s.patches[n-1].hi = hi
		return
	}
	s.patches = append(s.patches, patch[T]{lo, hi, identity, true})
}

func (p prefix[T]) Combine(w *Worker, left, right scanned[T]) scanned[T] {
	for i := range right.patches {
		q := &right.patches[i]
		if q.own {
			q.before, q.own = left.sum, false
		} else {
			q.before = p.op(left.sum, q.before)
		}
		if left.final {
			p.apply(w, *q)
		}
	}
	left.sum = p.op(left.sum, right.sum)
	if !left.final {
		left.patches = append(left.patches, right.patches...)
	}
	return left
}

// apply makes a patch final.
func (p prefix[T]) apply(w *Worker, q patch[T]) {
	out := p.out[q.lo:q.hi]
	ForRange(w, len(out), func(_ *Worker, lo, hi int) {
		for i, v := range out[lo:hi] {
			out[lo+i] = p.op(q.before, v)
		}
	})
}
