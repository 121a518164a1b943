package par_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
	"github.com/magpie-go/magpie/waker"
)

var sizes = []int{-1, 0, 1, 2, 3, 8, 9, 64, 1000, 100_003}

// everywhere runs f with each kind of Worker there is.
func everywhere(t *testing.T, f func(t *testing.T, w *par.Worker)) {
	t.Run("detached", func(t *testing.T) { f(t, par.Detached()) })
	for _, n := range []int{1, 2, 8} {
		rt := newRuntime(t, n)
		w := par.On(rt)
		t.Run(fmt.Sprintf("goroutine/%d", n), func(t *testing.T) { f(t, w) })
		t.Run(fmt.Sprintf("worker/%d", n), func(t *testing.T) {
			par.Within(w, func(w *par.Worker) { f(t, w) })
		})
	}
}

// spend takes a while: iterations of it are shared with other workers.
func spend(rounds int) (x uint64) {
	for i := range rounds {
		x = x*6364136223846793005 + uint64(i)
	}
	runtime.KeepAlive(x)
	return x
}

// uneven is an iteration that takes very little, or longer than a chunk.
func uneven(i int) {
	switch {
	case i%8192 == 5:
		spend(30_000)
	case i%64 == 3:
		spend(300)
	}
}

func TestEveryIndexOnce(t *testing.T) {
	loops := map[string]func(w *par.Worker, n int, f func(i int)){
		"For": par.For,
		"ForRange": func(w *par.Worker, n int, f func(i int)) {
			par.ForRange(w, n, func(_ *par.Worker, lo, hi int) {
				if lo >= hi {
					t.Errorf("range [%d, %d)", lo, hi)
				}
				for i := lo; i < hi; i++ {
					f(i)
				}
			})
		},
	}
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for name, loop := range loops {
			for _, n := range sizes {
				seen := make([]uint8, max(n, 0)) // the race detector sees to it that no two write one
				loop(w, n, func(i int) {
					uneven(i)
					seen[i]++
				})
				for i, times := range seen {
					if times != 1 {
						t.Fatalf("%s of %d: %d was run %d times", name, n, i, times)
					}
				}
			}
		}
	})
}

func TestMap(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, n := range sizes {
			in := make([]int, max(n, 0))
			for i := range in {
				in[i] = i
			}
			out := par.Map(w, in, func(i int) string { uneven(i); return strconv.Itoa(i) })
			par.MapInto(w, in, in, func(i int) int { return 2 * i })
			if len(out) != len(in) {
				t.Fatalf("%d results of %d", len(out), len(in))
			}
			for i := range in {
				if out[i] != strconv.Itoa(i) || in[i] != 2*i {
					t.Fatalf("at %d of %d: %q and %d", i, n, out[i], in[i])
				}
			}
		}
	})
}

func TestLengthsMustAgree(t *testing.T) {
	w := par.Detached()
	for want, f := range map[string]func(){
		"par: MapInto: out has 2 elements and in has 3; they must have the same number": func() {
			par.MapInto(w, make([]int, 2), make([]int, 3), func(i int) int { return i })
		},
		"par: Scan: out has 4 elements and in has 3; they must have the same number": func() {
			par.Scan(w, make([]int, 4), make([]int, 3), 0, add)
		},
	} {
		if got := panicOf(f); got != want {
			t.Errorf("panic %v, not %q", got, want)
		}
	}
}

func panicOf(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func add(a, b int) int { return a + b }

// Iterations of which one waits for the other are not to be written, but they show that two
// are under way at once.
func TestFewIterationsAreOfferedAtOnce(t *testing.T) {
	var under atomic.Int32
	par.For(par.On(newRuntime(t, 2)), 2, func(int) {
		for under.Add(1); under.Load() < 2; {
			runtime.Gosched()
		}
	})
}

func TestLoopIsShared(t *testing.T) {
	par.Within(par.On(newRuntime(t, 2)), func(w *par.Worker) {
		var elsewhere atomic.Bool
		for !elsewhere.Load() {
			par.ForRange(w, 1000, func(v *par.Worker, lo, hi int) {
				spend(2000 * (hi - lo))
				if v != w {
					elsewhere.Store(true)
				}
			})
		}
	})
}

// A loop that is over before it has lasted for long offers nothing: here no time passes.
func TestShortLoopOffersNothing(t *testing.T) {
	rt := newRuntime(t, 2)
	par.Within(par.On(rt), func(w *par.Worker) {
		defer par.StopClock()()
		n, offered := 0, 0
		par.ForRange(w, 10_000, func(w *par.Worker, lo, hi int) {
			n += hi - lo // plain: there is one worker
			if !par.Inside(w).Empty() || par.Inside(w).Depth() > 0 {
				offered++
			}
		})
		if n != 10_000 || offered > 0 {
			t.Errorf("a short loop of 10,000 iterations did %d, and offered others some in %d of its pieces", n, offered)
		}
	})
}

func TestNestedLoops(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		const n = 150
		var seen [n][n]uint8
		par.ForRange(w, n, func(w *par.Worker, lo, hi int) {
			for i := lo; i < hi; i++ {
				row := &seen[i]
				par.ForRange(w, n, func(w *par.Worker, lo, hi int) {
					for j := lo; j < hi; j++ {
						row[j] += uint8(fib(w, 5))
						uneven(i * j)
					}
				})
			}
		})
		for i := range seen {
			for j, got := range seen[i] {
				if got != 5 {
					t.Fatalf("%d at %d, %d", got, i, j)
				}
			}
		}
	})
}

