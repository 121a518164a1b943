package future

import "github.com/magpie-go/magpie/waker"

// Select returns an operation that ends when the first of fs ends: it tells which one that was, and
// what it came to. Its error is that of the one that ended. The others are dropped, or handed back if
// [SelectOp.Keep] asked for that. It panics without arguments: nothing would ever end it.
//
// When several are ready at one poll, the first in the order of the arguments wins, unless it had
// used up the budget of the last poll; [SelectOp.Fair] lets chance decide. A poll polls only the
// futures that were woken since, and allocates nothing.
//
// [Race] has the outcome alone. For two to six futures of different types, by value and without an
// allocation, there are [Select2] to [Select6].
func Select[T any](fs ...Future[T]) SelectOp[T] {
	notNil(len(fs) > 0, "Select", "list of futures", "at least one: a select of none never ends")
	s := &selectFuture[T]{children: children[T]{who: "Select"}}
	s.children.init(fs)
	s.pollChild = s.pollOne
	return SelectOp[T]{s}
}

// Selected is what a [Select] comes to.
type Selected[T any] struct {
	Index int // of the future that ended, among the arguments
	Value T   // what it came to, also beside an error
	// Others are those that did not end, in their order, if they were kept: whoever has them polls
	// them further, or drops them.
	Others []Future[T]
}

func (s Selected[T]) discardParts() {
	defer Discard(s.Value)
	endEach(0, len(s.Others), func(i int) { Drop(s.Others[i]) })
}

// choose returns a number from 0 to n-1, by chance.
func choose(cx *waker.Context, n int) int { return int(cx.Rand() % uint64(n)) }

// SelectOp is what [Select] returns: a handle of the wait, one pointer.
type SelectOp[T any] struct{ s *selectFuture[T] }

// Fair has each poll begin with another future, by chance: that of the executor ([waker.Context.Rand]),
// so that a test can have it again. It is called before the first poll.
func (o SelectOp[T]) Fair() SelectOp[T] {
	o.future().fair = true
	return o
}

// Keep has the futures that lose handed back instead of dropped, as [Selected.Others]. That takes
// an allocation. It is called before the first poll.
func (o SelectOp[T]) Keep() SelectOp[T] {
	o.future().keep = true
	return o
}

// Poll implements Future.
func (o SelectOp[T]) Poll(cx *waker.Context) Poll[Selected[T]] { return o.future().Poll(cx) }

// Drop implements Dropper: it drops all that wait.
func (o SelectOp[T]) Drop() { o.future().Drop() }

// Await waits for the first of the futures, see [Await].
func (o SelectOp[T]) Await(co *Co) (Selected[T], error) { return Await[Selected[T]](co, o.future()) }

// Trace implements Traced.
func (o SelectOp[T]) Trace(t *Tracer) { o.future().Trace(t) }

func (o SelectOp[T]) future() *selectFuture[T] { return made(o.s, "SelectOp", "Select makes them") }

type selectFuture[T any] struct {
	children[T]
	won        Poll[T]
	index      int
	fair, keep bool
	pollChild  func(i int, cx *waker.Context) bool // pollOne, bound once
}

func (s *selectFuture[T]) Poll(cx *waker.Context) Poll[Selected[T]] {
	s.check()
	if s.fair {
		s.set.first = choose(cx, len(s.fs))
	}
	s.set.each(cx, s.pollChild)
	won := s.won
	if !won.ready {
		return Pending[Selected[T]]()
	}
	s.won = Poll[T]{}
	out := Selected[T]{Index: s.index, Value: won.value}
	if s.keep {
		out.Others = s.left()
	}
	dropBeside(s, won.value)
	return Done(out, won.err)
}

func (s *selectFuture[T]) pollOne(i int, cx *waker.Context) bool {
	s.won = s.poll(i, cx)
	s.index = i
	return !s.won.ready
}

// left takes the futures that have not ended.
func (s *selectFuture[T]) left() []Future[T] {
	var left []Future[T]
	for i, f := range s.fs {
		if f != nil {
			left, s.fs[i] = append(left, f), nil
		}
	}
	return left
}

func (s *selectFuture[T]) Drop() { s.drop() }
