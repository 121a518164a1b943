// Package unreturned says what a call of a user's code has come to that has not returned.
package unreturned

import "github.com/magpie-go/magpie/future"

// Error makes an error of what recover has returned in a function that the call has deferred: a *future.PanicError, or
// future.ErrGoexit for nil, as the call has ended its goroutine.
func Error(recovered any) error {
	if recovered == nil {
		return future.ErrGoexit
	}
	return future.Recovered(recovered)
}
