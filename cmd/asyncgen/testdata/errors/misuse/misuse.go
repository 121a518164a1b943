package misuse

import (
	"sync"
	"time"

	"github.com/magpie-go/magpie/future"
)

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

var kept *future.Co

//magpie:async
func global(co *future.Co) {
	kept = co
}

//magpie:async
func sent(co *future.Co, to chan *future.Co) {
	to <- co
}

//magpie:async
func returned(co *future.Co) *future.Co {
	return co
}

//magpie:async
func later(co *future.Co) {
	time.AfterFunc(time.Second, func() { co.Yield() })
}

//magpie:async
func group(co *future.Co, g *sync.WaitGroup) {
	work := func(co *future.Co) { co.Yield() }
	g.Go(func() { work(co) })
}
