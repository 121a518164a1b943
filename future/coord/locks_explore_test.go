//go:build explore

package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testkit"
)

// patient waits on its thread until f is ready.
func patient[T any](f future.Future[T]) (T, error) {
	for task := new(testkit.Sleeper); ; task.Wait() {
		if p := f.Poll(task.Context()); p.IsReady() {
			return p.Result()
		}
	}
}

// impatient polls f once, or twice, and drops it if it is not ready then.
func impatient[T any](f future.Future[T], polls int) (v T, ok bool) {
	task := new(testkit.Sleeper)
	for range polls {
		if p := f.Poll(task.Context()); p.IsReady() {
			v, err := p.Result()
			return v, err == nil
		}
	}
	future.Drop(f)
	return v, false
}

// seated polls an operation before the model begins; it must be pending.
func seated[T any](task *testkit.Sleeper, f future.Future[T]) {
	if f.Poll(task.Context()).IsReady() {
		panic("an operation is ready before the model begins")
	}
}
