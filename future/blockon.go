package future

import (
	"fmt"

	"github.com/magpie-go/magpie/internal/thread"
	"github.com/magpie-go/magpie/waker"
)

// BlockOn drives f on the calling goroutine and returns what it ends with. Between
// polls the goroutine sleeps until f's waker is called. It takes f over: if a poll
// panics, f is dropped and the panic goes on to the caller.
//
// It is the executor for main functions, tests, and code that is not asynchronous.
// Inside a poll it would block the thread that polls: there, await instead. On a worker of a
// runtime, where what f waits for might never come, it does not sleep: it drops f and returns
// [ErrOnWorker].
func BlockOn[T any](f Future[T]) (T, error) {
	notNil(f != nil, "BlockOn", "future", aFuture)
	p := newParker()
	// With a budget, for f may have parts that must not starve each other.
	var budget waker.Budget
	cx := waker.NewContext(p.waker(), nil, &budget)
	done := false
	defer func() {
		if !done {
			Drop(f)
		}
	}()
	for checked := false; ; {
		budget.Refill(localBudget)
		answer := f.Poll(&cx)
		if answer.ready {
			done = true
			return answer.Result()
		}
		if !checked && len(p.token) == 0 { // it is about to sleep
			if thread.Current() != nil {
				var zero T
				return zero, fmt.Errorf("BlockOn: %w", ErrOnWorker)
			}
			checked = true
		}
		p.park()
	}
}
