package future

import "github.com/magpie-go/magpie/waker"

// The joins and selects of three to six differ in their types alone. What they do is here, over
// their parts; arity.go, which internal/arity writes, has the types.

// heldPart is an operation among several, and what it came to.
type heldPart[T any, F Op[T]] struct {
	Child[T, F]
	value T
	err   error
}

// part is a heldPart, whatever its types.
type part interface {
	waits() bool
	step(cx *waker.Context) error
	failure() error
	end()
}

func holdPart[T any, F Op[T]](op F, who string) heldPart[T, F] {
	return heldPart[T, F]{Child: Hold[T](op, who)}
}

func (h *heldPart[T, F]) waits() bool { return h.live }

// step polls an operation that waits.
func (h *heldPart[T, F]) step(cx *waker.Context) error {
	if p := h.Poll(cx); p.ready {
		h.value, h.err = p.value, p.err
	}
	return h.err
}

func (h *heldPart[T, F]) failure() error { return h.err }

// take returns what the operation came to, and forgets it.
func (h *heldPart[T, F]) take() T {
	v := h.value
	var none T
	h.value, h.err = none, nil
	return v
}

// end drops the operation, or discards what it came to.
func (h *heldPart[T, F]) end() {
	v := h.take()
	defer Discard(v)
	h.Drop()
}

// several is the state of a join or a select beside its parts.
type several struct {
	live  bool  // neither ready nor dropped
	try   bool  // a join ends at the first error
	fair  bool  // a select begins with any
	first uint8 // the part to begin with: the one after that which used up the last budget
}

// each steps the parts that wait, in their order, until visit returns false.
func (s *several) each(cx *waker.Context, parts []part, visit func(i int, err error) bool) {
	first := int(s.first)
	s.first = 0
	for k := range parts {
		i := (first + k) % len(parts)
		if !parts[i].waits() {
			continue
		}
		if !visit(i, parts[i].step(cx)) {
			return
		}
		if s.first == 0 && cx.Exhausted() {
			s.first = uint8((i + 1) % len(parts))
		}
	}
}

// join reports whether all have ended, or one of a try has failed; err is that of the first in their
// order that failed.
func (s *several) join(cx *waker.Context, parts ...part) (done bool, err error) {
	if !s.live {
		ended("Join or TryJoin")
	}
	s.each(cx, parts, func(_ int, failure error) bool {
		if s.try {
			err = failure
		}
		return err == nil
	})
	if err != nil {
		s.drop(parts...)
		return true, err
	}
	for _, p := range parts {
		if p.waits() {
			return false, nil
		}
	}
	for _, p := range parts {
		if err == nil {
			err = p.failure()
		}
	}
	s.live = false
	return true, err
}

// race returns which part was the first to end, after it has dropped the others; -1 if none has.
func (s *several) race(cx *waker.Context, parts ...part) (won int, err error) {
	if !s.live {
		ended("Select")
	}
	if s.fair {
		s.first = uint8(choose(cx, len(parts)))
	}
	won = -1
	s.each(cx, parts, func(i int, failure error) bool {
		if parts[i].waits() {
			return true
		}
		won, err = i, failure
		return false
	})
	if won >= 0 {
		s.live = false
		s.dropBeside(won, parts)
	}
	return won, err
}

// dropBeside ends all parts but one. If that panics nobody gets the value of that one.
func (s *several) dropBeside(won int, parts []part) {
	dropped := false
	defer func() {
		if !dropped {
			parts[won].end()
		}
	}()
	endEach(0, len(parts), func(i int) {
		if i != won {
			parts[i].end()
		}
	})
	dropped = true
}

func (s *several) drop(parts ...part) {
	if s.live {
		s.live = false
		endEach(0, len(parts), func(i int) { parts[i].end() })
	}
}
