package hidden

import "github.com/magpie-go/magpie/future"

type error = any

var panic = print

//magpie:async
func waits(co *future.Co) {
	future.Yield().Await(co)
}
