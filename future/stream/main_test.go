package stream_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTest = errors.New("test error")

// source is a stream under the test's control: what is pushed comes out, and it counts what is done
// with it.
type source[T any] struct {
	items   []future.Poll[T]
	polls   int
	stopped int
	dropped int
	w       waker.Waker
}

func (s *source[T]) PollNext(cx *waker.Context) future.Poll[T] {
	s.polls++
	if len(s.items) == 0 {
		s.w.Drop()
		s.w = cx.Waker().Clone()
		return future.Pending[T]()
	}
	if !cx.Spend() {
		return future.Pending[T]()
	}
	p := s.items[0]
	if p.Err() != future.ErrEnd { // the end is told again
		s.items = s.items[1:]
	}
	return p
}

func (s *source[T]) StopWaiting() {
	s.stopped++
	s.w.Drop()
	s.w = waker.Waker{}
}

func (s *source[T]) Drop() { s.dropped++ }

func (s *source[T]) send(vs ...T) *source[T] {
	for _, v := range vs {
		s.items = append(s.items, future.Ready(v))
	}
	return s.wake()
}

func (s *source[T]) fail(err error) *source[T] {
	s.items = append(s.items, future.Failed[T](err))
	return s.wake()
}

func (s *source[T]) end() *source[T] { return s.fail(future.ErrEnd) }

