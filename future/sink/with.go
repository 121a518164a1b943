package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// With returns a sink that sends to s what the futures come to that fn makes of the values: one after another. It takes a value when s has room, and
// the next one when that future has ended and s has room again. If a future fails nothing is sent of its value, and the
// error is that of the next PollReady, PollFlush or PollClose. See [Map] for what has not to be waited for.
func With[A, B any](s Sink[B], fn func(A) future.Future[B]) Sink[A] {
	mustHave(fn != nil, "With", "func", aFunc)
	return &with[A, B]{above: on(s, "With"), fn: fn}
}

type with[A, B any] struct {
	above[B]
	fn    func(A) future.Future[B]
	step  future.Future[B] // nil between two values
	out   slot[B]          // what it came to
	ready bool             // s has room for that
}

// settle hands on what was taken.
func (w *with[A, B]) settle(cx *waker.Context) future.Poll[future.Unit] {
	if w.step != nil {
		p := w.step.Poll(cx)
		if p.IsPending() {
			return future.Pending[future.Unit]()
		}
		w.step = nil
		v, err := p.Result()
		if err != nil {
			future.Discard(v)
			return future.Failed[future.Unit](err)
		}
		w.out.put(v)
	}
	if !w.out.full {
		return done()
	}
	if p := w.pollRoom(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	w.ready = false
	return putOwn(w.s, w.out.take())
}

// putOwn puts a value that is the sink's above: what s does not take is discarded.
func putOwn[T any](s Sink[T], v T) future.Poll[future.Unit] {
	err := s.Put(v)
	if err != nil {
		future.Discard(v)
	}
	return future.Done(future.Unit{}, err)
}

// slot is a place for a value that waits for room below.
type slot[T any] struct {
	v    T
	full bool
}

func (s *slot[T]) put(v T) { s.v, s.full = v, true }

func (s *slot[T]) take() T {
	v := s.v
	*s = slot[T]{}
	return v
}

// pollRoom waits for room below, unless there is some already.
func (w *with[A, B]) pollRoom(cx *waker.Context) future.Poll[future.Unit] {
	if w.ready {
		return done()
	}
	p := w.s.PollReady(cx)
	w.ready = p.IsReady() && p.Err() == nil
	return p
}

func (w *with[A, B]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	if p := w.settle(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return w.pollRoom(cx)
}

func (w *with[A, B]) Put(v A) error {
	mustBeReady(w.step == nil && !w.out.full, "With")
	f := w.fn(v)
	mustHave(f != nil, "With", "future from its func", "back a value that implements future.Future")
	w.step = f
	return nil
}

func (w *with[A, B]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if p := w.settle(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return w.s.PollFlush(cx)
}

func (w *with[A, B]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	if p := w.settle(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return w.s.PollClose(cx)
}

func (w *with[A, B]) StopSending() {
	w.ready = false
	w.above.StopSending()
}

func (w *with[A, B]) Drop() {
	step, v := w.step, w.out.take()
	w.step, w.ready = nil, false
	defer w.above.Drop()
	defer future.Discard(v)
	future.Drop(step)
}

func (w *with[A, B]) Trace(t *future.Tracer) {
	if w.step != nil {
		t.Child(w.step)
		return
	}
	w.above.Trace(t)
}

// WithFlatMap returns a sink that sends to s all that the streams have that fn makes of the values: one stream after another. It takes the next
// value when the stream of the one before has ended and s has taken all of it. An error of a stream is that of the next PollReady,
// PollFlush or PollClose; the stream goes on.
func WithFlatMap[A, B any](s Sink[B], fn func(A) future.Stream[B]) Sink[A] {
	mustHave(fn != nil, "WithFlatMap", "func", aFunc)
	return &flatMapped[A, B]{above: on(s, "WithFlatMap"), fn: fn}
}

type flatMapped[A, B any] struct {
	above[B]
	fn    func(A) future.Stream[B]
	items future.Stream[B] // nil between two values
	next  slot[B]          // of them
}

func (m *flatMapped[A, B]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	if m.dropped() {
		return failed(cx)
	}
	return m.settle(cx)
}

// settle hands on all that was taken.
func (m *flatMapped[A, B]) settle(cx *waker.Context) future.Poll[future.Unit] {
	for {
		if m.next.full {
			if p := m.s.PollReady(cx); p.IsPending() || p.Err() != nil {
				return p
			}
			if p := putOwn(m.s, m.next.take()); p.Err() != nil {
				return p
			}
		}
		if m.items == nil {
			return done()
		}
		p := m.items.PollNext(cx)
		v, err := p.Result()
		switch {
		case p.IsPending():
			return future.Pending[future.Unit]()
		case err == future.ErrEnd:
			m.items = nil
		case err != nil:
			future.Discard(v)
			return future.Failed[future.Unit](err)
		default:
			m.next.put(v)
		}
	}
}

func (m *flatMapped[A, B]) Put(v A) error {
	mustBeReady(m.items == nil && !m.next.full, "WithFlatMap")
	items := m.fn(v)
	mustHave(items != nil, "WithFlatMap", "stream from its func", "back a value that implements future.Stream")
	m.items = items
	return nil
}

func (m *flatMapped[A, B]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if p := m.settle(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return m.s.PollFlush(cx)
}

func (m *flatMapped[A, B]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	if p := m.settle(cx); p.IsPending() || p.Err() != nil {
		return p
	}
	return m.s.PollClose(cx)
}

func (m *flatMapped[A, B]) StopSending() {
	defer m.above.StopSending()
	future.StopWaiting(m.items)
}

func (m *flatMapped[A, B]) Drop() {
	items, v := m.items, m.next.take()
	m.items = nil
	defer m.above.Drop()
	defer future.Discard(v)
	future.Drop(items)
}

func (m *flatMapped[A, B]) Trace(t *future.Tracer) { t.Among("sink.WithFlatMap", m.items, m.s) }
