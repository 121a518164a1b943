package sched

import "context"

// ContextOf returns the context of the task that the caller runs in, for what takes one: a client library, a query. It
// has the deadline and the values of Options.Context, as values also the task-locals by their keys, and is done when
// the task has ended, with [ErrAborted] or [ErrShutdown] as its cause if it was dropped. For a task without Options,
// and outside of tasks, it is that of the runtime, [Runtime.Context]. s is as for Spawn. The first call of a task
// allocates.
func ContextOf(s Spawner) context.Context {
	rt, w := by(s, "ContextOf")
	x := w.extras()
	if x == nil {
		return rt.Context()
	}
	if x.ctx == nil {
		parent := x.parent
		if parent == nil {
			parent = rt.Context()
		}
		x.ctx = &taskContext{locals: x.locals, task: Task{ID: w.polling.id(), Name: w.polling.name(), Worker: w.id}}
		x.ctx.Context, x.ctx.cancel = context.WithCancelCause(parent)
	}
	return x.ctx
}

// taskContext is the context of a task.
type taskContext struct {
	context.Context
	cancel context.CancelCauseFunc
	locals *local
	task   Task
}

// taskKey is what a task's context has its Task under.
type taskKey struct{}

// Value implements context.Context.
func (c *taskContext) Value(key any) any {
	if key == (taskKey{}) {
		return c.task
	}
	if v, ok := c.locals.find(key); ok {
		return v
	}
	return c.Context.Value(key)
}

// end is called when the task has ended.
func (x *extras) end(err error) {
	x.locals, x.parent = nil, nil
	if x.ctx != nil {
		x.ctx.cancel(err)
		x.ctx = nil
	}
}
