package marks

import "github.com/magpie-go/magpie/future"

//magpie:async
func noCo(x int) {}

//magpie:async
func later(x int, co *future.Co) {}

//magpie:async
func noBody(co *future.Co)
