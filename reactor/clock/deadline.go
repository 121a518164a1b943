package clock

import (
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor"
)

// Deadline returns an operation that becomes what op becomes, or fails with [ErrTimeout] if op is not
// ready at a time; op is then dropped. It is a [Timeout] that several operations can share.
func Deadline[T any, F future.Op[T]](op F, at time.Time) TimeoutOp[T, F] {
	return TimeoutOp[T, F]{op: future.Hold[T](op, "clock: Deadline"), alarm: reactor.NewAlarmAt(at)}
}
