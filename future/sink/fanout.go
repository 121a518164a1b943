package sink

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Fanout returns a sink that puts each value into all of these: the slowest one has the others wait. All get the same value: one that
// must be closed has no owner. An error of one is its error; of a value that one has not taken the others have all the same. It panics
// for none.
func Fanout[T any](to ...Sink[T]) Sink[T] {
	if len(to) == 0 {
		panic("sink: Fanout of no Sinks; pass one or more")
	}
	f := &fanout[T]{make([]branch[T], len(to))}
	for i, s := range to {
		f.to[i].above = on(s, "Fanout")
	}
	return f
}

type fanout[T any] struct{ to []branch[T] }

// branch is one of several sinks. It is not asked again for what it was ready with: with a budget that is smaller than what all of them
// spend there would be no end of it.
type branch[T any] struct {
	above[T]
	ready, flushed, closed bool
}

// all polls those that are not ready yet, as polled tells, and is ready when all are.
func (f *fanout[T]) all(poll func(*branch[T]) future.Poll[future.Unit], polled func(*branch[T]) *bool) future.Poll[future.Unit] {
	ready := true
	for i := range f.to {
		b := &f.to[i]
		was := polled(b)
		if *was {
			continue
		}
		p := poll(b)
		if p.Err() != nil {
			return p
		}
		*was = p.IsReady()
		ready = ready && *was
	}
	if !ready {
		return future.Pending[future.Unit]()
	}
	return done()
}

func (f *fanout[T]) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	return f.all(
		func(b *branch[T]) future.Poll[future.Unit] { return b.s.PollReady(cx) },
		func(b *branch[T]) *bool { return &b.ready })
}

func (f *fanout[T]) Put(v T) (err error) {
	for i := range f.to {
		mustBeReady(f.to[i].ready, "Fanout")
	}
	for i := range f.to {
		b := &f.to[i]
		b.ready, b.flushed = false, false
		if e := b.s.Put(v); err == nil {
			err = e
		}
	}
	return err
}

func (f *fanout[T]) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	return f.all(
		func(b *branch[T]) future.Poll[future.Unit] { return b.s.PollFlush(cx) },
		func(b *branch[T]) *bool { return &b.flushed })
}

func (f *fanout[T]) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	return f.all(
		func(b *branch[T]) future.Poll[future.Unit] { return b.s.PollClose(cx) },
		func(b *branch[T]) *bool { return &b.closed })
}

func (f *fanout[T]) StopSending() {
	for i := range f.to {
		b := &f.to[i]
		b.ready = false
		defer StopSending(b.s) // deferred, so that one that panics keeps nothing from the others
	}
}

func (f *fanout[T]) Drop() {
	for i := range f.to {
		b := &f.to[i]
		b.ready, b.flushed, b.closed = false, false, false
		defer b.above.Drop()
	}
}

func (f *fanout[T]) Trace(t *future.Tracer) {
	var all []any
	for i := range f.to {
		all = append(all, f.to[i].s)
	}
	t.Among("sink.Fanout", all...)
}
