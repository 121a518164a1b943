package sched

import (
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// A worker that goes from poll to poll for long does not stall: it notes, again and again, that
// it looks around.
func TestAWorkerThatLooksAroundDoesNotStall(t *testing.T) {
	rt, err := New(Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	Spawn(rt, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		cx.PollAgain()
		return future.Pending[future.Unit]()
	}))
	w := rt.workers[0]
	seen, patience := map[int64]bool{}, time.Now().Add(30*time.Second)
	for len(seen) < 10 {
		if at := w.served.Load(); at != 0 {
			seen[at] = true
		}
		if time.Now().After(patience) {
			t.Fatalf("a busy worker has noted %d times that it looks around", len(seen))
		}
		runtime.Gosched()
	}
}

func TestStallsAreThoseOfLongAgo(t *testing.T) {
	w := handDriven(t)
	rt := w.rt
	for i := range 2 {
		rt.addWorker(newWorker(rt, i+1, w.reactor))
	}
	const s = time.Second
	rt.workers[0].awake(1 * s)
	rt.workers[1].awake(4 * s)
	rt.workers[2].awake(1 * s)
	rt.workers[2].asleep()
	stalls := rt.stalls(5*s, 2*s)
	if len(stalls) != 1 || stalls[0].Worker != 0 || stalls[0].For != 4*s {
		t.Errorf("stalls are %v, want worker 0 for 4 s", stalls)
	}
}
