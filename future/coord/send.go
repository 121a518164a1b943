package coord

import (
	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/waitlist"
	"github.com/magpie-go/magpie/waker"
)

// SendOp is what [Sender.Send] returns.
type SendOp[T any] struct {
	c     *channel[T]
	place place
	v     T
}

// Poll implements future.Future.
func (s *SendOp[T]) Poll(cx *waker.Context) future.Poll[future.Unit] {
	if s == nil || s.c == nil {
		overOp("SendOp", "Sender.Send")
	}
	if s.place.closed {
		if !cx.Spend() {
			return future.Pending[future.Unit]()
		}
		return s.end(errSenderClosed)
	}
	spent := false
	if !s.place.has && s.place.node.State() == waitlist.Out {
		if spent = cx.Spend(); !spent {
			return future.Pending[future.Unit]()
		}
		if s.c.senders.Empty() { // else it waits behind those
			if err := s.c.trySend(s.v); err != ErrFull {
				return s.end(err)
			}
		}
	}
	switch s.c.wait(&s.place, cx.Waker()) {
	case waitlist.Waiting:
		return future.Pending[future.Unit]()
	case waitlist.Closed:
		return s.end(errNobodyReceives)
	}
	if !spent && !cx.Spend() {
		return future.Pending[future.Unit]()
	}
	s.place.has = false
	return s.end(s.c.sendPromised(s.v))
}

// end lets go of all that the operation has, and is its outcome.
func (s *SendOp[T]) end(err error) future.Poll[future.Unit] {
	var none T
	s.c, s.v = nil, none
	return future.Done(future.Unit{}, err)
}

// Drop implements future.Dropper.
func (s *SendOp[T]) Drop() {
	if c := s.c; c != nil {
		s.end(nil)
		c.leave(&s.place)
	}
}

// Await waits until the value is in the channel.
func (s SendOp[T]) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, s) }

// ReserveOp is what [Sender.Reserve] and [Sender.ReserveMany] return.
type ReserveOp[T any] struct {
	c     *channel[T]
	place place
	err   error // known from the start on
}

// Poll implements future.Future.
func (r *ReserveOp[T]) Poll(cx *waker.Context) future.Poll[SendPermit[T]] {
	if r == nil || r.c == nil {
		overOp("ReserveOp", "Sender.Reserve")
	}
	if r.err != nil {
		if !cx.Spend() {
			return future.Pending[SendPermit[T]]()
		}
		return r.end(SendPermit[T]{}, r.err)
	}
	spent := false
	if !r.place.has && r.place.node.State() == waitlist.Out {
		if spent = cx.Spend(); !spent {
			return future.Pending[SendPermit[T]]()
		}
		if p, err := r.c.tryReserve(r.place.want); err != ErrFull {
			return r.end(p, err)
		}
	}
	switch r.c.wait(&r.place, cx.Waker()) {
	case waitlist.Waiting:
		return future.Pending[SendPermit[T]]()
	case waitlist.Closed:
		return r.end(SendPermit[T]{}, errNobodyReceives)
	}
	if !spent && !cx.Spend() {
		return future.Pending[SendPermit[T]]()
	}
	r.place.has = false
	return r.end(r.c.permit(r.place.want), nil)
}

func (r *ReserveOp[T]) end(p SendPermit[T], err error) future.Poll[SendPermit[T]] {
	r.c, r.err = nil, nil
	return future.Done(p, err)
}

// Drop implements future.Dropper.
func (r *ReserveOp[T]) Drop() {
	if c := r.c; c != nil {
		r.c, r.err = nil, nil
		c.leave(&r.place)
	}
}

// Await waits for the permit.
func (r ReserveOp[T]) Await(co *future.Co) (SendPermit[T], error) { return future.AwaitOp(co, r) }
