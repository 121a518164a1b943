package stream_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/waker"
)

// Each stage hands values on when they are there, waits when none is, and tells the end, again and again.
func TestStagesPassValuesAndTheEnd(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			k := newTask(t)
			src := new(source[int]).send(1, 2)
			s := stage(src)
			comes(k, s, 1)
			comes(k, s, 2)
			pends(k, s)
			k.woken()
			src.send(3)
			if !k.woken() {
				t.Error("a value woke nobody")
			}
			comes(k, s, 3)
			pends(k, s)
			src.end()
			if !k.woken() {
				t.Error("the end woke nobody")
			}
			ends(k, s)
		})
	}
}

// An error passes in its place, and the values after it come.
func TestStagesPassErrors(t *testing.T) {
	for name, stage := range stages {
		if name == "Results" || name == "UntilError" {
			continue // which make something else of it
		}
		t.Run(name, func(t *testing.T) {
			k := newTask(t)
			s := stage(new(source[int]).send(1).fail(errTest).send(2).end())
			var vs []int
			failures := 0
			for range 4 {
				v, err := s.PollNext(&k.cx).Result()
				switch err {
				case nil:
					vs = append(vs, v)
				case errTest:
					failures++
				}
			}
			if len(vs) != 2 || vs[0] != 1 || vs[1] != 2 || failures != 1 {
				t.Errorf("values %v, %d failures; want 1, 2 and one", vs, failures)
			}
		})
	}
}

func TestStagesDropWhatIsBelowOnce(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			k := newTask(t)
			src := new(source[int]).send(1)
			s := stage(src)
			comes(k, s, 1)
			pends(k, s)
			future.Drop(s)
			future.Drop(s)
			if src.dropped != 1 {
				t.Errorf("dropped %d times", src.dropped)
			}
			ends(k, s) // and nothing below is polled any more
		})
	}
}

// A wait that is given up reaches the source, which goes on.
func TestStagesStopWaiting(t *testing.T) {
	for name, stage := range stages {
		if name == "Set" || name == "Keyed" {
			continue // whose streams wait for the set, which gives the task's waker back: see below
		}
		t.Run(name, func(t *testing.T) {
			k := newTask(t)
			src := new(source[int])
			s := stage(src)
			f := future.Box(future.Next(s))
			isPending(k, f)
			before := src.stopped
			future.Drop(f)
			if src.stopped != before+1 || src.dropped != 0 {
				t.Errorf("stopped %d times, dropped %d times; want 1 and 0", src.stopped-before, src.dropped)
			}
			src.send(7)
			comes(k, s, 7)
		})
	}
}

func TestSetsStopWaiting(t *testing.T) {
	for _, name := range []string{"Set", "Keyed"} {
		k := newTask(t)
		src := new(source[int])
		s := stages[name](src)
		pends(k, s)
		future.StopWaiting(s)
		k.woken()
		src.send(7)
		if k.woken() {
			t.Errorf("%s: woken after the wait was given up", name)
		}
		comes(k, s, 7)
	}
}

// A stage over a source that is always ready lets others run when the budget is used up, and loses
// nothing.
func TestStagesKeepTheBudget(t *testing.T) {
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			woken := false
			budget := waker.NewBudget(0)
			cx := waker.NewContext(waker.FromFunc(func() { woken = true }), nil, &budget)
			s := stage(stream.Of(1, 2, 3, 4, 5, 6, 7, 8))
			var got []int
			for polls := 0; len(got) < 8; polls++ {
				if polls > 1000 {
					t.Fatalf("no progress after %v", got)
				}
				budget.Refill(2)
				woken = false
				for len(got) < 8 {
					p := s.PollNext(&cx)
					if p.IsPending() {
						if !woken {
							t.Fatalf("pending after %v, and nobody was woken", got)
						}
						break
					}
					v, err := p.Result()
					if err != nil {
						t.Fatalf("failed after %v: %v", got, err)
					}
					got = append(got, v)
				}
				if len(got) > 2*(polls+1) {
					t.Fatalf("%v after %d polls with room for two operations", got, polls+1)
				}
			}
			for i, v := range got {
				if v != i+1 && name != "BufferUnordered" && name != "FlattenUnordered" {
					t.Fatalf("%v", got)
				}
			}
		})
	}
}

// In steady state an item takes no allocation, in any stage but those that make something of each.
func TestStagesAllocateNothing(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	makes := map[string]float64{ // beside the futures and streams that the test itself makes
		"Then": 1, "Buffered": 1, "BufferUnordered": 1, "Flatten": 2, "FlattenUnordered": 3, "ReadyChunks": 1,
	}
	for name, stage := range stages {
		s := stage(stream.Repeat(1 << 30))
		if name == "Take" {
			s = stream.Take(stream.Repeat(1<<30), 1<<30)
		}
		for range 200 {
			s.PollNext(&cx)
		}
		if n := testing.AllocsPerRun(200, func() {
			if s.PollNext(&cx).IsPending() {
				t.Fatalf("%s is pending", name)
			}
		}); n > makes[name] {
			t.Errorf("%s: %v allocations an item, want %v at most", name, n, makes[name])
		}
		future.Drop(s)
	}
}

