package coord_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/future/stream"
)

var _ sink.Sink[int] = (*coord.SenderSink[int])(nil)

// hasRoom polls for room, which must be there.
func hasRoom(t *testing.T, p *peer, s *coord.SenderSink[int]) {
	t.Helper()
	comes(t, p, future.Func[future.Unit](s.PollReady), future.Unit{}, nil)
}

// Room that is asked for again is the same, and takes one value.
func TestSenderSinkReadyAgain(t *testing.T) {
	tx, rx := coord.MPSC[int](2)
	s, p := tx.Sink(), newPeer()
	hasRoom(t, p, s)
	hasRoom(t, p, s)
	is(t, "the capacity", tx.Capacity(), 1)
	fails(t, s.Put(1), nil)
	recvAll(t, rx, 1, 1)
	mustPanic(t, func() { _ = s.Put(2) }, "SenderSink that has no room", "PollReady")
}

// Who still waits for room has none.
func TestSenderSinkPutWhileWaiting(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	s, p := tx.Sink(), newPeer()
	hasRoom(t, p, s)
	fails(t, s.Put(1), nil)
	pends(t, p, future.Func[future.Unit](s.PollReady))
	mustPanic(t, func() { _ = s.Put(2) }, "SenderSink that has no room", "PollReady")
	recvAll(t, rx, 1, 1)
	hasRoom(t, p, s)
	fails(t, s.Put(2), nil)
	recvAll(t, rx, 2, 1)
}

// A value that was sent needs no flush, and the next one waits for its room; the end comes behind all values.
func TestSenderSinkFlushAndClose(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	s, p := tx.Sink(), newPeer()
	first := sink.Send[int](s, 1)
	comes(t, p, &first, future.Unit{}, nil)
	next := sink.Send[int](s, 2)
	pends(t, p, &next)
	flush := sink.Flush[int](s)
	comes(t, p, &flush, future.Unit{}, nil)
	recvAll(t, rx, 1, 1)
	p.woken(t, 1)
	comes(t, p, &next, future.Unit{}, nil)
	end := sink.Close[int](s)
	comes(t, p, &end, future.Unit{}, nil)
	recvAll(t, rx, 2, 1)
	_, err := rx.TryRecv()
	fails(t, err, coord.ErrClosed)
	late := sink.Send[int](s, 3)
	comes(t, p, &late, future.Unit{}, coord.ErrClosed)
	s.Drop()
	p.gone(t)
}

// Room, and a place in the line for it, goes to who waits next if the wait is given up or the sink is dropped.
func TestSenderSinkGivesBack(t *testing.T) {
	for name, give := range map[string]func(*coord.SenderSink[int]){
		"StopSending": (*coord.SenderSink[int]).StopSending,
		"Drop":        (*coord.SenderSink[int]).Drop,
	} {
		t.Run(name, func(t *testing.T) {
			tx, rx := coord.MPSC[int](1)
			p, q := newPeer(), newPeer()
			s := tx.Clone().Sink()
			hasRoom(t, p, s)
			other := tx.Send(7)
			pends(t, q, &other)
			give(s)
			q.woken(t, 1)
			comes(t, q, &other, future.Unit{}, nil)

			s = tx.Clone().Sink()
			pends(t, p, future.Func[future.Unit](s.PollReady))
			give(s)
			p.gone(t)
			recvAll(t, rx, 7, 1)
			p.woken(t, 0)
			is(t, "the capacity", tx.Capacity(), 1)
		})
	}
}

// Nobody receives: who waits for room is told, and so is who had it.
func TestSenderSinkOfAReceiverThatIsGone(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	p, q := newPeer(), newPeer()
	has, waits := tx.Clone().Sink(), tx.Sink()
	hasRoom(t, p, has)
	pends(t, q, future.Func[future.Unit](waits.PollReady))
	rx.Drop()
	fails(t, has.Put(1), coord.ErrClosed)
	q.woken(t, 1)
	comes(t, q, future.Func[future.Unit](waits.PollReady), future.Unit{}, coord.ErrClosed)
}

// Sinks of several kinds of values, each made of a sender of its own, send into one channel.
func TestSenderSinksOfSeveralKinds(t *testing.T) {
	tx, rx := coord.MPSC[bool](5)
	positive := func() sink.Sink[int] {
		return sink.With[int](tx.Clone().Sink(), func(v int) future.Future[bool] { return future.Value(v > 0) })
	}
	long := func() sink.Sink[string] {
		return sink.With[string](tx.Clone().Sink(), func(v string) future.Future[bool] { return future.Value(len(v) > 5) })
	}
	for _, op := range []future.Future[future.Unit]{
		future.Box(sink.Forward(stream.Of(-1), positive())),
		future.Box(sink.Forward(stream.Of("123456"), long())),
		future.Box(sink.Forward(stream.Of("123"), long())),
		future.Box(sink.Forward(stream.Of(1), positive())),
		future.Box(sink.Forward(stream.Of(false), sink.Sink[bool](tx.Sink()))),
	} {
		comes(t, newPeer(), op, future.Unit{}, nil)
	}
	got, err := future.BlockOn(stream.Collect[bool](rx))
	fails(t, err, nil)
	is(t, "what was received", [5]bool(got), [5]bool{false, true, false, true, false})
}

func TestSenderSinkAllocatesNothing(t *testing.T) {
	tx, rx := coord.MPSC[int](1)
	s := tx.Sink()
	steady(t, "a value", func(co *future.Co) {
		if _, err := sink.Send[int](s, 1<<30).Await(co); err != nil {
			t.Error(err)
		}
		if _, err := rx.TryRecv(); err != nil {
			t.Error(err)
		}
	})
}

func TestSenderSinkMisuse(t *testing.T) {
	var none *coord.SenderSink[int]
	for _, f := range []func(){
		func() { none.PollReady(nil) },
		func() { _ = none.Put(1) },
		func() { none.PollFlush(nil) },
		func() { none.PollClose(nil) },
		func() { none.StopSending() },
		func() { new(coord.SenderSink[int]).Drop() },
	} {
		mustPanic(t, f, "a nil SenderSink, or a zero one: Sender.Sink makes them")
	}
	mustPanic(t, func() { (*coord.Sender[int])(nil).Sink() }, "a nil Sender")
}
