package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/waker"
)

// What runs until a token is cancelled, by when that is: before the first poll, while it waits, or never. A wake-up comes
// with the cancellation alone, and only to who waits.
func TestRunUntilCancelledByWhen(t *testing.T) {
	second := func() future.Future[int] { // is ready on its second poll
		polled := false
		return future.Func(func(*waker.Context) future.Poll[int] {
			if polled {
				return future.Ready(7)
			}
			polled = true
			return future.Pending[int]()
		})
	}
	const pend = -1
	for name, c := range map[string]struct {
		f      future.Future[int]
		before bool // cancelled before the first poll
		first  int  // what the first poll comes to, or pend; 0 for ErrCancelled
		during bool // cancelled after the first poll
		then   int  // what the second poll comes to, after a first one that pends
		wakes  int32
	}{
		"ready":                        {f: future.Value(7), first: 7},
		"pending":                      {f: future.Box(future.Never[int]()), first: pend, then: pend},
		"ready, cancelled before":      {f: future.Value(7), before: true},
		"pending, cancelled before":    {f: future.Box(future.Never[int]()), before: true},
		"pending, cancelled meanwhile": {f: future.Box(future.Never[int]()), first: pend, during: true, wakes: 1},
		"ready on the second poll":     {f: second(), first: pend, then: 7},
	} {
		t.Run(name, func(t *testing.T) {
			token, p := coord.NewCancelToken(), newPeer()
			if c.before {
				token.Cancel()
			}
			op := coord.RunUntilCancelled(token, future.Of(c.f))
			poll := func(want int) {
				t.Helper()
				switch want {
				case pend:
					pends(t, p, &op)
				case 0:
					comes(t, p, &op, 0, coord.ErrCancelled)
				default:
					comes(t, p, &op, want, nil)
				}
			}
			poll(c.first)
			if c.first == pend {
				if c.during {
					token.Cancel()
				}
				p.woken(t, c.wakes)
				poll(c.then)
			}
			p.woken(t, 0)
			op.Drop()
			p.gone(t)
		})
	}
}
