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
	ended word.Bool
}

// child is a forked call of fn in a scope. It is joined by whoever comes to it on the stack,
// which has nothing to do with it: so it keeps its panic to its scope.
type child[A any] struct {
	Latch
	fn  func(*Worker, A)
	arg A
	of  *Group
}

func (c *child[A]) latch() *Latch { return &c.Latch }

func (c *child[A]) runThere(w *Worker) {
	word.Read(unsafe.Pointer(&c.fn))
	runChild(c.of, w, c.fn, c.arg)
}

func (c *child[A]) runHere(w *Worker) { runChild(c.of, w, c.fn, c.arg) } // the arguments first: c is free

func (c *child[A]) isChild() bool { return true }

func (c *child[A]) clear() bool {
	if c.fn == nil {
		return false
	}
	var a A
	c.fn, c.arg, c.of = nil, a, nil
	return true
}

// runChild runs a child, unless another one has failed.
func runChild[A any](g *Group, w *Worker, fn func(*Worker, A), arg A) {
	if g.first.Load() != nil {
		return
	}
	returned := false
	defer func() {
		if !returned {
			g.fail(w.caught(recover()))
		}
	}()
	w.checkCancelled() // here, for the scope has to know that the child did not run
	fn(w, arg)
	returned = true
}

func (g *Group) fail(p *Panic) { g.first.CompareAndSwap(nil, p) }

// Fork makes fn(arg) a child of s, forked by w.
func Fork[A any](g *Group, w *Worker, fn func(*Worker, A), arg A) {
	if g.ended.Load() {
		panic("par: a fork in a Group whose Scope has ended; a Group is not to be kept")
	}
	if !w.admit() {
		if w.foreign {
			panic("par: a fork in a Group from no worker; pass on the Worker that the forked function is given")
		}
		runChild(g, w, fn, arg)
		return
	}
	at := w.at(w.head)
	c, ok := at.job.(*child[A])
	if !ok {
		c = new(child[A])
		at.job = c
	}
	word.Write(unsafe.Pointer(&c.fn))
	c.fn, c.arg, c.of = fn, arg, g
	w.head++
	w.share()
}

// Go makes fn a child of the group, forked by w, which calls it: the form for closures. Like
// [Fork], but that the closure is allocated, once it holds variables.
func (g *Group) Go(w *Worker, fn func(w *Worker)) { Fork(g, w, call, fn) }

func call(w *Worker, fn func(*Worker)) { fn(w) }

// Scope runs f and returns when all children of its scope have ended. It panics as f does,
// or as the first child that has.
func Scope(w *Worker, f func(w *Worker, g *Group)) {
	if w.foreign {
		w.host.Enter(func(w *Worker) { Scope(w, f) })
		return
	}
	g := new(Group)
	base := w.head
	returned := false
	defer func() {
		if !returned { // the rest is not begun
			g.fail(&Panic{})
		}
		w.drain(base)
		g.ended.Store(true)
		if p := g.first.Load(); returned && p != nil {
			w.rethrow(p)
		}
	}()
	f(w, g)
	returned = true
}
