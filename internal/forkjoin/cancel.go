package forkjoin

import (
	"context"
	"unsafe"

	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/word"
)

// The protocol of cancelling.
//
// A computation under a context has a token. Each job that is shared carries the token it was
// forked under, so that a thief runs it under that one. Who cancels marks the token and then
// asks every worker for attention; a worker sets its limit back and then looks at its token:
// one of the two sees the other. A worker that finds its token cancelled puts its limit back
// to 0, so that a fork finds it again if somebody recovers, and panics with the value that the
// computation's WithContext was given, and takes.
//
// What a worker does meanwhile, under another token or none, takes the attention as its own: so
// a worker that goes back to a computation looks whether that one is cancelled.
//
// A private job has its token noted nowhere: the worker keeps marks, (from, token), of the
// heads at which its token changed.

// Token is what a computation is cancelled by, and those inside it.
type Token struct {
	cancelled word.Bool
	value     any // what its forks panic with then
	parent    *Token
}

// tokenMark says that the jobs from a head on were forked under a token.
type tokenMark struct {
	from  uint32
	token *Token
}

// enter makes token that of what runs now, and returns what leave takes.
func (w *Worker) enter(token *Token) (mark int) {
	mark = len(w.tokens)
	if token != w.token {
		w.tokens = append(w.tokens, tokenMark{w.head, token})
		w.token = token
	}
	return mark
}

func (w *Worker) leave(mark int) {
	if mark == len(w.tokens) {
		return
	}
	clear(w.tokens[mark:])
	w.tokens = w.tokens[:mark]
	w.token = nil
	if mark > 0 {
		w.token = w.tokens[mark-1].token
	}
	if w.token.isCancelled() != nil { // what was done meanwhile may have had the attention
		w.limit.Store(0)
	}
}

// Aside puts the computation that runs aside, for something that it is not to be cancelled
// with, and returns what Resume takes.
func (w *Worker) Aside() (mark int) { return w.enter(nil) }

// Resume goes on with the computation that was put aside.
func (w *Worker) Resume(mark int) { w.leave(mark) }

// tokenOf returns the token under which the job at i was forked.
func (w *Worker) tokenOf(i uint32) *Token {
	for k := len(w.tokens) - 1; k >= 0; k-- {
		if w.tokens[k].from <= i {
			return w.tokens[k].token
		}
	}
	return nil
}

// checkCancelled panics if the computation that runs is cancelled.
func (w *Worker) checkCancelled() {
	if t := w.token.isCancelled(); t != nil {
		w.limit.Store(0)
		panic(t.value)
	}
}

// isCancelled returns the token, of this one and those around it, that is cancelled.
func (t *Token) isCancelled() *Token {
	for ; t != nil; t = t.parent {
		if t.cancelled.Load() {
			return t
		}
	}
	return nil
}

// panicsWith reports whether v is what one of the token, and of those around it, has panicked with.
func (t *Token) panicsWith(v any) bool {
	for ; t != nil; t = t.parent {
		if same(v, t.value) {
			return true
		}
	}
	return false
}

// WithContext runs f. When ctx is done, forks and checkpoints of f, on whichever worker,
// panic with value, a pointer that nobody else panics with, until f has been left that way. Then
// the cause of ctx's end is returned. It returns nil if f returned.
func WithContext[H any](ctx context.Context, user *H, value any, f func(user *H)) (err error) {
	w := of(user)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if w.foreign {
		w.host.Enter(func(w *Worker) { err = WithContext(ctx, as[H](w), value, f) })
		return err
	}
	w.claim()
	t := &Token{value: value, parent: w.token}
	stop := context.AfterFunc(ctx, func() {
		t.cancelled.Store(true)
		w.host.InterruptAll()
	})
	base, mark := w.head, w.enter(t)
	returned := false
	defer stop()
	defer func() {
		if returned {
			return
		}
		v := recover()
		if same(v, value) {
			w.origin = nil
			err = context.Cause(ctx)
			return
		}
		if v != nil {
			panic(v)
		}
	}()
	defer w.leave(mark)
	defer w.drain(base)
	f(user)
	returned = true
	return nil
}

// Panic is a panic that travels to the joiner.
type Panic struct {
	Value any
	Stack []byte // of the worker that it happened on
}

// caught makes a Panic of what recover returned, nil for runtime.Goexit.
func (w *Worker) caught(v any) *Panic {
	if v == nil {
		v = origin.ErrGoexit // which a joiner panics with
	}
	if p := w.origin; p != nil && same(p.Value, v) { // it has come a long way already
		w.origin = nil
		return p
	}
	if w.token.panicsWith(v) { // no mistake to be looked for
		return &Panic{Value: v}
	}
	return &Panic{v, origin.Stack(v)}
}

// rethrow panics as another worker has.
func (w *Worker) rethrow(p *Panic) {
	w.origin = p
	panic(p.Value)
}

// Origin returns the stack of another worker on which the panic with value v, recovered
// on this one, has happened; nil if it was here.
func (w *Worker) Origin(v any) []byte {
	p := w.origin
	w.origin = nil
	if p == nil || !same(p.Value, v) {
		return nil
	}
	return p.Stack
}

// same reports whether two interfaces are the same words: == may panic.
//
// Sound: an interface is two words, which are only compared.
func same(a, b any) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&a)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&b))
}
