package future

import "github.com/magpie-go/magpie/waker"

// Fuse returns a future that ends as f does, and that is Pending for ever when it is polled again
// after that, where others panic. In a loop of selects a branch that is over so takes no more part:
//
//	quit := future.Fuse(shutdown)
//	defer quit.Drop()
//	for {
//		which, err := future.Select2(future.Ref(quit), rx.Recv()).Await(co)
//		...
func Fuse[T any](f Future[T]) *Fused[T] {
	notNil(f != nil, "Fuse", "future", aFuture)
	return &Fused[T]{f}
}

// Fused is what [Fuse] returns. The zero Fused has ended.
type Fused[T any] struct{ f Future[T] }

// Poll implements Future.
func (u *Fused[T]) Poll(cx *waker.Context) Poll[T] {
	if u.Ended() {
		return Pending[T]()
	}
	p := u.f.Poll(cx)
	if p.ready {
		u.f = nil
	}
	return p
}

// Ended reports whether the future has been ready, or was dropped.
func (u *Fused[T]) Ended() bool {
	if u == nil {
		panic("future: a nil Fused: make one with Fuse")
	}
	return u.f == nil
}

// Drop implements Dropper.
func (u *Fused[T]) Drop() {
	if !u.Ended() {
		f := u.f
		u.f = nil
		Drop(f)
	}
}

// Await waits for the future, see [Await]. It never returns if that has ended.
func (u *Fused[T]) Await(co *Co) (T, error) { return Await(co, u) }

// Trace implements Traced.
func (u *Fused[T]) Trace(t *Tracer) { t.Child(u.f) }
