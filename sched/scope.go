package sched

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/origin"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// The protocol of a scope.
//
// Under the lock are the children that live, the first error, and whether the scope has ended. The waker is called after
// that, when a child has failed or the last one has ended.
//
//	SpawnIn   the child is counted before it is spawned, and entered in the list afterwards, unless it has ended by
//	          then; if the scope has failed meanwhile it is aborted
//	end       a child leaves the list; with an error it makes the scope fail: the list is aborted
//	poll      leaves its waker first, and looks under the lock afterwards
//
// Invariant: the scope is ready only when no child lives, and after a failure every child in the list has been asked
// to end. Who enters the list after the failure sees it under the same lock.
//
// Rejected: a JoinSet in the scope (children spawn from any worker, and a set belongs to one task), and waiting in Drop,
// which would block a worker.

// Scope is what children are spawned in, see [InScope]. Any thread may use it while the scope lasts.
type Scope struct {
	_     word.NoCopy
	rt    *Runtime
	waker waker.AtomicWaker

	lock     spin.Lock
	live     int
	children *scopeChild
	err      error
	failed   bool
	over     bool
}

// scopeChild is a child as its scope knows it.
type scopeChild struct {
	scope      *Scope
	task       *header // nil until it is entered
	ended      bool
	prev, next *scopeChild
}

// InScope returns a future that runs body, the future that the function makes, and does not end before all the children
// have that were spawned in its scope, by body or by one another, with [SpawnIn].
//
//	total, err := sched.InScope(func(sc *sched.Scope) future.Future[int] {
//		return future.Async(func(co *future.Co) (int, error) {
//			left := sched.SpawnIn(sc, sum(xs[:n]))
//			right := sched.SpawnIn(sc, sum(xs[n:]))
//			...
//		})
//	}).Await(co)
//
// It comes to body's value, or to the first error of body or a child, a panic being a [*PanicError]: then body is dropped,
// the children that are left are aborted, and the scope ends when each has ended, a poll that is under way
// included. A child that is aborted by its handle has not failed.
//
// Dropped, a scope drops body and aborts its children, and does not wait for those that are being polled, on other
// workers, at that moment: they end after that poll. What must not go on after the scope is awaited, so, and
// not dropped: give it time to end by a child that fails. It is polled on a runtime of this package, where its children run.
func InScope[T any](body func(*Scope) future.Future[T]) *ScopeOp[T] {
	if body == nil {
		panic("sched: InScope of a nil func")
	}
	return &ScopeOp[T]{begin: body}
}

// ScopeOp is what [InScope] returns.
type ScopeOp[T any] struct {
	begin func(*Scope) future.Future[T]
	body  future.Future[T] // nil before it has begun and after it has ended
	scope Scope
	value T
}

// Poll implements future.Future.
func (o *ScopeOp[T]) Poll(cx *waker.Context) future.Poll[T] {
	if o == nil || o.begin == nil && o.scope.rt == nil || o.scope.over {
		panic("sched: a scope polled after Ready (or after Drop), or a nil or zero one; InScope makes one")
	}
	s := &o.scope
	if o.begin != nil {
		s.rt, _ = by(cx, "InScope")
		o.start()
	}
	s.waker.Register(cx.Waker())
	if o.body != nil && !s.hasFailed() {
		o.pollBody(cx)
	}
	if o.body != nil && s.hasFailed() {
		o.dropBody()
	}
	if o.body != nil || !s.close() {
		return future.Pending[T]()
	}
	wake.Forget(&s.waker)
	v := o.take()
	if s.err != nil {
		future.Discard(v)
		return future.Failed[T](s.err)
	}
	return future.Ready(v)
}

// start makes body. Children may live from then on.
func (o *ScopeOp[T]) start() {
	defer o.caught()
	begin := o.begin
	o.begin = nil
	if o.body = begin(&o.scope); o.body == nil {
		panic("sched: the func of InScope has returned a nil future")
	}
}

// caught is deferred by who calls what is a user's. Its panic is not the end of the scope while children live, but an error of it.
func (o *ScopeOp[T]) caught() {
	if v := recover(); v != nil {
		p := future.Recovered(v)
		p.Task = origin.Name(o)
		if o.body != nil {
			p.Task = origin.Name(o.body)
		}
		o.scope.fail(p)
	}
}

func (o *ScopeOp[T]) dropBody() {
	defer o.caught()
	body := o.body
	o.body = nil
	future.Drop(body)
}

// pollBody polls body, whose end is not yet the scope's.
func (o *ScopeOp[T]) pollBody(cx *waker.Context) {
	defer o.caught()
	if p := o.body.Poll(cx); p.IsReady() {
		o.body = nil
		v, err := p.Result()
		o.value = v
		if err != nil {
			o.scope.fail(err)
		}
	}
}

// take returns what body has come to, and forgets it.
func (o *ScopeOp[T]) take() T {
	var none T
	v := o.value
	o.value = none
	return v
}