// What is left out is discarded without an allocation.
func TestWhatIsLeftOutAllocatesNothing(t *testing.T) {
	cx := waker.FromWaker(waker.Noop())
	type big [3]int
	s := stream.Filter(stream.Repeat(future.Pair[int, big]{}), func(future.Pair[int, big]) bool { return false })
	budget := waker.NewBudget(0)
	cx = waker.NewContext(waker.Noop(), nil, &budget)
	if n := testing.AllocsPerRun(100, func() {
		budget.Refill(10)
		s.PollNext(&cx)
	}); n != 0 {
		t.Errorf("%v allocations for 10 values that are left out", n)
	}
}

func TestNilArgumentsPanic(t *testing.T) {
	var none future.Stream[int]
	one := stream.Of(1)
	for what, fn := range map[string]func(){
		"Map: nil stream":                func() { stream.Map(none, even) },
		"Map: nil func":                  func() { stream.Map[int, int](one, nil) },
		"Filter: nil func":               func() { stream.Filter(one, nil) },
		"FilterMap: nil func":            func() { stream.FilterMap[int, int](one, nil) },
		"Scan: nil func":                 func() { stream.Scan[int, int, int](one, 0, nil) },
		"Inspect: nil func":              func() { stream.Inspect(one, nil) },
		"MapErr: nil func":               func() { stream.MapErr(one, nil) },
		"Take of -1":                     func() { stream.Take(one, -1) },
		"Skip of -1":                     func() { stream.Skip(one, -1) },
		"TakeWhile: nil func":            func() { stream.TakeWhile(one, nil) },
		"MapWhile: nil func":             func() { stream.MapWhile[int, int](one, nil) },
		"SkipWhile: nil func":            func() { stream.SkipWhile(one, nil) },
		"TakeUntil: nil future":          func() { stream.TakeUntil[int, int](one, nil) },
		"Chain: nil stream (argument 1":  func() { stream.Chain(one, none) },
		"Merge: nil stream (argument 0":  func() { stream.Merge(none, one) },
		"Zip: nil stream":                func() { stream.Zip(one, none) },
		"Then: nil func":                 func() { stream.Then[int, int](one, nil) },
		"Buffered of 0":                  func() { stream.Buffered(stream.Empty[future.Future[int]](), 0) },
		"BufferUnordered of 0":           func() { stream.BufferUnordered(stream.Empty[future.Future[int]](), 0) },
		"Flatten: nil stream":            func() { stream.Flatten[int](nil) },
		"FlattenUnordered of 0":          func() { stream.FlattenUnordered(stream.Empty[future.Stream[int]](), 0) },
		"Chunks of 0":                    func() { stream.Chunks(one, 0) },
		"ReadyChunks of 0":               func() { stream.ReadyChunks(one, 0) },
		"NextMany: nil Peekable":         func() { stream.NextMany[int](nil, nil) },
		"Peek: nil stream":               func() { stream.Peek(none) },
		"NextIf: nil func":               func() { stream.Peek(one).NextIf(nil) },
		"Fold: nil func":                 func() { stream.Fold(one, 0, nil) },
		"Collect: nil stream":            func() { stream.Collect(none) },
		"ForEach: nil func":              func() { stream.ForEach(one, nil) },
		"ForEachConcurrent of 0":         func() { stream.ForEachConcurrent(one, 0, future.Value[int]) },
		"ForEachConcurrent: nil func":    func() { stream.ForEachConcurrent[int, int](one, 1, nil) },
		"Any: nil func":                  func() { stream.Any(one, nil) },
		"All: nil func":                  func() { stream.All(one, nil) },
		"Split: nil func":                func() { stream.Split(one, nil) },
		"Range: nil stream":              func() { stream.Range(nil, none) },
		"Seq: nil stream":                func() { stream.Seq(none) },
		"FromSeq: nil iterator":          func() { stream.FromSeq[int](nil) },
		"FromSeq2: nil iterator":         func() { stream.FromSeq2[int](nil) },
		"FromChan: nil channel":          func() { stream.FromChan[int](nil) },
		"ToChan: nil channel":            func() { stream.ToChan(one, nil) },
		"ToChan: nil stream":             func() { stream.ToChan(none, make(chan int)) },
		"FromFunc: nil func":             func() { stream.FromFunc[int](nil) },
		"Func: nil func":                 func() { stream.Func[int](nil) },
		"Unfold: nil func":               func() { stream.Unfold[int, int](0, nil) },
		"Once: nil future":               func() { stream.Once[int](nil) },
		"Later: nil future":              func() { stream.Later[int](nil) },
		"Async: nil func":                func() { stream.Async[int](nil) },
		"Set.Push: nil stream":           func() { new(stream.Set[int]).Push(none) },
		"Keyed.Insert: nil stream":       func() { new(stream.Keyed[int, int]).Insert(1, none) },
		"nil Set":                        func() { (*stream.Set[int])(nil).Len() },
		"nil Keyed":                      func() { (*stream.Keyed[int, int])(nil).Len() },
		"nil Peekable":                   func() { (*stream.Peekable[int])(nil).Peek() },
		"NextManyOp polled after":        func() { new(stream.NextManyOp[int]).Poll(nil) },
		"PeekOp polled after":            func() { new(stream.PeekOp[int]).Poll(nil) },
		"NextIfOp polled after":          func() { new(stream.NextIfOp[int]).Poll(nil) },
		"Then: nil future from its func": func() { drain(t, stream.Then(one, func(int) future.Future[int] { return nil })) },
	} {
		mustPanic(t, fn, "stream: ", what)
	}
}
