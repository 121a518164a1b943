package sched

import (
	"context"
	"log/slog"
	"runtime/pprof"
	"runtime/trace"
)

// profile begins what shows a task in profiles and traces for the time of a poll, and returns how to end it. What an async
// function has of its own, a goroutine, inherits the labels.
func (x *extras) profile() (end func()) {
	if x.labels == nil {
		x.labels = pprof.WithLabels(context.Background(), pprof.Labels("task", x.name))
	}
	pprof.SetGoroutineLabels(x.labels)
	region := trace.StartRegion(x.labels, x.name)
	return func() {
		region.End()
		pprof.SetGoroutineLabels(context.Background())
	}
}

// LogHandler returns a handler that adds to each record the task that it was made in, as the attributes "task", its name,
// and "task_id", and hands it to next. The task is that whose poll the caller runs in, or that of the record's
// context, if it is one of [ContextOf]. A record made in no task goes on as it is.
//
//	slog.SetDefault(slog.New(sched.LogHandler(slog.NewJSONHandler(os.Stderr, nil))))
func LogHandler(next slog.Handler) slog.Handler {
	if next == nil {
		panic("sched: LogHandler of a nil slog.Handler")
	}
	return logHandler{next}
}

type logHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (l logHandler) Handle(ctx context.Context, r slog.Record) error {
	task, ok := CurrentTask(nil)
	if !ok && ctx != nil {
		task, ok = ctx.Value(taskKey{}).(Task)
	}
	if ok {
		r = r.Clone()
		r.AddAttrs(slog.String("task", task.Name), slog.String("task_id", task.ID.String()))
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{l.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (l logHandler) WithGroup(name string) slog.Handler { return logHandler{l.Handler.WithGroup(name)} }
