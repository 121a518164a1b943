package future

import "github.com/magpie-go/magpie/waker"

// Flow is what a turn of a [Loop] comes to: [Continue] with the next state of type S, or
// [Break] with the result of type R. The zero Flow continues with the zero state.
type Flow[S, R any] struct {
	state S
	out   R
	over  bool
}

// Continue lets a [Loop] take another turn, with this state. The type of the result, which
// it does not say, is given explicitly: Continue[string](n).
func Continue[R, S any](state S) Flow[S, R] { return Flow[S, R]{state: state} }

// Break ends a [Loop] with this result. The type of the state, which it does not say, is
// given explicitly: Break[int]("done").
func Break[S, R any](out R) Flow[S, R] { return Flow[S, R]{out: out, over: true} }

func (f Flow[S, R]) discardParts() {
	defer Discard(f.out)
	Discard(f.state)
}

// Loop returns a future that takes turns. In each it calls body with the state, first the
// one given here, and waits for the future that body returns; if that comes to [Continue]
// the next turn begins with its state, if it comes to [Break] the loop ends with its
// result, and if it fails the loop fails with its error.
//
// However many turns there are, it takes the memory of one, and adds no allocation to what
// body makes; body may return the same future again and again if that can be polled again.
// A turn takes one operation off the budget of the poll, so that a loop that never waits
// lets others run. A state that no turn was begun with is discarded (see [Discard]).
func Loop[S, R any](state S, body func(state S) Future[Flow[S, R]]) Future[R] {
	notNil(body != nil, "Loop", "func", aFunc)
	return &loopFuture[S, R]{state: state, body: body}
}

// loopFuture is between two turns while turn is nil, and has ended when body is.
type loopFuture[S, R any] struct {
	body  func(S) Future[Flow[S, R]]
	state S
	turn  Future[Flow[S, R]]
}

func (l *loopFuture[S, R]) Poll(cx *waker.Context) Poll[R] {
	if l.body == nil {
		ended("Loop")
	}
	for {
		if l.turn == nil {
			if !cx.Spend() {
				return Pending[R]()
			}
			l.begin()
		}
		p := l.turn.Poll(cx)
		if !p.ready {
			return Pending[R]()
		}
		l.turn = nil
		if p.value.over || p.err != nil {
			l.body = nil
			if p.err != nil {
				Discard(p.value)
				return Failed[R](p.err)
			}
			return Ready(p.value.out)
		}
		l.state = p.value.state
	}
}

func (l *loopFuture[S, R]) begin() {
	state := l.state
	var zero S
	l.state = zero
	turn := l.body(state)
	notNil(turn != nil, "Loop", "future from its func", "back "+aFuture)
	l.turn = turn
}

func (l *loopFuture[S, R]) Drop() {
	old := *l
	*l = loopFuture[S, R]{}
	defer Discard(old.state)
	Drop(old.turn)
}
