package schedtest_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched/schedtest"
	"github.com/magpie-go/magpie/waker"
)

// A simulation that never lets its clock jump sleeps until a thread outside wakes a task, as often as one does.
func TestWokenFromOutside(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{Grace: schedtest.NoJump})
	never := time.AfterFunc(20*time.Second, func() { panic("a task that was woken is not polled") })
	defer never.Stop()
	wakers := make(chan waker.Waker)
	var woken atomic.Bool
	go func() {
		for w := range wakers {
			time.Sleep(100 * time.Microsecond) // it is asleep by then, or there is another round
			woken.Store(true)
			w.Wake()
		}
	}()
	for rt.Sched().Metrics().Wakes < 3 {
		woken.Store(false)
		asked := false
		_, err := schedtest.Run(rt, future.Func(func(cx *waker.Context) future.Poll[int] {
			switch {
			case woken.Load():
				return future.Ready(0)
			case !asked:
				asked = true
				wakers <- cx.Waker().Clone()
			}
			return future.Pending[int]()
		}))
		if err != nil {
			t.Fatal(err)
		}
	}
	close(wakers)
}
