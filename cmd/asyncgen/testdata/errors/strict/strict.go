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

//magpie:async
func assigns(co, other *future.Co) {
	co = other
	_, _ = future.Yield().Await(co)
}

//magpie:async
func declares(co *future.Co) {
	var n, x = 1, co
	_, _ = future.Yield().Await(x)
	_ = n
}

//magpie:async
func compares(co *future.Co) {
	if co != nil {
		_, _ = future.Yield().Await(co)
	}
}
