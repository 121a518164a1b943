package random

// prelude is what every package of random programs begins with, in the text of both variants.
const prelude = `
type In struct{ c int }

type S struct {
	a  int
	b  string
	in In
}

type I interface{ Add(§Px int) int }

§m
func (s S) Add(§Px int) int {
	§s
	return s.a + §ox)
}

§m
func (s *S) Grow(§Px int) {
	s.a += x
	§s
	s.in.c += x
}

§m
func choose[T any](§Pc bool, a, b T) T {
	if §oc) {
		return a
	}
	return b
}

§m
func sum(§Pxs ...int) (n int) {
	for _, x := range xs {
		n += §ox)
	}
	return n
}

§m
func twice(§Px int) int { return x + §ox) }

§m
func both(§Pi int, s string) (int, string) {
	§s
	return §oi) + 1, s
}

§m
func note(§Pid, x int) {
	rt.Log(id, "before", x)
	§s
	rt.Log(id, x)
}

type failure int

func (f failure) Error() string { return rt.S(int(f)) }

func upto(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
`

// plainPrelude is what waits are in plain programs.
const plainPrelude = `
func of[T any](v T) T           { return v }
func step()                     {}
func two[T any](v T) (T, error) { return v, nil }
func do(f func() error) (struct{}, error) {
	return struct{}{}, f()
}
`
