package coord_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/waker"
)

func TestCancelWakesAllThatWait(t *testing.T) {
	token := coord.NewCancelToken()
	var hs []*hand
	var ops []*coord.CancelledOp
	for range 20 {
		h, op := newHand(), token.Cancelled()
		pending(t, h, &op)
		pending(t, h, &op)
		hs, ops = append(hs, h), append(ops, &op)
	}
	if token.IsCancelled() || token.Err() != nil {
		t.Error("cancelled from the start")
	}
	ops[4].Drop()
	hs[4].idle(t, 0)
	token.Cancel()
	token.Cancel()
	for i, op := range ops {
		if i == 4 {
			hs[i].idle(t, 0)
			continue
		}
		hs[i].idle(t, 1)
		ready(t, hs[i], op)
	}
	ready(t, newHand(), opOf(token.Cancelled()))
	if err := token.Err(); !token.IsCancelled() || !errors.Is(err, coord.ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, %v", token.IsCancelled(), err)
	}
}

// tree is a token, its child and the child of that.
func tree() (root, child, grandchild *coord.CancelToken) {
	root = new(coord.CancelToken)
	child = root.Child()
	return root, child, child.Child()
}

func TestCancelGoesDownAndNotUp(t *testing.T) {
	for which := range 3 {
		root, child, grandchild := tree()
		tokens := []*coord.CancelToken{root, child, grandchild}
		sibling := root.Child()
		var hs []*hand
		var ops []*coord.CancelledOp
		for _, token := range tokens {
			h, op := newHand(), token.Cancelled()
			pending(t, h, &op)
			hs, ops = append(hs, h), append(ops, &op)
		}
		tokens[which].Cancel()
		for i, token := range tokens {
			if token.IsCancelled() != (i >= which) {
				t.Errorf("%d was cancelled; %d: %v", which, i, token.IsCancelled())
			}
			if i >= which {
				hs[i].idle(t, 1)
				ready(t, hs[i], ops[i])
			} else {
				pending(t, hs[i], ops[i])
				ops[i].Drop()
				hs[i].idle(t, 0)
			}
		}
		if sibling.IsCancelled() != (which == 0) {
			t.Errorf("%d was cancelled; the sibling: %v", which, sibling.IsCancelled())
		}
	}
}

func TestCancelChildOfACancelledToken(t *testing.T) {
	root := coord.NewCancelToken()
	root.Cancel()
	child := root.Child()
	if !child.IsCancelled() || !child.Child().IsCancelled() {
		t.Error("not cancelled from the start")
	}
	ready(t, newHand(), opOf(child.Cancelled()))
	child.Cancel()
}

// A child that has been cancelled has left its parent: nothing is left behind, in any order.
func TestCancelledChildrenLeave(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1}} {
		root := coord.NewCancelToken()
		children := []*coord.CancelToken{root.Child(), root.Child(), root.Child()}
		for _, i := range order {
			children[i].Cancel()
		}
		for i, c := range children {
			cancelled := len(order) == 3 || i == order[0]
			if c.IsCancelled() != cancelled {
				t.Errorf("%v: %d is cancelled: %v", order, i, c.IsCancelled())
			}
		}
		h, op := newHand(), root.Cancelled()
		pending(t, h, &op)
		root.Cancel()
		h.idle(t, 1)
		for i, c := range children {
			if !c.IsCancelled() {
				t.Errorf("%v: %d is not cancelled with its parent", order, i)
			}
		}
	}
}

// What a long-lived token has had children for is collected once they are cancelled.
func TestCancelledChildrenAreCollected(t *testing.T) {
	root := coord.NewCancelToken()
	refs := make([]weak.Pointer[coord.CancelToken], 1)
	func() {
		child := root.Child()
		child.Child().Cancel()
		refs[0] = weak.Make(child)
		child.Cancel()
	}()
	for limit := time.Now().Add(time.Minute); testkit.Kept(refs) != 0; {
		if time.Now().After(limit) {
			t.Fatal("a cancelled child is kept")
		}
	}
	runtime.KeepAlive(root)
}

// The middle of a chain is not needed for the rest to be cancelled through it.
func TestCancelThroughAForgottenChild(t *testing.T) {
	root, _, grandchild := tree()
	runtime.GC()
	h, op := newHand(), grandchild.Cancelled()
	pending(t, h, &op)
	root.Cancel()
	h.idle(t, 1)
	ready(t, h, &op)
}

func TestRunUntilCancelled(t *testing.T) {
	token := coord.NewCancelToken()
	h := newHand()

	var n coord.Notify
	run := coord.RunUntilCancelled(token, n.Notified())
	pending(t, h, &run)
	n.NotifyOne()
	ready(t, h, &run)
	h.idle(t, 1)
	panics(t, func() { run.Poll(&h.cx) }, "UntilCancelledOp")

	lost := coord.RunUntilCancelled(token, n.Notified())
	pending(t, h, &lost)
	dropped := coord.RunUntilCancelled(token, n.Notified())
	pending(t, h, &dropped)
	dropped.Drop()
	dropped.Drop()
	token.Cancel()
	if _, err := settled(t, h, &lost); err != coord.ErrCancelled {
		t.Errorf("failed with %v", err)
	}
	h.idle(t, 2)

	polled := false
	never := coord.RunUntilCancelled(token, future.Of(future.Func(func(*waker.Context) future.Poll[int] {
		polled = true
		return future.Ready(7)
	})))
	if _, err := settled(t, h, &never); err != coord.ErrCancelled || polled {
		t.Errorf("failed with %v; polled: %v", err, polled)
	}
}