// Await waits for the end of the scope, see [future.Await].
func (o *ScopeOp[T]) Await(co *future.Co) (T, error) { return future.Await[T](co, o) }

// Drop implements future.Dropper, see [InScope].
func (o *ScopeOp[T]) Drop() {
	if o == nil || o.scope.over {
		return
	}
	body, v := o.body, o.take()
	o.begin, o.body = nil, nil
	o.scope.end()
	defer future.Discard(v)
	future.Drop(body)
}

// Trace implements future.Traced: it is where the body stands.
func (o *ScopeOp[T]) Trace(t *future.Tracer) { t.Among("sched.InScope", o.body) }

// SpawnIn is [Spawn] for a child of a scope. The handle tells of its end, and aborts it, as any other. A child of a
// scope that has failed ends with [ErrAborted] without a poll. It allocates twice. It panics when the scope has ended.
func SpawnIn[T any](s *Scope, f future.Future[T]) JoinHandle[T] {
	if s == nil || s.rt == nil {
		panic("sched: SpawnIn a nil or zero Scope; InScope makes one")
	}
	if f == nil {
		panic("sched: SpawnIn of a nil future")
	}
	c := &scopeChild{scope: s}
	s.begin()
	h := SpawnValue[T](s.rt, scoped[T]{f, c})
	if s.enter(c, &h.t.header) {
		h.Abort()
	}
	return h
}

// scoped is the future of a child.
type scoped[T any] struct {
	f     future.Future[T]
	child *scopeChild
}

// Poll implements future.Future.
func (c *scoped[T]) Poll(cx *waker.Context) future.Poll[T] {
	child, returned := c.child, false
	defer func() {
		if returned {
			return
		}
		v := recover()
		if v == nil {
			child.end(ErrGoexit)
			return
		}
		p := future.Recovered(v)
		p.Task = c.Name()
		child.end(p)
		origin.Rethrow(v, p.Stack)
	}()
	p := c.f.Poll(cx)
	returned = true
	if p.IsReady() {
		child.end(p.Err())
	}
	return p
}

// Drop implements future.Dropper.
func (c *scoped[T]) Drop() {
	defer c.child.end(nil)
	future.Drop(c.f)
}

// Name returns what the child is called in reports.
func (c *scoped[T]) Name() string { return origin.Name(c.f) }

// Trace implements future.Traced.
func (c *scoped[T]) Trace(t *future.Tracer) { t.Child(c.f) }

func (s *Scope) begin() {
	s.lock.Lock()
	over := s.over
	s.live++
	s.lock.Unlock()
	if over {
		panic("sched: SpawnIn a Scope that has ended; children are spawned while it lasts")
	}
}

// enter puts a child that was spawned in the list, unless it has ended, and reports whether it is to be aborted.
func (s *Scope) enter(c *scopeChild, h *header) (abort bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if c.ended {
		return false
	}
	c.task, c.next = h, s.children
	if c.next != nil {
		c.next.prev = c
	}
	s.children = c
	return s.failed
}

// end takes a child out, once.
func (c *scopeChild) end(err error) {
	s := c.scope
	s.lock.Lock()
	if c.ended {
		s.lock.Unlock()
		return
	}
	c.ended = true
	if c.task != nil {
		c.leave()
	}
	s.live--
	last := s.live == 0
	s.lock.Unlock()
	if err != nil {
		s.fail(err)
	}
	if last || err != nil {
		wake.Cell(&s.waker, s.rt.report)
	}
}

// leave takes the child out of the list. Under the lock.
func (c *scopeChild) leave() {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		c.scope.children = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	}
	c.prev, c.next = nil, nil
}

// fail notes the first error, and aborts all children.
func (s *Scope) fail(err error) {
	s.lock.Lock()
	if s.err == nil {
		s.err = err
	}
	first := !s.failed
	s.failed = true
	s.lock.Unlock()
	if first {
		s.abortAll()
	}
}

// abortAll asks every child in the list to end. Those that come later find that the scope has failed.
func (s *Scope) abortAll() {
	s.lock.Lock()
	var tasks []*header // aborting one may queue it, which is not done under a lock
	for c := s.children; c != nil; c = c.next {
		tasks = append(tasks, c.task)
	}
	s.lock.Unlock()
	for _, h := range tasks {
		if h.state.abort() {
			s.rt.queue(h)
		}
	}
}

func (s *Scope) hasFailed() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.failed
}

// close ends the scope if no child lives, and reports whether it did.
func (s *Scope) close() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.over = s.live == 0
	return s.over
}

// end ends the scope though children live: they are aborted.
func (s *Scope) end() {
	s.lock.Lock()
	s.over, s.failed = true, true
	s.lock.Unlock()
	if s.rt != nil {
		s.abortAll()
	}
	wake.Forget(&s.waker)
}
