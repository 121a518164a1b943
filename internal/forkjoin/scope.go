package forkjoin

import (
	"unsafe"

	"github.com/magpie-go/magpie/internal/word"
)

// Group is a set of jobs that have ended when Scope returns. Its children stand on the stack
// of the worker that forked them, which is any: a child forks others. So nothing has to be
// counted: a worker that returns from what it was in has joined all above.
type Group struct {
	first word.Pointer[Panic] // of its children
	open  word.Bool
	token *Token // of the computation that the Scope is part of: it cancels the children
}

// child is a forked call of fn in a scope. It is joined by whoever comes to it on the stack,
// which has nothing to do with it: so it keeps its panic to its scope.
type child[H, A any] struct {
	Latch
	fn  func(*H, A)
	arg A
	of  *Group
}

func (c *child[H, A]) latch() *Latch { return &c.Latch }

func (c *child[H, A]) runThere(w *Worker) {
	word.Read(unsafe.Pointer(&c.fn))
	runChild(c.of, w, c.fn, c.arg)
}

func (c *child[H, A]) runHere(w *Worker) { runChild(c.of, w, c.fn, c.arg) } // the arguments first: c is free

func (c *child[H, A]) isChild() bool { return true }

func (c *child[H, A]) clear() bool {
	if c.fn == nil {
		return false
	}
	var a A
	c.fn, c.arg, c.of = nil, a, nil
	return true
}

// runChild runs a child, unless another one has failed.
func runChild[H, A any](g *Group, w *Worker, fn func(*H, A), arg A) {
	if g.first.Load() != nil {
		return
	}
	mark := w.enter(g.token)
	returned := false
	defer func() {
		if !returned {
			g.fail(w.caught(recover()))
		}
		w.leave(mark)
	}()
	w.checkCancelled() // here, for the scope has to know that the child did not run
	fn(as[H](w), arg)
	returned = true
}

func (g *Group) fail(p *Panic) { g.first.CompareAndSwap(nil, p) }

// Fork makes fn(arg) a child of g, forked by the worker of user.
func Fork[H, A any](g *Group, user *H, fn func(*H, A), arg A) {
	w := of(user)
	if g == nil || !g.open.Load() {
		panic("par: a fork in a Group that no Scope has made, or whose Scope has ended; a Group is not to be kept")
	}
	if !w.admit() {
		if w.foreign {
			panic("par: a fork in a Group from no worker; pass on the Worker that the forked function is given")
		}
		runChild(g, w, fn, arg)
		return
	}
	at := w.at(w.head)
	c, ok := at.job.(*child[H, A])
	if !ok {
		c = new(child[H, A])
		at.job = c
	}
	word.Write(unsafe.Pointer(&c.fn))
	c.fn, c.arg, c.of = fn, arg, g
	w.head++
	w.share()
}

// Scope runs f and returns when all children of its scope have ended. It panics as f does,
// or as the first child that has.
func Scope[H, G any](user *H, f func(user *H, g *G)) {
	w := of(user)
	if w.foreign {
		w.host.Enter(func(w *Worker) { Scope(as[H](w), f) })
		return
	}
	w.claim()
	g := &Group{token: w.token}
	g.open.Store(true)
	base := w.head
	returned, drained := false, false
	defer func() {
		g.open.Store(false)
		if p := g.first.Load(); returned && drained && p != nil {
			w.rethrow(p)
		}
	}()
	defer func() {
		if !returned { // the rest is not begun
			g.fail(&Panic{})
		}
		w.drain(base)
		drained = true
	}()
	f(user, asGroup[G](g))
	returned = true
}
