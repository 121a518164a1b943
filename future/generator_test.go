package future_test

import (
	"errors"
	"iter"
	"math"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
)

func countTo(n int) *future.Generator[int, string] {
	return future.NewGenerator(func(y *future.Yielder[int]) string {
		for i := range n {
			y.Yield(i)
		}
		return "end"
	})
}

func TestGeneratorYieldsThenCompletes(t *testing.T) {
	g := countTo(3)
	for want := range 3 {
		s := g.Resume()
		if v, ok := s.Yielded(); v != want || !ok {
			t.Fatalf("yielded %d, %v; want %d", v, ok, want)
		}
		if _, ok := s.Complete(); ok {
			t.Fatal("complete while it yields")
		}
	}
	s := g.Resume()
	if r, ok := s.Complete(); r != "end" || !ok {
		t.Fatalf("complete with %q, %v", r, ok)
	}
	if _, ok := s.Yielded(); ok {
		t.Fatal("yielded at its end")
	}
	mustPanic(t, func() { g.Resume() }, "Resume of a generator that is complete")
	g.Close()
	mustPanic(t, func() { g.Resume() }, "is complete")
}

func TestGeneratorCloseRunsDeferredFunctions(t *testing.T) {
	var steps []string
	g := future.NewGenerator(func(y *future.Yielder[int]) int {
		defer func() { steps = append(steps, "outer") }()
		defer func() {
			if v := recover(); v != nil {
				t.Errorf("the body could recover %v", v)
			}
			steps = append(steps, "inner")
		}()
		y.Yield(1)
		steps = append(steps, "resumed")
		return 0
	})
	g.Resume()
	g.Close()
	g.Close()
	if len(steps) != 2 || steps[0] != "inner" || steps[1] != "outer" {
		t.Errorf("steps %v, want the two deferred functions alone", steps)
	}
	mustPanic(t, func() { g.Resume() }, "was closed")

	fresh := countTo(1)
	fresh.Close()
	mustPanic(t, func() { fresh.Resume() }, "was closed")
}

func TestGeneratorClosePassesOnAPanicOfADeferredFunction(t *testing.T) {
	g := future.NewGenerator(func(y *future.Yielder[int]) int {
		defer func() { panic(errTest) }()
		y.Yield(1)
		return 0
	})
	g.Resume()
	mustPanic(t, g.Close, errTest.Error())

	g = future.NewGenerator(func(y *future.Yielder[int]) int {
		defer y.Yield(2)
		y.Yield(1)
		return 0
	})
	g.Resume()
	mustPanic(t, g.Close, "being closed")
}

func TestGeneratorPanicTravelsToResume(t *testing.T) {
	value := &struct{ int }{1}
	g := future.NewGenerator(func(y *future.Yielder[int]) int {
		y.Yield(1)
		panic(value)
	})
	g.Resume()
	func() {
		defer func() {
			if v := recover(); v != value {
				t.Errorf("recovered %v, want the body's own value", v)
			}
		}()
		g.Resume()
	}()
	mustPanic(t, func() { g.Resume() }, "Resume of a generator that panicked")
	g.Close()
}

func TestGeneratorGoexitIsAPanicOfResume(t *testing.T) {
	for _, deferred := range []func(){func() {}, func() { _ = recover() }} {
		g := future.NewGenerator(func(*future.Yielder[int]) int {
			defer deferred()
			runtime.Goexit()
			return 0
		})
		mustPanic(t, func() { g.Resume() }, future.ErrGoexit.Error())
	}
	g := future.NewGenerator(func(*future.Yielder[int]) int {
		defer func() { panic(errTest) }()
		runtime.Goexit()
		return 0
	})
	mustPanic(t, func() { g.Resume() }, errTest.Error())
}

func TestGeneratorMisuse(t *testing.T) {
	var g *future.Generator[int, int]
	g = future.NewGenerator(func(y *future.Yielder[int]) int {
		mustPanic(t, func() { g.Resume() }, "that is running")
		mustPanic(t, g.Close, "that is running")
		if gid.Known {
			done := make(chan struct{})
			go func() {
				defer close(done)
				mustPanic(t, func() { y.Yield(1) }, "Yield outside the generator's body")
			}()
			<-done
		}
		return 4
	})
	if r, ok := g.Resume().Complete(); r != 4 || !ok {
		t.Errorf("%d, %v; the generator did not survive the misuse", r, ok)
	}
	var out *future.Yielder[int]
	g = future.NewGenerator(func(y *future.Yielder[int]) int { out = y; y.Yield(1); return 0 })
	g.Resume()
	mustPanic(t, func() { out.Yield(2) }, "Yield outside the generator's body")
	g.Close()
}

func TestGeneratorOnALockedThread(t *testing.T) {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		g := countTo(100)
		for range 50 {
			g.Resume()
			runtime.Gosched()
		}
		g.Close()
		h := countTo(1)
		h.Resume()
		if r, ok := h.Resume().Complete(); r != "end" || !ok {
			done <- errors.New("did not complete")
			return
		}
		done <- nil
	}()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestGeneratorResumeDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	g := countTo(1 << 30)
	defer g.Close()
	g.Resume()
	if n := testing.AllocsPerRun(100, func() { g.Resume() }); n != 0 {
		t.Errorf("a Resume allocates %v times", n)
	}
}

// What a Resume cannot be faster than.
func BenchmarkIterPullNext(b *testing.B) {
	next, stop := iter.Pull(func(yield func(int) bool) {
		for yield(1) {
		}
	})
	defer stop()
	for b.Loop() {
		next()
	}
}

func BenchmarkGeneratorResume(b *testing.B) {
	g := countTo(math.MaxInt)
	defer g.Close()
	b.ReportAllocs()
	for b.Loop() {
		g.Resume()
	}
}

func BenchmarkGeneratorResumeLocked(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	BenchmarkGeneratorResume(b)
}
