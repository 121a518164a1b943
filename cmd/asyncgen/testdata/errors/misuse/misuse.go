package misuse

import "github.com/magpie-go/magpie/future"

type session struct{ co *future.Co }

//magpie:async
func stored(co *future.Co) error {
	s := session{co: co}
	_ = s
	return nil
}

//magpie:async
func storedLater(co *future.Co, s *session) {
	s.co = co
}

//magpie:async
func onGoroutine(co *future.Co) {
	go func() {
		_, _ = future.Yield().Await(co)
	}()
}

//magpie:async
func inLiteral(co *future.Co) {
	f := func() { _, _ = future.Yield().Await(co) }
	f()
}

//magpie:async
func droppedInLiteral(co *future.Co) func() bool {
	return func() bool { return co.Dropped() }
}