func TestCancelDropGuard(t *testing.T) {
	token := coord.NewCancelToken()
	guard := token.DropGuard()
	if guard.Disarm() != token || guard.Disarm() != nil {
		t.Error("Disarm returns something else than the token, once")
	}
	guard.Drop()
	if token.IsCancelled() {
		t.Error("a guard that was disarmed cancels")
	}
	guard = token.DropGuard()
	future.Discard(guard)
	if !token.IsCancelled() {
		t.Error("not cancelled")
	}
	guard.Drop()
	panics(t, func() { (*coord.CancelGuard)(nil).Drop() }, "nil CancelGuard")
}

func TestCancelMisuse(t *testing.T) {
	var none *coord.CancelToken
	for _, f := range []func(){
		func() { none.Child() }, none.Cancel, func() { none.Cancelled() }, func() { none.IsCancelled() }, func() { _ = none.Err() },
		func() { none.DropGuard() }, func() { none.Context(context.Background()) }, func() { coord.RunUntilCancelled(none, future.Yield()) },
	} {
		panics(t, f, "nil CancelToken")
	}
	var nothing context.Context
	panics(t, func() { coord.CancelTokenOf(nothing) }, "nil context")
	panics(t, func() { coord.NewCancelToken().Context(nothing) }, "nil parent")
	h := newHand()
	token := coord.NewCancelToken()
	token.Cancel()
	op := token.Cancelled()
	ready(t, h, &op)
	panics(t, func() { op.Poll(&h.cx) }, "CancelledOp")
	panics(t, func() { (*coord.CancelledOp)(nil).Drop() }, "CancelledOp")
}

func TestCancelTokenOfAContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	token, stop := coord.CancelTokenOf(ctx)
	defer stop()
	if token.IsCancelled() {
		t.Error("cancelled from the start")
	}
	cancel()
	wait(token.Cancelled())
	late, _ := coord.CancelTokenOf(ctx)
	if !late.IsCancelled() {
		t.Error("that of a context that is done is not cancelled at once")
	}

	ctx, cancel = context.WithCancel(context.Background())
	token, stop = coord.CancelTokenOf(ctx)
	if !stop() {
		t.Error("stop could not stop")
	}
	cancel()
	if token.IsCancelled() {
		t.Error("cancelled after stop")
	}
}

func TestCancelTokenToAContext(t *testing.T) {
	type key struct{}
	token := coord.NewCancelToken()
	parent, cancelParent := context.WithCancel(context.WithValue(context.Background(), key{}, 7))
	byToken, cancel := token.Context(parent)
	defer cancel()
	byParent, cancel2 := token.Context(parent)
	defer cancel2()
	byItself, cancel3 := token.Context(context.Background())
	if byToken.Err() != nil || byToken.Value(key{}) != 7 {
		t.Errorf("done from the start, or without its parent's values: %v, %v", byToken.Err(), byToken.Value(key{}))
	}
	cancel3()
	if byItself.Err() == nil || token.IsCancelled() {
		t.Error("cancel of the context is not the context's alone")
	}
	token.Cancel()
	<-byToken.Done()
	if cause := context.Cause(byToken); cause != coord.ErrCancelled {
		t.Errorf("the cause is %v", cause)
	}
	cancelParent()
	<-byParent.Done()
	late, _ := token.Context(context.Background())
	if context.Cause(late) != coord.ErrCancelled {
		t.Errorf("that of a cancelled token: %v", context.Cause(late))
	}
}

func TestCancelAllocatesNothing(t *testing.T) {
	token, over := coord.NewCancelToken(), coord.NewCancelToken()
	over.Cancel()
	allocates(t, "RunUntilCancelled", func(co *future.Co) { coord.RunUntilCancelled(token, future.Yield()).Await(co) })
	allocates(t, "Cancelled", func(co *future.Co) { over.Cancelled().Await(co) })
	if n := testing.AllocsPerRun(100, func() { token.Child().Cancel() }); n > 1 {
		t.Errorf("a child is %v allocations", n)
	}
}

// Children come and go on several threads, and wait, while the root is cancelled: all end.
func TestCancelFromThreads(t *testing.T) {
	together(t, 4, 300, func(int, int) {
		root := coord.NewCancelToken()
		done := make(chan struct{})
		for i := range 3 {
			go func() {
				defer func() { done <- struct{}{} }()
				child := root.Child()
				if i == 0 {
					child.Cancel()
				}
				op := child.Child().Cancelled()
				if _, err := future.BlockOn[future.Unit](&op); err != nil {
					t.Error(err)
				}
			}()
		}
		root.Cancel()
		for range 3 {
			<-done
		}
	})
}
