package future

import "github.com/magpie-go/magpie/waker"

// Either is the outcome of the future that ended first of two.
type Either[A, B any] struct {
	First  A
	Second B
	// Which is 0 if the first future ended, so that First is its value, and 1 if
	// the second did.
	Which int
}

// Select2 returns a future that ends when the first of a and b ends, says which one
// it was, and drops the other. Its error is that of the one that ended; Which is set
// beside an error as well. When both are ready at one poll, a wins, unless it had used
// up the budget of the last one.
func Select2[A, B any](a Future[A], b Future[B]) Future[Either[A, B]] {
	notNil(a != nil, "Select2", "first future", aFuture)
	notNil(b != nil, "Select2", "second future", aFuture)
	return &selectFuture[A, B]{a: a, b: b}
}

// selectFuture has ended when both are nil.
type selectFuture[A, B any] struct {
	a      Future[A]
	b      Future[B]
	bFirst bool // it is b's turn to be polled first
}

func (s *selectFuture[A, B]) Poll(cx *waker.Context) Poll[Either[A, B]] {
	if s.a == nil {
		ended("Select2")
	}
	bFirst := s.bFirst
	for i := range 2 {
		var p Poll[Either[A, B]]
		if bFirst == (i == 0) {
			p = s.pollB(cx)
		} else {
			p = s.pollA(cx)
		}
		if p.ready {
			return p
		}
		if i == 0 && cx.Exhausted() {
			s.bFirst = !bFirst
		}
	}
	return Pending[Either[A, B]]()
}

func (s *selectFuture[A, B]) pollA(cx *waker.Context) Poll[Either[A, B]] {
	p := s.a.Poll(cx)
	if !p.ready {
		return Pending[Either[A, B]]()
	}
	loser := s.b
	s.a, s.b = nil, nil
	dropBeside(loser, p.value)
	return Done(Either[A, B]{First: p.value, Which: 0}, p.err)
}

func (s *selectFuture[A, B]) pollB(cx *waker.Context) Poll[Either[A, B]] {
	p := s.b.Poll(cx)
	if !p.ready {
		return Pending[Either[A, B]]()
	}
	loser := s.a
	s.a, s.b = nil, nil
	dropBeside(loser, p.value)
	return Done(Either[A, B]{Second: p.value, Which: 1}, p.err)
}

func (s *selectFuture[A, B]) Drop() {
	if a, b := s.a, s.b; a != nil {
		s.a, s.b = nil, nil
		defer Drop(b)
		Drop(a)
	}
}
