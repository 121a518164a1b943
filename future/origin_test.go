package future_test

import (
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

//go:noinline
func whereItBegan(v any) {
	panic(v)
}

// recovered calls fn, which panics with v, and returns the stack of the panic.
func recovered(t *testing.T, v any, fn func()) (stack string) {
	t.Helper()
	defer func() {
		t.Helper()
		got := recover()
		if got != v {
			t.Fatalf("recovered %v, want %v", got, v)
		}
		stack = string(future.Recovered(got).Stack)
	}()
	fn()
	return ""
}

// A panic that goes on in whoever drives the function has the value it had, and the stack of
// where it began.
func TestAPanicKeepsItsOrigin(t *testing.T) {
	boom := new(int)
	body := func(co *future.Co) (int, error) {
		co.Yield()
		whereItBegan(boom)
		return 0, nil
	}
	child := func(polls int) future.Future[int] {
		return future.Func(func(cx *waker.Context) future.Poll[int] {
			if polls--; polls == 0 {
				whereItBegan(boom)
			}
			cx.PollAgain()
			return future.Pending[int]()
		})
	}
	awaits := func(f future.Future[int]) future.Future[int] {
		return future.Async(func(co *future.Co) (int, error) { return future.Await(co, f) })
	}
	blockOn := func(f future.Future[int]) func() { return func() { _, _ = future.BlockOn(f) } }
	for name, fn := range map[string]func(){
		"no coroutine":             blockOn(child(1)),
		"Async":                    blockOn(future.Async(body)),
		"Async in Async":           blockOn(awaits(awaits(future.Async(body)))),
		"Async in a Join":          blockOn(future.Map(future.Box(future.Join(future.Of(future.Value(1)), future.Async(body))), func(future.Pair[int, int]) int { return 0 })),
		"Await, at the first poll": blockOn(awaits(child(1))),
		"Await, at a later poll":   blockOn(awaits(child(3))),
		"Async, dropped": func() {
			f := future.Async(func(co *future.Co) (int, error) {
				defer whereItBegan(boom)
				co.Yield()
				return 0, nil
			})
			cx := waker.FromWaker(waker.Noop())
			f.Poll(&cx)
			future.Drop(f)
		},
		"Generator": func() {
			g := future.NewGenerator(func(y *future.Yielder[int]) int {
				y.Yield(1)
				whereItBegan(boom)
				return 0
			})
			g.Resume()
			g.Resume()
		},
		"Generator, closed": func() {
			g := future.NewGenerator(func(y *future.Yielder[int]) int {
				defer whereItBegan(boom)
				y.Yield(1)
				return 0
			})
			g.Resume()
			g.Close()
		},
		"LocalPool": func() {
			p := future.NewLocalPool()
			future.Spawn(p, awaits(future.Async(body)))
			p.Run()
		},
	} {
		if stack := recovered(t, boom, fn); !strings.Contains(stack, "whereItBegan") {
			t.Errorf("%s: the stack is\n%s", name, stack)
		}
	}
}

func TestHandlesHaveTheOriginOfAPanic(t *testing.T) {
	p := future.NewLocalPool()
	h := future.Spawn(p, future.Async(func(*future.Co) (int, error) { whereItBegan("boom"); return 0, nil }))
	mustPanic(t, p.Run, "boom")
	for name, f := range map[string]future.Future[int]{
		"LocalHandle": h,
		"Blocking":    future.Blocking(func() (int, error) { whereItBegan("boom"); return 0, nil }),
		"Blocking over Async": future.Blocking(func() (int, error) {
			return future.BlockOn(future.Async(func(*future.Co) (int, error) { whereItBegan("boom"); return 0, nil }))
		}),
	} {
		_, err := future.BlockOn(f)
		if p, ok := err.(*future.PanicError); !ok || p.Value != "boom" || !strings.Contains(string(p.Stack), "whereItBegan") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
