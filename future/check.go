package future

// notNil panics at construction for a missing future or function, where the caller
// can still see which line made it.
func notNil(present bool, who, what, accepted string) {
	if !present {
		panic("future: " + who + ": nil " + what + "; pass " + accepted)
	}
}

const (
	aFuture = "a value that implements Future, or Value(v) for one that is at hand"
	aFunc   = "a non-nil func"
	aPool   = "new(BlockingPool), which is ready to use"
)

// ended panics for a poll of a future that has ended.
func ended(who string) {
	panic("future: " + who + " polled after Ready (or after Drop): a future answers once, make a new one")
}

// made returns what an operation is a handle of. A zero operation is one of nothing.
func made[F any](f *F, op, makers string) *F {
	if f == nil {
		zero(op, makers)
	}
	return f
}

// zero panics for an operation that none of its makers has made.
func zero(op, makers string) { panic("future: a zero " + op + ": " + makers) }
