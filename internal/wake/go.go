package wake

// Go runs f, which calls wakers or other code of somebody else, on a goroutine of its own. If one of them ends that by
// runtime.Goexit, f is called again on another, and goes on with what is left.
func Go(f func()) { go keepRunning(f) }

func keepRunning(f func()) {
	returned := false
	defer func() {
		if !returned {
			Go(f)
		}
	}()
	f()
	returned = true
}
