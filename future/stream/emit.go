package stream

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Async returns a stream that an async function makes: it waits for what it likes, and hands out items
// on its way.
//
//	evens := stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
//		for i := 0; i < 10; i += 2 {
//			clock.Sleep(time.Second).Await(co)
//			out.Emit(co, i)
//		}
//		return nil
//	})
//
// It runs while the stream is polled, up to the item that is asked for. An error that it returns is the
// last item. For the rest it is as an async function is, see [future.Async].
func Async[T any](body func(co *future.Co, out *Emitter[T]) error) future.Stream[T] {
	mustHave(body != nil, "Async", "func", aFunc)
	e := new(Emitter[T])
	e.run = future.Do(func(co *future.Co) error { return body(co, e) })
	e.running = true
	return (*emitted[T])(e)
}

// Emitter is what the function of an [Async] stream hands items out with.
type Emitter[T any] struct {
	run     future.AsyncOp[future.Unit]
	running bool
	v       T
	full    bool // v is there
}

// Emit hands v out as the next item, and waits until it has been taken and another one is asked for.
// v is discarded if the stream is dropped before. Only the function that the emitter was given to calls
// it.
func (e *Emitter[T]) Emit(co *future.Co, v T) {
	if e == nil || !e.running {
		panic("stream: a nil or zero Emitter, or one whose stream has ended: use the one given to the function under Async")
	}
	if co.Dropped() {
		future.Discard(v)
		return
	}
	if e.full {
		panic("stream: Emit while another one waits: items come one after another")
	}
	e.v, e.full = v, true
	handed[T]{e}.Await(co)
}

// handed waits until the value has been taken. The stream's next poll polls it.
type handed[T any] struct{ e *Emitter[T] }

func (h handed[T]) Poll(*waker.Context) future.Poll[future.Unit] {
	if h.e.full {
		return future.Pending[future.Unit]()
	}
	return future.Ready(future.Unit{})
}

func (h handed[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, h) }

// emitted is the stream of an Emitter.
type emitted[T any] Emitter[T]

func (s *emitted[T]) PollNext(cx *waker.Context) future.Poll[T] {
	if !s.running {
		return end[T](cx)
	}
	if !s.full {
		p := s.run.Poll(cx)
		if p.IsReady() {
			s.running = false
			if err := p.Err(); err != nil {
				return future.Failed[T](err)
			}
			return end[T](cx)
		}
		if !s.full {
			return future.Pending[T]()
		}
	}
	if !cx.Spend() {
		return future.Pending[T]()
	}
	return future.Ready(s.take())
}

func (s *emitted[T]) take() T {
	var none T
	v := s.v
	s.v, s.full = none, false
	return v
}

func (s *emitted[T]) Drop() {
	if !s.running {
		return
	}
	defer func() {
		s.running = false
		if s.full {
			future.Discard(s.take())
		}
	}()
	s.run.Drop()
}

func (s *emitted[T]) Trace(t *future.Tracer) { s.run.Trace(t) }

func (s *emitted[T]) Name() string { return s.run.Name() }
