package future_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
)

var ctxForTest = context.Background()

func TestFromChan(t *testing.T) {
	ch := make(chan int, 1)
	e := newExecutor()
	ch <- 1
	mustReady(t, e, future.FromChan(ch), 1, nil)

	f := future.FromChan(ch)
	mustPend(t, e, f)
	mustPend(t, e, f)
	ch <- 2
	if v, err := drive(e, f); v != 2 || err != nil {
		t.Errorf("%d, %v; want 2", v, err)
	}

	f = future.FromChan(ch)
	mustPend(t, e, f)
	future.Drop(f)
	future.Drop(f)

	fresh := future.FromChan(ch)
	future.Drop(fresh)

	f = future.FromChan(ch)
	mustPend(t, e, f)
	close(ch)
	if _, err := drive(e, f); err != future.ErrClosed {
		t.Errorf("%v, want %v", err, future.ErrClosed)
	}
	mustReady(t, e, future.FromChan(ch), 0, future.ErrClosed)
	e.balanced(t)
}

func TestFromChanTakesNothingAfterItsGoroutineWasReleased(t *testing.T) {
	ch := make(chan int)
	e := newExecutor()
	before := runtime.NumGoroutine()
	f := future.FromChan(ch)
	mustPend(t, e, f)
	future.Drop(f)
	for runtime.NumGoroutine() > before {
		runtime.Gosched()
	}
	select {
	case ch <- 1:
		t.Error("somebody still receives")
	default:
	}
}

func TestWithContext(t *testing.T) {
	e := newExecutor()
	reason := errors.New("enough")
	ctx, cause := context.WithCancelCause(t.Context())
	child := &probe[int]{}
	f := future.WithContext(ctx, child)
	mustPend(t, e, f)
	mustPend(t, e, f)
	cause(reason)
	if _, err := drive(e, f); err != reason {
		t.Errorf("%v, want the cause, %v", err, reason)
	}
	if child.drops != 1 {
		t.Errorf("the child was dropped %d times", child.drops)
	}

	child = &probe[int]{}
	mustReady(t, e, future.WithContext(ctx, child), 0, reason)
	if child.polls != 0 || child.drops != 1 {
		t.Errorf("with a ctx that is done: %d polls, %d drops; want 0, 1", child.polls, child.drops)
	}

	child = &probe[int]{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	f = future.WithContext(ctx, child)
	mustPend(t, e, f)
	child.complete(4, nil)
	mustReady(t, e, f, 4, nil)

	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := future.BlockOn(future.WithContext(ctx, &probe[int]{})); err != context.DeadlineExceeded {
		t.Errorf("%v, want %v", err, context.DeadlineExceeded)
	}
	e.balanced(t)
}

// callbacks is a context that counts who waits for its end.
type callbacks struct {
	context.Context
	done    chan struct{}
	waiting int
}

// Done is a channel of its own: package context would go past AfterFunc otherwise.
func (c *callbacks) Done() <-chan struct{} { return c.done }

func (c *callbacks) AfterFunc(func()) func() bool {
	c.waiting++
	return func() bool { c.waiting--; return true }
}

func TestWithContextLeavesNothingWithItsContext(t *testing.T) {
	ctx := &callbacks{Context: t.Context(), done: make(chan struct{})}
	e := newExecutor()
	for _, end := range []func(f future.Future[int], child *probe[int]){
		func(f future.Future[int], child *probe[int]) { future.Drop(f) },
		func(f future.Future[int], child *probe[int]) { child.complete(1, nil); mustReady(t, e, f, 1, nil) },
	} {
		child := &probe[int]{}
		f := future.WithContext(ctx, child)
		mustPend(t, e, f)
		if ctx.waiting != 1 {
			t.Fatalf("%d functions wait for the context", ctx.waiting)
		}
		end(f, child)
		if ctx.waiting != 0 {
			t.Errorf("%d functions still wait for the context", ctx.waiting)
		}
	}
	e.balanced(t)
}

func TestWithContextCancelsAnAsyncFunction(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cleaned := false
	f := future.WithContext(ctx, future.Async(func(co *future.Co) (int, error) {
		defer func() { cleaned = true }()
		cancel()
		return future.Await(co, &probe[int]{})
	}))
	if _, err := future.BlockOn(f); err != context.Canceled || !cleaned {
		t.Errorf("%v, cleaned up %v; want %v and true", err, cleaned, context.Canceled)
	}
}
