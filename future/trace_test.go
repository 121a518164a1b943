package future_test

import (
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

type traced struct{ children []any }

func (t traced) Trace(tr *future.Tracer) { tr.Among("traced", t.children...) }

func TestTraceShowsWhatAnAsyncFunctionWaitsFor(t *testing.T) {
	never := future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() })
	f := future.Async(func(co *future.Co) (int, error) { return future.Await(co, never) })
	if got := future.Trace(f); len(got) != 1 || !strings.HasSuffix(got[0].File, "trace_test.go") || got[0].Line == 0 {
		t.Errorf("before its first poll it stands at %v", got)
	}
	cx := waker.FromWaker(waker.Noop())
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	defer future.Drop(f)
	got := future.Trace(f)
	// The child was polled on the coroutine once; it is polled by the executor from now on.
	if len(got) != 2 || got[1].Depth != 1 || !strings.Contains(got[1].Func, "funcFuture") {
		t.Errorf("it stands at %v", got)
	}
}

func TestTraceOfSeveral(t *testing.T) {
	got := future.Trace(traced{[]any{traced{[]any{3}}, nil, "leaf"}})
	want := "traced\n  traced\n    int\n  string\n"
	s := ""
	for _, f := range got {
		s += f.String() + "\n"
	}
	if s != want {
		t.Errorf("\n%swant\n%s", s, want)
	}
	if f := (future.Frame{Depth: 1, Func: "p.f", File: "p/x.go", Line: 3}); f.String() != "  p.f p/x.go:3" {
		t.Error(f.String())
	}
}

// A join and a select show each part that still waits.
func TestTraceThroughCombinators(t *testing.T) {
	stuck := func(co *future.Co) (int, error) {
		return future.Await(co, future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() }))
	}
	f := future.Box(future.Join(future.Select2(future.Async(stuck), future.Of(future.Value(1))), future.Join(future.Async(stuck), future.Of(future.Value(1)))))
	cx := waker.FromWaker(waker.Noop())
	f.Poll(&cx)
	defer future.Drop(f)
	got := future.Trace(f)
	depths := []int{0, 1, 2, 3}
	if len(got) != len(depths) || got[0].Func != "future.Join" || got[1].Func != "future.Join" || !strings.Contains(got[2].Func, "TestTraceThroughCombinators") {
		t.Errorf("it stands at %v", got)
	}
	for i, d := range depths {
		if i < len(got) && got[i].Depth != d {
			t.Errorf("%v is at depth %d, want %d", got[i], got[i].Depth, d)
		}
	}
}
