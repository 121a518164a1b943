package future

import "github.com/magpie-go/magpie/waker"

// BlockOn drives f on the calling goroutine and returns what it ends with. Between
// polls the goroutine sleeps until f's waker is called. It takes f over: if a poll
// panics, f is dropped and the panic goes on to the caller.
//
// It is the executor for main functions, tests, and code that is not asynchronous.
// Inside a poll it would block the thread that polls: there, await instead.
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
	for {
		budget.Refill(localBudget)
		answer := f.Poll(&cx)
		if answer.ready {
			done = true
			return answer.Result()
		}
		p.park()
	}
}
