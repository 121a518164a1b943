package future

import (
	"github.com/magpie-go/magpie/internal/droppedco"
	"github.com/magpie-go/magpie/internal/gid"
)

// A compiled function has no Co. When it is dropped, its deferred functions that await run
// uncompiled, with one that knows of nothing else.
func init() {
	droppedco.With = func(f func(co any)) {
		co := &Co{routine: coroutine{status: coRunning, closing: true, id: gid.Current()}}
		defer func() { co.routine.status = coEnded }()
		f(co)
	}
}
