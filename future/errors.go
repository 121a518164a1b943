package future

import (
	"errors"
	"fmt"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/thread"
)

var (
	// ErrDropped is the outcome of work that was given up before it ended: what
	// [Await] returns to the deferred functions of an async function that is being
	// dropped, and the handle of a task whose pool was closed.
	ErrDropped = errors.New("future: dropped before it was ready")

	// ErrClosed is the outcome of a receive from a closed channel, and of blocking
	// work handed to a closed pool.
	ErrClosed = errors.New("future: closed")

	// ErrEnd is what comes after the last of several values, as from [Unordered.Next]. It is
	// returned bare, and by nothing that is one of the values.
	ErrEnd = errors.New("future: there are no more values")

	// ErrOnWorker is what a call that would put a worker of a runtime to sleep returns
	// instead: [BlockOn], [RunUntil], and those of package sched that wait.
	ErrOnWorker = thread.ErrOnWorker

	// ErrGoexit tells that a function called runtime.Goexit (as testing's FailNow
	// does) on a goroutine that belongs to an executor. A blocking function then
	// fails with it; the body of an async function or of a generator panics with it
	// in whoever drives it.
	ErrGoexit = origin.ErrGoexit
)

// PanicError is a panic that reached its owner as an error, because it happened on
// a goroutine other than the owner's.
type PanicError struct {
	// Task is what panicked, if that was a task's poll: the type of its future, or the name of
	// its async function. Otherwise it is empty.
	Task  string
	Value any    // what was given to panic
	Stack []byte // of where it panicked, as by debug.Stack
}

// Error tells the value and the stack.
func (e *PanicError) Error() string {
	if e.Task != "" {
		return fmt.Sprintf("magpie: task %s panicked: %v\n\n%s", e.Task, e.Value, e.Stack)
	}
	return fmt.Sprintf("magpie: panic: %v\n\n%s", e.Value, e.Stack)
}

// Unwrap returns the value of the panic if that was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Recovered makes a PanicError of what recover returned. It is called by the function that
// has called recover, and panics for nil. A panic of an async function, a generator, a task
// under [LocalPool.Run] or a forked function that goes on in whoever drives it has the same
// value there, but not the same stack; Stack is that of its origin.
//
//	defer func() {
//		if v := recover(); v != nil {
//			err = future.Recovered(v)
//		}
//	}()
func Recovered(v any) *PanicError {
	notNil(v != nil, "Recovered", "value", "what recover returned")
	return &PanicError{Value: v, Stack: origin.Stack(v)}
}
