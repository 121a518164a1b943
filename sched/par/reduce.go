package par

// Reduce combines the elements of s in their order, beginning with identity: the result is
// that of the loop
//
//	acc := identity
//	for _, v := range s {
//		acc = combine(acc, v)
//	}
//
// if combine is associative, which it must be, commutative or not, and if combine(identity, v)
// is v. It is combined in other groups at each call, by the thefts there were: a sum of
// floating-point numbers may differ in its last bits.
//
// An element costs a call; [ReduceRange] saves that. Panics are as in [For].
func Reduce[T any](w *Worker, s []T, identity T, combine func(a, b T) T) T {
	return do(w, len(s), slice[T]{s, combine, identity}, identity, doSpan)
}

// ReduceRange is [Reduce] of anything, in chunks: fold returns acc with what is in [lo, hi),
// which comes right after what is in acc; combine puts two results together, the left one
// first. combine is called once for each time that a worker has taken a part from another,
// and acc is identity at such a part's beginning:
//
//	sum := par.ReduceRange(w, len(s), 0, func(_ *par.Worker, acc, lo, hi int) int {
//		for _, v := range s[lo:hi] {
//			acc += v
//		}
//		return acc
//	}, func(a, b int) int { return a + b })
//
// identity is used many times, by several workers at once: if T is a pointer, a map or a slice
// that fold is to write to, let identity be nil, and fold make one when it finds nil.
func ReduceRange[T any](w *Worker, n int, identity T, fold func(w *Worker, acc T, lo, hi int) T, combine func(a, b T) T) T {
	return do(w, n, reduction[T]{fold, combine, identity}, identity, doSpan)
}

// Number is what [Sum] can add.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr |
		~float32 | ~float64 | ~complex64 | ~complex128
}

// Sum adds up s, as fast as memory delivers it if s is large. It allocates a few words.
// It overflows as + does; floating-point numbers are added in an order that differs from call
// to call.
func Sum[T Number](w *Worker, s []T) T {
	var zero T
	return do(w, len(s), sum[T](s), zero, doSpan)
}

type slice[T any] struct {
	s        []T
	op       func(a, b T) T
	identity T
}

func (r slice[T]) Empty() T                    { return r.identity }
func (r slice[T]) Combine(_ *Worker, a, b T) T { return r.op(a, b) }
func (r slice[T]) Fold(_ *Worker, acc T, lo, hi int) T {
	for _, v := range r.s[lo:hi] {
		acc = r.op(acc, v)
	}
	return acc
}

type reduction[T any] struct {
	add      func(w *Worker, acc T, lo, hi int) T
	join     func(a, b T) T
	identity T
}

func (r reduction[T]) Empty() T                            { return r.identity }
func (r reduction[T]) Combine(_ *Worker, a, b T) T         { return r.join(a, b) }
func (r reduction[T]) Fold(w *Worker, acc T, lo, hi int) T { return r.add(w, acc, lo, hi) }

type sum[T Number] []T

func (sum[T]) Empty() (zero T)             { return }
func (sum[T]) Combine(_ *Worker, a, b T) T { return a + b }
func (s sum[T]) Fold(_ *Worker, acc T, lo, hi int) T {
	// By eight: a plain loop takes one or two clock cycles for each element, as the compiler
	// happens to place it, and memory is faster.
	v := s[lo:hi]
	for len(v) >= 8 {
		p := (*[8]T)(v)
		acc += (p[0] + p[1]) + (p[2] + p[3]) + ((p[4] + p[5]) + (p[6] + p[7]))
		v = v[8:]
	}
	for _, x := range v {
		acc += x
	}
	return acc
}
