package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Peek returns s as a stream whose next item can be looked at before it is taken.
func Peek[T any](s future.Stream[T]) *Peekable[T] { return &Peekable[T]{over: on(s, "Peek")} }

// Peekable is what [Peek] returns. It owns its stream, and what was looked at and not taken.
type Peekable[T any] struct {
	over[T]
	seen bool // an item was looked at and not taken:
	v    T
	err  error
}

func (k *Peekable[T]) check() {
	if k == nil {
		panic("stream: a nil Peekable: make one with Peek")
	}
}

// PollPeek is ready with the address of the next value, which may be changed there, or with the error of
// the next item or of the end. The item stays; the address is good until it is taken.
func (k *Peekable[T]) PollPeek(cx *waker.Context) future.Poll[*T] {
	k.check()
	if !k.seen {
		p := k.next(cx)
		if p.IsPending() {
			return future.Pending[*T]()
		}
		k.seen = true
		k.v, k.err = p.Result()
	} else if !cx.Spend() {
		return future.Pending[*T]()
	}
	if k.err != nil {
		return future.Failed[*T](k.err)
	}
	return future.Ready(&k.v)
}

// PollNext implements future.Stream.
func (k *Peekable[T]) PollNext(cx *waker.Context) future.Poll[T] {
	k.check()
	if !k.seen {
		return k.next(cx)
	}
	return future.Done(k.take())
}

// take takes what was looked at, if anything.
func (k *Peekable[T]) take() (v T, err error) {
	var none T
	v, err = k.v, k.err
	k.seen, k.v, k.err = false, none, nil
	return v, err
}

// Peek returns an operation that waits until the next item can be looked at, see PollPeek. Dropped, it
// ends the wait and loses nothing.
func (k *Peekable[T]) Peek() PeekOp[T] {
	k.check()
	return PeekOp[T]{k}
}

// Next returns an operation that waits for the next item, see [future.Next].
func (k *Peekable[T]) Next() future.NextOp[T] {
	k.check()
	return future.Next(k)
}

// NextIf returns an operation that waits for the next item, and takes it if that is a value for which
// fn is true: took is false for one that was left where it is. An error and the end are taken as Next
// does.
func (k *Peekable[T]) NextIf(fn func(T) bool) NextIfOp[T] {
	k.check()
	mustHave(fn != nil, "NextIf", "func", aFunc)
	return NextIfOp[T]{k, fn}
}

// Drop implements future.Dropper.
func (k *Peekable[T]) Drop() {
	k.check()
	defer k.leave()
	v, _ := k.take()
	future.Discard(v)
}

// PeekOp is what [Peekable.Peek] returns.
type PeekOp[T any] struct{ k *Peekable[T] }

// Poll implements future.Future.
func (o *PeekOp[T]) Poll(cx *waker.Context) future.Poll[*T] {
	if o == nil || o.k == nil {
		panic("stream: PeekOp polled after Ready (or after Drop), or a zero one: make one with Peekable.Peek")
	}
	p := o.k.PollPeek(cx)
	if p.IsReady() {
		o.k = nil
	}
	return p
}

// Drop implements future.Dropper: it ends the wait.
func (o *PeekOp[T]) Drop() {
	if k := o.k; k != nil {
		o.k = nil
		k.StopWaiting()
	}
}

// Await waits for an item, see [future.Await].
func (o PeekOp[T]) Await(co *future.Co) (*T, error) { return future.AwaitOp(co, o) }

// Taken is what [Peekable.NextIf] comes to.
type Taken[T any] struct {
	Value T
	OK    bool // Value was taken
}

// NextIfOp is what [Peekable.NextIf] returns.
type NextIfOp[T any] struct {
	k  *Peekable[T]
	fn func(T) bool
}

// Poll implements future.Future.
func (o *NextIfOp[T]) Poll(cx *waker.Context) future.Poll[Taken[T]] {
	if o == nil || o.k == nil {
		panic("stream: NextIfOp polled after Ready (or after Drop), or a zero one: make one with Peekable.NextIf")
	}
	p := o.k.PollPeek(cx)
	if p.IsPending() {
		return future.Pending[Taken[T]]()
	}
	k, fn := o.k, o.fn
	*o = NextIfOp[T]{}
	if at, err := p.Result(); err == nil && !fn(*at) {
		return future.Ready(Taken[T]{})
	}
	v, err := k.PollNext(cx).Result()
	return future.Done(Taken[T]{v, err == nil}, err)
}

// Drop implements future.Dropper: it ends the wait.
func (o *NextIfOp[T]) Drop() {
	if k := o.k; k != nil {
		*o = NextIfOp[T]{}
		k.StopWaiting()
	}
}

// Await waits for an item, see [future.Await].
func (o NextIfOp[T]) Await(co *future.Co) (Taken[T], error) { return future.AwaitOp(co, o) }
