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
