package coord

// nilReceiver panics for a method of a nil pointer.
func nilReceiver(what, accepted string) {
	panic("coord: a nil " + what + ": " + accepted)
}

// overOp panics for an operation that has ended, or was never made.
func overOp(what, maker string) {
	panic("coord: a " + what + " polled after Ready (or after Drop), or a nil or zero one: make another with " + maker)
}
