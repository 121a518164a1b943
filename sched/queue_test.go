package sched

import (
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/sys"
)

// onThisCore returns a runtime, which nobody runs, whose worker 0 is pinned where the test
// stays, and a function that asks whom to wake.
func onThisCore(t *testing.T, workers int) (*Runtime, func() int) {
	cpu := sys.CPU()
	if cpu < 0 {
		t.Skip("the system does not tell where a thread runs")
	}
	rt := &Runtime{started: time.Now(), peers: make([]*peer, workers), onCore: make([]uint16, cpu+1)}
	rt.onCore[cpu] = 1
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	return rt, func() int {
		for range 100 { // the thread may have been moved
			if i := rt.beside(2); i != 2 || sys.CPU() == cpu {
				return i
			}
		}
		t.Skip("the thread does not stay on its core")
		return 0
	}
}

func TestWakesTheWorkerOnTheWakersOwnCore(t *testing.T) {
	rt, beside := onThisCore(t, 3)
	rt.wokenOutside.Store(-int64(time.Hour))
	if i := beside(); i != 0 && i != 1 { // 1 if it had to be asked twice
		t.Errorf("worker %d is woken, want the one on this core", i)
	}
}

func TestWakesAnotherIfItIsOftenWoken(t *testing.T) {
	rt, beside := onThisCore(t, 3)
	rt.wokenOutside.Store(int64(time.Hour)) // later than the next one: no time has passed
	if i := beside(); i != 1 {
		t.Errorf("worker %d is woken, want the one after that on this core", i)
	}
}

func TestWakesTheInboxsWorkerFromACoreOfNone(t *testing.T) {
	rt := &Runtime{started: time.Now(), peers: make([]*peer, 3)}
	if i := rt.beside(2); i != 2 {
		t.Errorf("worker %d is woken, want the one whose inbox it is", i)
	}
}
