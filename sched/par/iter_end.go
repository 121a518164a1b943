package par

// Fold goes through it as [Reduce] does through a slice, with an accumulator of another type:
// fold returns acc with one element more, combine puts two accumulators together, the left one
// first. What is said there of identity, of the order and of panics holds here too, and in
// [ReduceRange] of an identity that fold is to write to.
func Fold[T, A any](w *Worker, it Iter[T], identity A, fold func(acc A, v T) A, combine func(a, b A) A) A {
	acc := identity
	it.each(func(r round[T]) {
		acc = do(w, r.n, folding[T, A]{r.push, fold, combine, identity}, acc, doSpan)
	})
	return acc
}

// ForEach calls f with each element, in no order.
func (it Iter[T]) ForEach(w *Worker, f func(v T)) {
	it.each(func(r round[T]) { do(w, r.n, visiting[T]{noResult{}, r.push, f}, struct{}{}, doSpan) })
}

// Count returns how many elements there are.
func (it Iter[T]) Count(w *Worker) (n int) {
	it.each(func(r round[T]) { n = do(w, r.n, counting[T](r.push), n, doSpan) })
	return n
}

// Collect returns all elements in their order, nil if there are none. Without Filter and
// [Seq] it allocates the slice that it returns and each element is written to its place. With
// one, a worker that takes a part from another appends to a slice of its own; if there were
// such parts, all are copied together: up to twice the memory, and what append gives up.
func (it Iter[T]) Collect(w *Worker) []T {
	if it.exact {
		return it.collectExact(w)
	}
	var parts [][]T
	it.each(func(r round[T]) { parts = do(w, r.n, collecting[T](r.push), parts, doSpan) })
	return concat(w, parts)
}

func (it Iter[T]) collectExact(w *Worker) (all []T) {
	it.each(func(r round[T]) {
		if r.n > 0 {
			all = make([]T, r.n)
			do(w, r.n, placing[T]{noResult{}, all, r.push}, struct{}{}, doSpan)
		}
	})
	return all
}

// concat returns what is in parts; none of them is empty.
func concat[T any](w *Worker, parts [][]T) []T {
	if len(parts) == 0 {
		return nil
	}
	if len(parts) == 1 {
		return parts[0]
	}
	starts, n := make([]int, len(parts)), 0
	for i, p := range parts {
		starts[i] = n
		n += len(p)
	}
	all := make([]T, n)
	For(w, len(parts), func(i int) { copy(all[starts[i]:], parts[i]) })
	return all
}

type folding[T, A any] struct {
	push     push[T]
	add      func(acc A, v T) A
	join     func(a, b A) A
	identity A
}

func (f folding[T, A]) Empty() A                    { return f.identity }
func (f folding[T, A]) Combine(_ *Worker, a, b A) A { return f.join(a, b) }
func (f folding[T, A]) Fold(_ *Worker, acc A, lo, hi int) A {
	f.push(lo, hi, func(v T) { acc = f.add(acc, v) })
	return acc
}

type visiting[T any] struct {
	noResult
	push push[T]
	f    func(v T)
}

func (v visiting[T]) Fold(_ *Worker, _ struct{}, lo, hi int) (_ struct{}) {
	v.push(lo, hi, v.f)
	return
}

type counting[T any] push[T]

func (counting[T]) Empty() int                      { return 0 }
func (counting[T]) Combine(_ *Worker, a, b int) int { return a + b }
func (c counting[T]) Fold(_ *Worker, acc int, lo, hi int) int {
	c(lo, hi, func(T) { acc++ })
	return acc
}

// placing writes each element where it belongs.
type placing[T any] struct {
	noResult
	all  []T
	push push[T]
}

func (p placing[T]) Fold(_ *Worker, _ struct{}, lo, hi int) (_ struct{}) {
	at := lo
	p.push(lo, hi, func(v T) {
		p.all[at] = v
		at++
	})
	return
}

// collecting appends to the last of its parts, none of which is empty.
type collecting[T any] push[T]

func (collecting[T]) Empty() [][]T                        { return nil }
func (collecting[T]) Combine(_ *Worker, a, b [][]T) [][]T { return append(a, b...) }
func (c collecting[T]) Fold(_ *Worker, parts [][]T, lo, hi int) [][]T {
	var last []T
	if n := len(parts); n > 0 {
		parts, last = parts[:n-1], parts[n-1]
	}
	c(lo, hi, func(v T) { last = append(last, v) })
	if last == nil {
		return parts
	}
	return append(parts, last)
}