func (s *source[T]) wake() *source[T] {
	w := s.w
	s.w = waker.Waker{}
	w.Wake()
	return s
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

func pends[T any](k *task, s future.Stream[T]) {
	k.t.Helper()
	if p := s.PollNext(&k.cx); p.IsReady() {
		v, err := p.Result()
		k.t.Fatalf("ready with %v, %v; want pending", v, err)
	}
}

func comes[T any](k *task, s future.Stream[T], want T) {
	k.t.Helper()
	p := s.PollNext(&k.cx)
	if v, err := p.Result(); p.IsPending() || err != nil || fmt.Sprint(v) != fmt.Sprint(want) {
		k.t.Fatalf("pending %v: %v, %v; want %v", p.IsPending(), v, err, want)
	}
}

func fails[T any](k *task, s future.Stream[T], want error) {
	k.t.Helper()
	p := s.PollNext(&k.cx)
	if v, err := p.Result(); p.IsPending() || err != want {
		k.t.Fatalf("pending %v: %v, %v; want the error %v", p.IsPending(), v, err, want)
	}
}

// ends checks that the end has come, and comes again.
func ends[T any](k *task, s future.Stream[T]) {
	k.t.Helper()
	fails(k, s, future.ErrEnd)
	fails(k, s, future.ErrEnd)
}

func isPending[T any](k *task, f future.Future[T]) {
	k.t.Helper()
	if f.Poll(&k.cx).IsReady() {
		k.t.Fatal("ready, want pending")
	}
}

func isReady[T any](k *task, f future.Future[T]) (T, error) {
	k.t.Helper()
	p := f.Poll(&k.cx)
	if p.IsPending() {
		k.t.Fatal("pending, want ready")
	}
	return p.Result()
}

// drain returns all items of a stream that is always ready.
func drain[T any](t *testing.T, s future.Stream[T]) (vs []T) {
	t.Helper()
	k := newTask(t)
	for {
		p := s.PollNext(&k.cx)
		v, err := p.Result()
		switch {
		case p.IsPending():
			t.Fatalf("pending after %v", vs)
		case err == future.ErrEnd:
			return vs
		case err != nil:
			t.Fatalf("failed after %v: %v", vs, err)
		}
		vs = append(vs, v)
	}
}

func yields[T comparable](t *testing.T, s future.Stream[T], want ...T) {
	t.Helper()
	if got := drain(t, s); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
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

func even(v int) bool { return v%2 == 0 }

// stages are streams over one other, each of which lets all values pass.
var stages = map[string]func(future.Stream[int]) future.Stream[int]{
	"Map":       func(s future.Stream[int]) future.Stream[int] { return stream.Map(s, func(v int) int { return v }) },
	"Filter":    func(s future.Stream[int]) future.Stream[int] { return stream.Filter(s, func(int) bool { return true }) },
	"FilterMap": func(s future.Stream[int]) future.Stream[int] { return stream.FilterMap(s, pass) },
	"Scan": func(s future.Stream[int]) future.Stream[int] {
		return stream.Scan(s, 0, func(_ *int, v int) (int, bool) { return v, true })
	},
	"Inspect": func(s future.Stream[int]) future.Stream[int] { return stream.Inspect(s, func(int, error) {}) },
	"MapErr": func(s future.Stream[int]) future.Stream[int] {
		return stream.MapErr(s, func(err error) error { return err })
	},
	"Take": func(s future.Stream[int]) future.Stream[int] { return stream.Take(s, 1000) },
	"TakeWhile": func(s future.Stream[int]) future.Stream[int] {
		return stream.TakeWhile(s, func(int) bool { return true })
	},
	"MapWhile": func(s future.Stream[int]) future.Stream[int] { return stream.MapWhile(s, pass) },
	"TakeUntil": func(s future.Stream[int]) future.Stream[int] {
		return stream.TakeUntil(s, future.Box(future.Never[int]()))
	},
	"Skip": func(s future.Stream[int]) future.Stream[int] { return stream.Skip(s, 0) },
	"SkipWhile": func(s future.Stream[int]) future.Stream[int] {
		return stream.SkipWhile(s, func(int) bool { return false })
	},
	"Chain":      func(s future.Stream[int]) future.Stream[int] { return stream.Chain(s) },
	"Merge":      func(s future.Stream[int]) future.Stream[int] { return stream.Merge(s) },
	"Fuse":       func(s future.Stream[int]) future.Stream[int] { return stream.Fuse(s) },
	"UntilError": func(s future.Stream[int]) future.Stream[int] { return stream.UntilError(s) },
	"CatchPanic": func(s future.Stream[int]) future.Stream[int] { return stream.CatchPanic(s) },
	"Then":       func(s future.Stream[int]) future.Stream[int] { return stream.Then(s, future.Value[int]) },
	"Peek":       func(s future.Stream[int]) future.Stream[int] { return stream.Peek(s) },
	"Flatten": func(s future.Stream[int]) future.Stream[int] {
		return stream.FlatMap(s, func(v int) future.Stream[int] { return stream.Of(v) })
	},
	"FlattenUnordered": func(s future.Stream[int]) future.Stream[int] {
		return stream.FlattenUnordered(stream.Map(s, func(v int) future.Stream[int] { return stream.Of(v) }), 2)
	},
	"Buffered": func(s future.Stream[int]) future.Stream[int] {
		return stream.Buffered(stream.Map(s, future.Value[int]), 2)
	},
	"BufferUnordered": func(s future.Stream[int]) future.Stream[int] {
		return stream.BufferUnordered(stream.Map(s, future.Value[int]), 2)
	},
	"Enumerate": func(s future.Stream[int]) future.Stream[int] {
		return stream.Map(stream.Enumerate(s), func(p future.Pair[int, int]) int { return p.Second })
	},
	"Results": func(s future.Stream[int]) future.Stream[int] {
		return stream.Map(stream.Results(s), func(r future.Result[int]) int { return r.Value })
	},
	"Zip": func(s future.Stream[int]) future.Stream[int] {
		return stream.Map(stream.Zip(s, stream.Repeat(0)), func(p future.Pair[int, int]) int { return p.First })
	},
	"ReadyChunks": func(s future.Stream[int]) future.Stream[int] {
		return stream.Map(stream.ReadyChunks(s, 1), func(vs []int) int { return vs[0] })
	},
	"Set": func(s future.Stream[int]) future.Stream[int] {
		set := new(stream.Set[int])
		set.Push(s)
		return set
	},
	"Keyed": func(s future.Stream[int]) future.Stream[int] {
		keyed := new(stream.Keyed[string, int])
		keyed.Insert("key", s)
		return stream.Map(keyed, func(p future.Pair[string, int]) int { return p.Second })
	},
	"Split": func(s future.Stream[int]) future.Stream[int] {
		yes, no := stream.Split(s, func(int) bool { return true })
		future.Drop(no)
		return yes
	},
}

func pass(v int) (int, bool) { return v, true }
