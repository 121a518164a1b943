package sched_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

func fallsOver(*future.Co) (int, error) { panic("ouch") }

func fallsOverLater(co *future.Co) (int, error) {
	co.Yield()
	panic("ouch")
}

// A report calls a task by its async function, also where others are around it.
func TestAPanicNamesTheAsyncFunction(t *testing.T) {
	rt := newRuntime(t, sched.Config{Workers: 2})
	defer shutdown(t, rt)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, c := range []struct {
		f    future.Future[int]
		want string
	}{
		{future.Async(fallsOver), "sched_test.fallsOver"},
		{future.Async(fallsOverLater), "sched_test.fallsOverLater"},
		{future.Async(func(co *future.Co) (int, error) { return future.Await(co, future.Async(fallsOver)) }), "TestAPanicNamesTheAsyncFunction.func"},
		{future.WithContext(ctx, future.Async(fallsOverLater)), "sched_test.fallsOverLater"},
		{future.Ref(future.Async(fallsOver)), "sched_test.fallsOver"},
	} {
		_, err := sched.Spawn(rt, c.f).Wait(soon(t))
		var p *sched.PanicError
		if !errors.As(err, &p) {
			t.Fatalf("%s: ended with %v", c.want, err)
		}
		if p.Value != "ouch" || !strings.HasSuffix(strings.TrimRight(p.Task, "0123456789"), c.want) {
			t.Errorf("the task is called %q, want %q", p.Task, c.want)
		}
	}
}
