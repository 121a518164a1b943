package future

import "github.com/magpie-go/magpie/waker"

// Yield returns an operation that is Pending once, having woken itself, and Ready at the
// next poll: it lets the executor's other tasks go first.
func Yield() YieldOp { return YieldOp{} }

// YieldLow is [Yield] of a task that has had its share and has more to do: an executor that has priorities polls it
// again as if it had a low one. With magpie's, everything else that is ready goes first, but for one such poll in 73.
func YieldLow() YieldOp { return YieldOp{state: yieldLow} }

// YieldOp is what [Yield] and [YieldLow] return.
type YieldOp struct{ state yieldState }

type yieldState uint8

const (
	yieldNew yieldState = iota
	yieldLow            // new
	yieldPolled
	yieldOver
)

// Poll implements Future.
func (y *YieldOp) Poll(cx *waker.Context) Poll[Unit] {
	switch y.state {
	case yieldNew:
		y.state = yieldPolled
		cx.PollAgain()
		return Pending[Unit]()
	case yieldLow:
		y.state = yieldPolled
		cx.PollAgainLow()
		return Pending[Unit]()
	case yieldPolled:
		if !cx.Spend() {
			return Pending[Unit]()
		}
		y.state = yieldOver
		return Ready(Unit{})
	}
	ended("Yield")
	return Pending[Unit]()
}

// Await waits, see [Co.Yield].
func (y YieldOp) Await(co *Co) (Unit, error) { return AwaitOp(co, y) }
