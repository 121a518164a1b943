package coord

import (
	"context"

	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// CancelTokenOf returns a token that is cancelled when ctx is done. Until then ctx keeps it: stop
// lets go of it, and reports whether it has, as that of [context.AfterFunc] does. Unless ctx is done
// already, the token is cancelled by a goroutine of ctx.
func CancelTokenOf(ctx context.Context) (t *CancelToken, stop func() bool) {
	if ctx == nil {
		panic("coord: CancelTokenOf: nil context; pass context.Background() for one that is never done")
	}
	t = NewCancelToken()
	if ctx.Err() != nil {
		t.Cancel()
	}
	return t, context.AfterFunc(ctx, t.Cancel)
}

// Context returns a child of parent for Go code that takes a context: it is cancelled when t is,
// with [ErrCancelled] as its cause. Until it is done t keeps it: call cancel when it is no longer
// needed, as that of [context.WithCancel].
func (t *CancelToken) Context(parent context.Context) (ctx context.Context, cancel context.CancelFunc) {
	t.check()
	if parent == nil {
		panic("coord: CancelToken.Context: nil parent; pass context.Background() for none")
	}
	ctx, end := context.WithCancelCause(parent)
	node := new(waitlist.Node)
	if t.line.Wait(node, waker.FromFunc(func() { end(ErrCancelled) })) == waitlist.Closed {
		end(ErrCancelled)
		return ctx, func() {}
	}
	// However it ends, also with its parent, it leaves the line.
	context.AfterFunc(ctx, func() { t.line.Leave(node) })
	return ctx, func() { end(nil) }
}

// DropGuard returns a guard whose Drop cancels the token, unless it was disarmed before: for
// what has to be cancelled on every way out but one.
//
//	guard := token.DropGuard()
//	defer guard.Drop()
//	...
//	guard.Disarm()
func (t *CancelToken) DropGuard() *CancelGuard {
	t.check()
	g := new(CancelGuard)
	g.t.Store(t)
	return g
}

// CancelGuard is what [CancelToken.DropGuard] returns. Its methods may be called again, and by any
// thread.
type CancelGuard struct {
	t word.Pointer[CancelToken] // nil when it was dropped or disarmed
}

// Drop cancels the token of a guard that is armed.
func (g *CancelGuard) Drop() {
	if t := g.take("Drop"); t != nil {
		t.Cancel()
	}
}

// Disarm keeps the guard from cancelling its token. It returns the token; nil if it was disarmed or
// dropped before.
func (g *CancelGuard) Disarm() *CancelToken { return g.take("Disarm") }

func (g *CancelGuard) take(what string) *CancelToken {
	if g == nil {
		nilReceiver("CancelGuard", what+" needs one that CancelToken.DropGuard made")
	}
	return g.t.Swap(nil)
}
