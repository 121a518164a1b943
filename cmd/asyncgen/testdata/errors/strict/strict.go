package strict

import (
	"iter"

	"github.com/magpie-go/magpie/future"
)

//magpie:async
func each(co *future.Co, seq iter.Seq[int]) {
	for range seq {
		_, _ = future.Await(co, future.Yield())
	}
}

//magpie:async
func keeps(co *future.Co) {
	x := co
	_, _ = future.Await(x, future.Yield())
}
