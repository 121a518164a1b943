package strict

import (
	"iter"

	"github.com/magpie-go/magpie/future"
)

//magpie:async
func each(co *future.Co, seq iter.Seq[int]) {
	for range seq {
		_, _ = future.Yield().Await(co)
	}
}

//magpie:async
func keeps(co *future.Co) {
	x := co
	_, _ = future.Yield().Await(x)
}
