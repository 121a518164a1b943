package par

import "fmt"

// For calls f with each i from 0 to n-1, on several workers at once if that takes longer than
// some 20 µs, and returns when all calls have ended. Nobody has to choose a grain: a worker
// calls f for about 10 µs between two looks at whether there are others to share with.
//
// An iteration costs a call; [ForRange] saves that, and tells f its Worker. If f holds no
// variables, For allocates nothing on a worker, however large n is. A negative n is 0, as in
// a range statement. Under 4 iterations a core are offered to other workers at once.
//
// If f panics, For panics with the same value once the other workers have ended the parts of
// the loop that they have taken; the rest is not begun. Iterations must not wait for one
// another: two of them may be run one after the other, in any order.
func For(w *Worker, n int, f func(i int)) { do(w, n, each{f: f}, struct{}{}, doSpan[struct{}, each]) }

// ForRange is [For] in chunks: it calls f with ranges [lo, hi) that make up 0 to n-1. They are
// of any size, from one iteration on. w is the Worker that the call is on, for loops and forks
// within.
func ForRange(w *Worker, n int, f func(w *Worker, lo, hi int)) {
	do(w, n, ranges{f: f}, struct{}{}, doSpan[struct{}, ranges])
}

// Map returns f of each element of in, in their order. It allocates the slice that it returns,
// and little else. For panics and cost see [For].
func Map[A, B any](w *Worker, in []A, f func(A) B) []B {
	out := make([]B, len(in))
	do(w, len(in), mapping[A, B]{noResult{}, out, in, f}, struct{}{}, doSpan)
	return out
}

// MapInto is [Map] into a slice, which must be as long as in, and may be in itself. Another
// part of the same array must not overlap.
func MapInto[A, B any](w *Worker, out []B, in []A, f func(A) B) {
	sameLength("MapInto", "out", len(out), "in", len(in))
	do(w, len(in), mapping[A, B]{noResult{}, out, in, f}, struct{}{}, doSpan)
}

func sameLength(fn, to string, nTo int, from string, nFrom int) {
	if nTo != nFrom {
		panic(fmt.Sprintf("par: %s: %s has %d elements and %s has %d; they must have the same number", fn, to, nTo, from, nFrom))
	}
}

type each struct {
	noResult
	f func(i int)
}

func (b each) Fold(_ *Worker, _ struct{}, lo, hi int) (_ struct{}) {
	for i := lo; i < hi; i++ {
		b.f(i)
	}
	return
}

type ranges struct {
	noResult
	f func(w *Worker, lo, hi int)
}

func (b ranges) Fold(w *Worker, _ struct{}, lo, hi int) (_ struct{}) {
	b.f(w, lo, hi)
	return
}

type mapping[A, B any] struct {
	noResult
	out []B
	in  []A
	f   func(A) B
}

func (m mapping[A, B]) Fold(_ *Worker, _ struct{}, lo, hi int) (_ struct{}) {
	in := m.in[lo:hi]
	out := m.out[lo:hi:hi][:len(in)]
	for i := range in {
		out[i] = m.f(in[i])
	}
	return
}
