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

// Select2 returns an operation that ends when the first of a and b ends, says which one
// it was, and drops the other. Its error is that of the one that ended; Which is set
// beside an error as well. When both are ready at one poll, a wins, unless it had used
// up the budget of the last one; [Select2Op.Fair] lets chance decide.
func Select2[A, B any, FA Op[A], FB Op[B]](a FA, b FB) (s Select2Op[A, B, FA, FB]) {
	s.a.hold(a, "future: Select2")
	s.b.hold(b, "future: Select2")
	return s
}

// Select2Op is what [Select2] returns.
type Select2Op[A, B any, FA Op[A], FB Op[B]] struct {
	a      Child[A, FA]
	b      Child[B, FB]
	bFirst bool // it is b's turn to be polled first
	fair   bool // each poll begins with any
}

// Fair has each poll begin with either of the two, by chance, see [SelectOp.Fair].
func (s Select2Op[A, B, FA, FB]) Fair() Select2Op[A, B, FA, FB] {
	s.fair = true
	return s
}

// Poll implements Future.
func (s *Select2Op[A, B, FA, FB]) Poll(cx *waker.Context) Poll[Either[A, B]] {
	if !s.a.live {
		ended("Select2")
	}
	if s.fair {
		s.bFirst = choose(cx, 2) == 1
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

func (s *Select2Op[A, B, FA, FB]) pollA(cx *waker.Context) Poll[Either[A, B]] {
	p := s.a.Poll(cx)
	if !p.ready {
		return Pending[Either[A, B]]()
	}
	dropBeside(&s.b, p.value)
	return Done(Either[A, B]{First: p.value, Which: 0}, p.err)
}

func (s *Select2Op[A, B, FA, FB]) pollB(cx *waker.Context) Poll[Either[A, B]] {
	p := s.b.Poll(cx)
	if !p.ready {
		return Pending[Either[A, B]]()
	}
	dropBeside(&s.a, p.value)
	return Done(Either[A, B]{Second: p.value, Which: 1}, p.err)
}

// Drop implements Dropper.
func (s *Select2Op[A, B, FA, FB]) Drop() {
	defer s.b.Drop()
	s.a.Drop()
}

// Await waits for the first of the two, see [Await].
func (s Select2Op[A, B, FA, FB]) Await(co *Co) (Either[A, B], error) { return AwaitOp(co, s) }
