package stream

import (
	"slices"
	"strconv"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// several are streams that make one.
type several[T any] []future.Stream[T]

func all[T any](ss []future.Stream[T], who string) several[T] {
	for i, s := range ss {
		mustHave(s != nil, who, "stream (argument "+strconv.Itoa(i)+")", "a value that implements future.Stream")
	}
	return append(several[T](nil), ss...) // entries are cleared: the caller's slice is not ours
}

// drop drops all, whatever the Drop of one does.
func (ss *several[T]) drop() {
	for len(*ss) > 0 {
		s := (*ss)[0]
		(*ss)[0] = nil
		*ss = (*ss)[1:]
		func() {
			defer ss.drop()
			future.Drop(s)
		}()
	}
}

func (ss several[T]) traced() (live []any) {
	for _, s := range ss {
		live = append(live, s)
	}
	return live
}

// Chain returns the items of the first stream, then those of the second, and so on.
func Chain[T any](ss ...future.Stream[T]) future.Stream[T] { return &chained[T]{all(ss, "Chain")} }

type chained[T any] struct{ left several[T] }

func (c *chained[T]) PollNext(cx *waker.Context) future.Poll[T] {
	for len(c.left) > 0 {
		p := c.left[0].PollNext(cx)
		if p.Err() != future.ErrEnd || len(c.left) == 1 {
			return p
		}
		c.left[0] = nil
		c.left = c.left[1:]
	}
	return end[T](cx)
}

func (c *chained[T]) Drop() { c.left.drop() }

func (c *chained[T]) StopWaiting() {
	if len(c.left) > 0 {
		future.StopWaiting(c.left[0])
	}
}

func (c *chained[T]) Trace(t *future.Tracer) { t.Among("stream.Chain", c.left.traced()...) }

// Merge returns the items of several streams as they come. It asks them in turns, so that one that
// always has an item does not keep the others back, and ends when all have ended. Each poll asks all
// that wait; for more than a few, and to add some later, there is [Set].
func Merge[T any](ss ...future.Stream[T]) future.Stream[T] {
	return &merged[T]{live: all(ss, "Merge")}
}

type merged[T any] struct {
	live several[T] // those that have not ended
	next int        // the one to be asked first
}

func (m *merged[T]) PollNext(cx *waker.Context) future.Poll[T] {
	for asked := 0; asked < len(m.live); asked++ {
		if m.next >= len(m.live) {
			m.next = 0
		}
		p := m.live[m.next].PollNext(cx)
		if p.Err() == future.ErrEnd {
			m.live = slices.Delete(m.live, m.next, m.next+1)
			asked = -1 // to ask the others again is harmless
			continue
		}
		m.next++
		if p.IsReady() {
			return p
		}
		if cx.Exhausted() { // those behind it begin the next time
			cx.PollAgain()
			return p
		}
	}
	if len(m.live) == 0 {
		return end[T](cx)
	}
	return future.Pending[T]()
}

func (m *merged[T]) Drop() { m.live.drop() }

func (m *merged[T]) StopWaiting() {
	for _, s := range m.live {
		future.StopWaiting(s)
	}
}

func (m *merged[T]) Trace(t *future.Tracer) { t.Among("stream.Merge", m.live.traced()...) }

// Zip returns pairs of a value of a and one of b, which are asked for at the same time. It ends with the
// first of the two to end: the other is dropped, and a value that has come without its partner is
// discarded. An item that failed has no partner, and comes by itself.
func Zip[A, B any](a future.Stream[A], b future.Stream[B]) future.Stream[future.Pair[A, B]] {
	return &zipped[A, B]{half[A]{over: on(a, "Zip")}, half[B]{over: on(b, "Zip")}}
}

type zipped[A, B any] struct {
	a half[A]
	b half[B]
}

// half is a stream and its value that waits for the partner.
type half[T any] struct {
	over[T]
	v    T
	held bool
}

// fill asks for a value unless there is one.
func (h *half[T]) fill(cx *waker.Context) error {
	if h.held {
		return nil
	}
	p := h.next(cx)
	v, err := p.Result()
	if err != nil {
		return failed[T](v, err).Err()
	}
	h.v, h.held = v, p.IsReady()
	return nil
}

func (h *half[T]) take() T {
	var none T
	v := h.v
	h.v, h.held = none, false
	return v
}

func (h *half[T]) Drop() {
	defer h.leave()
	future.Discard(h.take())
}

func (z *zipped[A, B]) PollNext(cx *waker.Context) future.Poll[future.Pair[A, B]] {
	err := z.a.fill(cx)
	if err == nil {
		err = z.b.fill(cx)
	}
	if err == future.ErrEnd {
		z.Drop()
	}
	if err != nil {
		return future.Failed[future.Pair[A, B]](err)
	}
	if !z.a.held || !z.b.held {
		return future.Pending[future.Pair[A, B]]()
	}
	return future.Ready(future.Pair[A, B]{First: z.a.take(), Second: z.b.take()})
}

func (z *zipped[A, B]) Drop() {
	defer z.b.Drop()
	z.a.Drop()
}

func (z *zipped[A, B]) StopWaiting() {
	z.a.StopWaiting()
	z.b.StopWaiting()
}

func (z *zipped[A, B]) Trace(t *future.Tracer) { t.Among("stream.Zip", z.a.s, z.b.s) }
