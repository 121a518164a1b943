package leaf

import "github.com/magpie-go/magpie/future"

// A go statement of an async function starts a goroutine that waits for it with a Co of its own:
// "go f(x)" is rewritten to "go leaf.Go1(f)(x)", which evaluates f and x when the statement is
// executed, as the language wants it. GoN is for functions of N parameters, GoNR for those that
// have a result too.

func Go0(fn func(*future.Co)) func() {
	return func() { Run(func(co *future.Co) { fn(co) }) }
}

func Go0R[R any](fn func(*future.Co) R) func() {
	return func() { Run(func(co *future.Co) { fn(co) }) }
}

func Go1[A any](fn func(*future.Co, A)) func(A) {
	return func(a A) { Run(func(co *future.Co) { fn(co, a) }) }
}

func Go1R[A, R any](fn func(*future.Co, A) R) func(A) {
	return func(a A) { Run(func(co *future.Co) { fn(co, a) }) }
}

func Go2[A, B any](fn func(*future.Co, A, B)) func(A, B) {
	return func(a A, b B) { Run(func(co *future.Co) { fn(co, a, b) }) }
}

func Go2R[A, B, R any](fn func(*future.Co, A, B) R) func(A, B) {
	return func(a A, b B) { Run(func(co *future.Co) { fn(co, a, b) }) }
}

func Go3[A, B, C any](fn func(*future.Co, A, B, C)) func(A, B, C) {
	return func(a A, b B, c C) { Run(func(co *future.Co) { fn(co, a, b, c) }) }
}

func Go3R[A, B, C, R any](fn func(*future.Co, A, B, C) R) func(A, B, C) {
	return func(a A, b B, c C) { Run(func(co *future.Co) { fn(co, a, b, c) }) }
}

func Go4[A, B, C, D any](fn func(*future.Co, A, B, C, D)) func(A, B, C, D) {
	return func(a A, b B, c C, d D) { Run(func(co *future.Co) { fn(co, a, b, c, d) }) }
}

func Go4R[A, B, C, D, R any](fn func(*future.Co, A, B, C, D) R) func(A, B, C, D) {
	return func(a A, b B, c C, d D) { Run(func(co *future.Co) { fn(co, a, b, c, d) }) }
}

func Go5[A, B, C, D, E any](fn func(*future.Co, A, B, C, D, E)) func(A, B, C, D, E) {
	return func(a A, b B, c C, d D, e E) { Run(func(co *future.Co) { fn(co, a, b, c, d, e) }) }
}

func Go5R[A, B, C, D, E, R any](fn func(*future.Co, A, B, C, D, E) R) func(A, B, C, D, E) {
	return func(a A, b B, c C, d D, e E) { Run(func(co *future.Co) { fn(co, a, b, c, d, e) }) }
}

func Go6[A, B, C, D, E, F any](fn func(*future.Co, A, B, C, D, E, F)) func(A, B, C, D, E, F) {
	return func(a A, b B, c C, d D, e E, f F) { Run(func(co *future.Co) { fn(co, a, b, c, d, e, f) }) }
}

func Go6R[A, B, C, D, E, F, R any](fn func(*future.Co, A, B, C, D, E, F) R) func(A, B, C, D, E, F) {
	return func(a A, b B, c C, d D, e E, f F) { Run(func(co *future.Co) { fn(co, a, b, c, d, e, f) }) }
}
