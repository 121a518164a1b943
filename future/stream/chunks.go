package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Chunks returns the values of s in slices of n; the last one, and one that an error comes after, may
// have less. Each slice is a new one, and its receiver's. See clock.ChunksTimeout for those that do not
// wait for n as long as it takes.
func Chunks[T any](s future.Stream[T], n int) future.Stream[[]T] {
	atLeastOne(n, "Chunks")
	return &chunks[T]{over: on(s, "Chunks"), n: n}
}

// ReadyChunks returns the values of s in slices of those that are there, n at most: it waits for the
// first one of a slice alone. Each slice is a new one, and its receiver's.
func ReadyChunks[T any](s future.Stream[T], n int) future.Stream[[]T] {
	atLeastOne(n, "ReadyChunks")
	return &chunks[T]{over: on(s, "ReadyChunks"), n: n, ready: true}
}

type chunks[T any] struct {
	over[T]
	n     int
	ready bool // what is there is enough
	buf   []T
	err   error // comes after buf
}

func (c *chunks[T]) PollNext(cx *waker.Context) future.Poll[[]T] {
	for c.err == nil {
		p := c.next(cx)
		if p.IsPending() {
			if c.ready && len(c.buf) > 0 {
				return c.take()
			}
			return future.Pending[[]T]()
		}
		v, err := p.Result()
		if err != nil {
			c.err = failed[T](v, err).Err()
			break
		}
		if c.buf == nil {
			c.buf = make([]T, 0, min(c.n, 64))
		}
		if c.buf = append(c.buf, v); len(c.buf) == c.n {
			return c.take()
		}
	}
	if len(c.buf) > 0 {
		return c.take()
	}
	err := c.err
	c.err = nil
	return future.Failed[[]T](err)
}

func (c *chunks[T]) take() future.Poll[[]T] {
	buf := c.buf
	c.buf = nil
	return future.Ready(buf)
}

func (c *chunks[T]) Drop() {
	defer c.leave()
	buf := c.buf
	c.buf, c.err = nil, nil
	future.Discard(buf)
}

// NextMany returns an operation that takes as many values of s as are there, and fit, into buf, in their
// order, and waits for one while there is none. It comes to how many; to [future.ErrEnd] if there are no
// more. An error that comes after some values is left for the next call. With a buf of no length it
// is ready at once, with 0. buf is the operation's until that has ended. It borrows s; dropped, it loses
// nothing, as it takes no value before it is ready.
//
// One that is [Peekable] keeps what was seen and not taken, so s is one.
func NextMany[T any](s *Peekable[T], buf []T) NextManyOp[T] {
	mustHave(s != nil, "NextMany", "Peekable", "one that Peek has made")
	return NextManyOp[T]{s, buf}
}

// NextManyOp is what [NextMany] returns.
type NextManyOp[T any] struct {
	s   *Peekable[T]
	buf []T
}

// Poll implements future.Future.
func (o *NextManyOp[T]) Poll(cx *waker.Context) future.Poll[int] {
	if o == nil || o.s == nil {
		panic("stream: NextManyOp polled after Ready (or after Drop), or a zero one: make one with NextMany")
	}
	if len(o.buf) == 0 && !cx.Spend() {
		return future.Pending[int]()
	}
	n := 0
	for n < len(o.buf) {
		p := o.s.PollPeek(cx)
		if p.IsPending() {
			if n == 0 {
				return future.Pending[int]()
			}
			break
		}
		if p.Err() != nil && n > 0 {
			break
		}
		v, err := o.s.PollNext(cx).Result()
		if err != nil {
			*o = NextManyOp[T]{}
			return failed[int](v, err)
		}
		o.buf[n] = v
		n++
	}
	*o = NextManyOp[T]{}
	return future.Ready(n)
}

// Drop implements future.Dropper: it ends the wait.
func (o *NextManyOp[T]) Drop() {
	if s := o.s; s != nil {
		*o = NextManyOp[T]{}
		s.StopWaiting()
	}
}

// Await waits for values, see [future.Await].
func (o NextManyOp[T]) Await(co *future.Co) (int, error) { return future.AwaitOp(co, o) }
