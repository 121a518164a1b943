package sink_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/sink"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTest = errors.New("test error")

// target is a sink under the test's control: it notes what it takes, and what is done with it.
type target struct {
	room               int // for so many values more
	unflushed, unended bool
	got                []int

	ready, put, flush, end error // what the methods fail with

	has                               bool // room for the next Put, which was taken off
	flushes, closes, stopped, dropped int
	w                                 waker.Waker
}

// open is a target that has room, and nothing to be waited for.
func open() *target { return &target{room: 1 << 30} }

func (s *target) PollReady(cx *waker.Context) future.Poll[future.Unit] {
	switch {
	case s.ready != nil:
		return future.Failed[future.Unit](s.ready)
	case s.has:
		return future.Ready(future.Unit{})
	case s.room == 0:
		return s.wait(cx)
	case !cx.Spend():
		return future.Pending[future.Unit]()
	}
	s.room--
	s.has = true
	return future.Ready(future.Unit{})
}

func (s *target) Put(v int) error {
	if !s.has {
		panic("Put without room")
	}
	s.has = false
	if s.put == nil {
		s.got = append(s.got, v)
	}
	return s.put
}

func (s *target) PollFlush(cx *waker.Context) future.Poll[future.Unit] {
	if s.flushes++; s.unflushed {
		return s.wait(cx)
	}
	return future.Done(future.Unit{}, s.flush)
}

func (s *target) PollClose(cx *waker.Context) future.Poll[future.Unit] {
	if s.closes++; s.unended {
		return s.wait(cx)
	}
	return future.Done(future.Unit{}, s.end)
}

func (s *target) wait(cx *waker.Context) future.Poll[future.Unit] {
	s.w.Drop()
	s.w = cx.Waker().Clone()
	return future.Pending[future.Unit]()
}

func (s *target) StopSending() {
	s.stopped++
	if s.has {
		s.has = false
		s.room++
	}
	s.w.Drop()
	s.w = waker.Waker{}
}

func (s *target) Drop() { s.dropped++ }

// lets changes what the target lets happen, and wakes who waits for it.
func (s *target) lets(change func()) {
	change()
	w := s.w
	s.w = waker.Waker{}
	w.Wake()
}

// holds checks what the target has got.
func (s *target) holds(t *testing.T, want ...int) {
	t.Helper()
	if !slices.Equal(s.got, want) {
		t.Fatalf("got %v, want %v", s.got, want)
	}
}

// task polls by hand, and counts how often it was woken.
type task struct {
	t     *testing.T
	cx    waker.Context
	wakes int
}

func newTask(t *testing.T) *task {
	k := &task{t: t}
	k.cx = waker.FromWaker(waker.FromFunc(func() { k.wakes++ }))
	return k
}

// woken reports whether there was a wake-up since the last call.
func (k *task) woken() bool {
	n := k.wakes
	k.wakes = 0
	return n > 0
}

func pends(k *task, f future.Future[future.Unit]) {
	k.t.Helper()
	if p := f.Poll(&k.cx); p.IsReady() {
		k.t.Fatalf("ready with %v; want pending", p.Err())
	}
}

func succeeds(k *task, f future.Future[future.Unit]) {
	k.t.Helper()
	fails(k, f, nil)
}

// fails checks that f has ended, with this error.
func fails(k *task, f future.Future[future.Unit], want error) {
	k.t.Helper()
	if p := f.Poll(&k.cx); p.IsPending() || p.Err() != want {
		k.t.Fatalf("pending %v, error %v; want ready and %v", p.IsPending(), p.Err(), want)
	}
}

func send[T any](s sink.Sink[T], v T) future.Future[future.Unit] { return box(sink.Send(s, v)) }
func feed[T any](s sink.Sink[T], v T) future.Future[future.Unit] { return box(sink.Feed(s, v)) }
func flush[T any](s sink.Sink[T]) future.Future[future.Unit]     { return box(sink.Flush(s)) }
func end[T any](s sink.Sink[T]) future.Future[future.Unit]       { return box(sink.Close(s)) }

func box[F future.Op[future.Unit]](op F) future.Future[future.Unit] {
	return future.Box[future.Unit](op)
}

func mustPanic(t *testing.T, fn func(), parts ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		v := recover()
		for _, part := range parts {
			if !strings.Contains(fmt.Sprint(v), part) {
				t.Fatalf("panic %v, want one about %q", v, part)
			}
		}
	}()
	fn()
	t.Fatalf("no panic, want one about %q", parts)
}

// resource is a value that must be ended once.
type resource struct{ drops int }

func (r *resource) Drop() { r.drops++ }

// stages are sinks over one other, each of which lets all values pass.
var stages = map[string]func(sink.Sink[int]) sink.Sink[int]{
	"Map": func(s sink.Sink[int]) sink.Sink[int] {
		return sink.Map(s, func(v int) (int, error) { return v, nil })
	},
	"MapErr": func(s sink.Sink[int]) sink.Sink[int] {
		return sink.MapErr(s, func(err error) error { return err })
	},
	"With": func(s sink.Sink[int]) sink.Sink[int] {
		return sink.With(s, func(v int) future.Future[int] { return one(v) })
	},
	"WithFlatMap": func(s sink.Sink[int]) sink.Sink[int] {
		return sink.WithFlatMap(s, func(v int) future.Stream[int] { return &single{v: v} })
	},
	"Buffer":   func(s sink.Sink[int]) sink.Sink[int] { return sink.Buffer(s, 1) },
	"Buffer 0": func(s sink.Sink[int]) sink.Sink[int] { return sink.Buffer(s, 0) },
	"Fanout":   func(s sink.Sink[int]) sink.Sink[int] { return sink.Fanout(s, sink.Discard[int]()) },
}

// one is a future that is ready with itself.
type one int

func (v one) Poll(cx *waker.Context) future.Poll[int] {
	if !cx.Spend() {
		return future.Pending[int]()
	}
	return future.Ready(int(v))
}

// single is a stream of one value.
type single struct {
	v    int
	told bool
}

func (s *single) PollNext(cx *waker.Context) future.Poll[int] {
	switch {
	case !cx.Spend():
		return future.Pending[int]()
	case s.told:
		return future.Failed[int](future.ErrEnd)
	}
	s.told = true
	return future.Ready(s.v)
}
