package marks

import "github.com/magpie-go/magpie/future"

//magpie:async
func noCo(x int) {}

//magpie:async
func later(x int, co *future.Co) {}

//magpie:async
func noBody(co *future.Co)

//magpie:async

func apart(co *future.Co) { co.Yield() }

// magpie:async
func spaced(co *future.Co) { co.Yield() }

//magpie:async
var variable = func(co *future.Co) { co.Yield() }

func around() {
	//magpie:async
	apart(nil)
}
