package sched

// reportWaker is told what a waker of somebody else panicked with, called by a worker or by a
// thread that ended something that others wait for. It ends no task of ours: the task that it
// should have woken is its executor's.
func (rt *Runtime) reportWaker(v any, stack []byte) {
	rt.wakerPanics.Add(1)
	rt.reportPanic(&PanicError{Value: v, Stack: stack, Task: "a waker of another executor"})
}
