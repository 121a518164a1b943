package par

import (
	"time"

	"github.com/magpie-go/magpie/internal/forkjoin"
)

// StopClock makes loops take no time, as far as they can see, until the function that it
// returns is called. Nobody else may run one meanwhile.
func StopClock() (start func()) {
	running := now
	now = func() time.Duration { return 0 }
	return func() { now = running }
}

// Detached returns a worker of no runtime.
func Detached() *Worker { return worker(forkjoin.NewDetached()) }

// Inside returns what w is inside.
func Inside(w *Worker) *forkjoin.Worker { return &w.w }

// Within runs f on a worker of w's runtime.
func Within(w *Worker, f func(w *Worker)) { w.w.On(func(w *forkjoin.Worker) { f(worker(w)) }) }