func TestPanicInLoop(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, at := range []int{0, 1, 777, 99_999} {
			var under atomic.Int32
			got := panicOf(func() {
				par.For(w, 100_000, func(i int) {
					under.Add(1)
					uneven(i)
					if i == at {
						under.Add(-1)
						panic(at)
					}
					under.Add(-1)
				})
			})
			if got != at {
				t.Fatalf("panic %v, not %d", got, at)
			}
			if n := under.Load(); n != 0 {
				t.Fatalf("%d iterations were under way after the loop", n)
			}
		}
		if got := par.Sum(w, []int{1, 2, 3}); got != 6 {
			t.Fatalf("a sum after panics is %d", got)
		}
	})
}

func TestCancelLoop(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var under atomic.Int32
		err := par.WithContext(ctx, w, func(w *par.Worker) {
			for { // until it is cancelled
				par.ForRange(w, 1000, func(w *par.Worker, lo, hi int) {
					under.Add(1)
					spend(100 * (hi - lo))
					cancel()
					under.Add(-1)
				})
			}
		})
		if !errors.Is(err, context.Canceled) || under.Load() != 0 {
			t.Fatalf("error %v, %d iterations under way", err, under.Load())
		}
	})
}

type polled func(w *par.Worker) int

func (f polled) Poll(cx *waker.Context) future.Poll[int] { return future.Ready(f(par.From(cx))) }

func TestLoopInTasks(t *testing.T) {
	const n = 20_000
	s := make([]int, n)
	par.For(par.Detached(), n, func(i int) { s[i] = i })
	loop := func(w *par.Worker) int {
		return par.Reduce(w, s, 0, func(a, b int) int { uneven(b); return a + b })
	}
	for _, workers := range []int{1, 2, 8} {
		rt := newRuntime(t, workers)
		var handles []sched.JoinHandle[int]
		for range 10 {
			handles = append(handles,
				sched.Spawn(rt, future.Future[int](polled(loop))),
				sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
					return loop(par.From(co.Context())), nil
				})))
		}
		for _, h := range handles {
			if got, err := h.Wait(context.Background()); got != n*(n-1)/2 || err != nil {
				t.Fatalf("%d, %v", got, err)
			}
		}
	}
}

func TestLoopAfterShutdown(t *testing.T) {
	rt := newRuntime(t, 2)
	if err := rt.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := par.Sum(par.On(rt), []int{1, 2, 3}); got != 6 {
		t.Fatal(got)
	}
}

func TestLoopsAllocateNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		if par.Inside(w).Foreign() {
			return
		}
		s := make([]int, 10_000)
		for name, c := range map[string]struct {
			most float64
			f    func()
		}{
			"For":      {0, func() { par.For(w, 10_000, uneven) }},
			"few":      {0, func() { par.For(w, 2, uneven) }},
			"ForRange": {0, func() { par.ForRange(w, 10_000, func(_ *par.Worker, lo, hi int) { spend(20 * (hi - lo)) }) }},
			"MapInto":  {2, func() { par.MapInto(w, s, s, func(i int) int { return i }) }},
			"Reduce":   {2, func() { par.Reduce(w, s, 0, add) }},
			"Sum":      {2, func() { par.Sum(w, s) }},
		} {
			c.f() // the first time frames are made
			// A worker that has never been as deep makes a frame: that is not for each loop.
			if got := testing.AllocsPerRun(200, c.f); got > c.most {
				t.Errorf("%s: %v allocations, not %v", name, got, c.most)
			}
		}
	})
}
