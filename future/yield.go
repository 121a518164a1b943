package future

import "github.com/magpie-go/magpie/waker"

// Yield returns a future that is Pending once, having woken itself, and Ready at the
// next poll: it lets the executor's other tasks go first.
func Yield() Future[Unit] { return new(yieldFuture) }

// yieldFuture counts the polls that have moved it on.
type yieldFuture uint8

func (y *yieldFuture) Poll(cx *waker.Context) Poll[Unit] {
	switch *y {
	case 0:
		*y = 1
		cx.PollAgain()
		return Pending[Unit]()
	case 1:
		if !cx.Spend() {
			return Pending[Unit]()
		}
		*y = 2
		return Ready(Unit{})
	}
	ended("Yield")
	return Pending[Unit]()
}
