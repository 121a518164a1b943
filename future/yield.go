package future

import "github.com/magpie-go/magpie/waker"

// Yield returns a future that is Pending once, having woken itself, and Ready at the
// next poll: it lets the executor's other tasks go first.
func Yield() Future[Unit] { return new(yieldFuture) }

// yieldFuture counts its polls.
type yieldFuture uint8

func (y *yieldFuture) Poll(cx *waker.Context) Poll[Unit] {
	switch *y++; *y {
	case 1:
		cx.PollAgain()
		return Pending[Unit]()
	case 2:
		return Ready(Unit{})
	}
	*y = 2 // so that the count never comes round
	ended("Yield")
	return Pending[Unit]()
}
