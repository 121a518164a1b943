package future_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// combinator is one way to put futures around probes.
type combinator struct {
	name string
	make func(a, b *probe[int]) any // a Future of some type over a, or over a and b
	both bool
}

func erase[T any](f future.Future[T]) any {
	return future.Map(f, func(T) future.Unit { return future.Unit{} })
}

var combinators = []combinator{
	{"Map", func(a, _ *probe[int]) any { return erase(future.Map(a, double)) }, false},
	{"MapErr", func(a, _ *probe[int]) any { return erase(future.MapErr(a, func(e error) error { return e })) }, false},
	{"Then", func(a, b *probe[int]) any {
		return erase(future.Then(a, func(int) future.Future[int] { return b }))
	}, false},
	{"Then second", func(a, _ *probe[int]) any {
		return erase(future.Then(future.Value(1), func(int) future.Future[int] { return a }))
	}, false},
	{"OrElse", func(a, b *probe[int]) any {
		return erase(future.OrElse(a, func(error) future.Future[int] { return b }))
	}, false},
	{"OrElse second", func(a, _ *probe[int]) any {
		return erase(future.OrElse(future.Fail[int](errTest), func(error) future.Future[int] { return a }))
	}, false},
	{"Settle", func(a, _ *probe[int]) any { return erase(future.Settle(a)) }, false},
	{"Join", func(a, b *probe[int]) any { return erase(future.Box(future.Join(future.Of(a), future.Of(b)))) }, true},
	{"TryJoin", func(a, b *probe[int]) any { return erase(future.Box(future.TryJoin(future.Of(a), future.Of(b)))) }, true},
	{"JoinAll", func(a, b *probe[int]) any { return erase(future.JoinAll[int](a, b)) }, true},
	{"TryJoinAll", func(a, b *probe[int]) any { return erase(future.TryJoinAll[int](a, b)) }, true},
	{"Race", func(a, b *probe[int]) any { return erase(future.Race[int](a, b)) }, true},
	{"Select2", func(a, b *probe[int]) any { return erase(future.Box(future.Select2(future.Of(a), future.Of(b)))) }, true},
	{"Join3", func(a, b *probe[int]) any {
		return erase(future.Box(future.Join3(future.Of(a), future.Of(b), future.Never[int]())))
	}, true},
	{"TryJoin6", func(a, b *probe[int]) any {
		never := future.Never[int]()
		return erase(future.Box(future.TryJoin6(never, future.Of(a), never, future.Of(b), never, never)))
	}, true},
	{"Select4", func(a, b *probe[int]) any {
		return erase(future.Box(future.Select4(future.Of(a), future.Never[int](), future.Of(b), future.Never[int]())))
	}, true},
	{"Select", func(a, b *probe[int]) any { return erase(future.Select[int](a, b)) }, true},
	{"Select Keep", func(a, b *probe[int]) any { return erase(future.Select[int](a, b).Keep()) }, true},
	{"RaceOK", func(a, b *probe[int]) any { return erase(future.RaceOK[int](a, b)) }, true},
	{"Lazy", func(a, _ *probe[int]) any { return erase(future.Lazy(func() future.Future[int] { return a })) }, false},
	{"Unconstrained", func(a, _ *probe[int]) any { return erase(future.Unconstrained[int](a)) }, false},
	{"Inspect", func(a, _ *probe[int]) any { return erase(future.Inspect(a, func(int, error) {})) }, false},
	{"CatchPanic", func(a, _ *probe[int]) any { return erase(future.CatchPanic(a)) }, false},
	{"WithContext", func(a, _ *probe[int]) any { return erase(future.WithContext(ctxForTest, a)) }, false},
	{"Async", func(a, _ *probe[int]) any {
		return erase(future.Async(func(co *future.Co) (int, error) { return future.Await(co, a) }))
	}, false},
}

func TestDropReachesEachWaitingChildOnce(t *testing.T) {
	for _, c := range combinators {
		t.Run(c.name, func(t *testing.T) {
			e := newExecutor()
			a, b := &probe[int]{}, &probe[int]{}
			f := c.make(a, b).(future.Future[future.Unit])
			mustPend(t, e, f)
			if a.polls != 1 {
				t.Fatalf("the child was polled %d times", a.polls)
			}
			future.Drop(f)
			future.Drop(f)
			wantB := 0
			if c.both {
				wantB = 1
			}
			if a.drops != 1 || b.drops != wantB {
				t.Errorf("drops %d and %d, want 1 and %d", a.drops, b.drops, wantB)
			}
			mustPanic(t, func() { f.Poll(&e.cx) }, "polled after Ready")
			e.balanced(t)
		})
	}
}

func TestDropAfterAPanicReleasesTheSiblings(t *testing.T) {
	for _, c := range combinators {
		if !c.both {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			e := newExecutor()
			a, b := &probe[int]{}, &probe[int]{panics: "boom"}
			f := c.make(a, b).(future.Future[future.Unit])
			mustPanic(t, func() { f.Poll(&e.cx) }, "boom")
			future.Drop(f)
			if a.drops != 1 {
				t.Errorf("the sibling was dropped %d times", a.drops)
			}
			e.balanced(t)
		})
	}
}

func TestPolledAfterReadyPanicsWithTheName(t *testing.T) {
	one := future.Value[int]
	err := func(e error) error { return e }
	none := func(error) future.Future[int] { return nil }
	for name, f := range map[string]func(cx *waker.Context){
		"Value":         twice(one(1)),
		"Func":          twice(future.Func(func(*waker.Context) future.Poll[int] { return future.Ready(1) })),
		"Map":           twice(future.Map(one(1), double)),
		"MapErr":        twice(future.MapErr(one(1), err)),
		"Then":          twice(future.Then(one(1), one)),
		"OrElse":        twice(future.OrElse(one(1), none)),
		"Settle":        twice(future.Settle(one(1))),
		"Join":          twice(future.Box(future.Join(future.Of(one(1)), future.Of(one(1))))),
		"JoinAll":       twice(future.JoinAll(one(1))),
		"TryJoinAll":    twice(future.TryJoinAll(one(1))),
		"Race":          twice(future.Race(one(1))),
		"Select2":       twice(future.Box(future.Select2(future.Of(one(1)), future.Of(one(1))))),
		"Join or":       twice(future.Box(future.Join3(future.Of(one(1)), future.Of(one(1)), future.Of(one(1))))),
		"Select":        twice(future.Select(one(1))),
		"RaceOK":        twice(future.RaceOK(one(1))),
		"Lazy":          twice(future.Lazy(func() future.Future[int] { return one(1) })),
		"Unconstrained": twice(future.Unconstrained[int](one(1))),
		"Inspect":       twice(future.Inspect(one(1), func(int, error) {})),
		"CatchPanic":    twice(future.CatchPanic(one(1))),
		"WithContext":   twice(future.WithContext(ctxForTest, one(1))),
		"Async":         twice(future.Async(func(*future.Co) (int, error) { return 1, nil })),
		"FromChan":      twice(future.FromChan(closedChan())),
	} {
		cx := waker.FromWaker(waker.Noop())
		mustPanic(t, func() { f(&cx) }, name, "polled after Ready")
	}
}

func twice[T any](f future.Future[T]) func(*waker.Context) {
	return func(cx *waker.Context) {
		f.Poll(cx)
		f.Poll(cx)
	}
}

func closedChan() <-chan int {
	ch := make(chan int)
	close(ch)
	return ch
}

func TestNilArgumentsPanicAtConstruction(t *testing.T) {
	var nilF future.Future[int]
	one := future.Value(1)
	for name, fn := range map[string]func(){
		"Map: nil future":                 func() { future.Map(nilF, double) },
		"Map: nil func":                   func() { future.Map[int, int](one, nil) },
		"MapErr: nil future":              func() { future.MapErr(nilF, func(e error) error { return e }) },
		"MapErr: nil func":                func() { future.MapErr(one, nil) },
		"Then: nil future":                func() { future.Then(nilF, future.Value[int]) },
		"Then: nil func":                  func() { future.Then[int, int](one, nil) },
		"OrElse: nil future":              func() { future.OrElse(nilF, func(error) future.Future[int] { return one }) },
		"OrElse: nil func":                func() { future.OrElse(one, nil) },
		"Settle: nil future":              func() { future.Settle(nilF) },
		"Fail: nil error":                 func() { future.Fail[int](nil) },
		"Func: nil func":                  func() { future.Func[int](nil) },
		"Of: nil future":                  func() { future.Of(nilF) },
		"Join: nil operation":             func() { future.Join((*future.YieldOp)(nil), future.Of(one)) },
		"TryJoin: nil operation":          func() { future.TryJoin(future.Of(one), (*future.YieldOp)(nil)) },
		"JoinAll: nil future (argument 1": func() { future.JoinAll(one, nilF) },
		"Race: nil future (argument 0":    func() { future.Race(nilF, one) },
		"Race: nil list":                  func() { future.Race[int]() },
		"Select2: nil operation":          func() { future.Select2(future.Of(one), (*future.YieldOp)(nil)) },
		"Join3: nil operation":            func() { future.Join3(future.Of(one), future.Of(one), (*future.YieldOp)(nil)) },
		"Select5: nil operation": func() {
			future.Select5(future.Of(one), future.Of(one), (*future.YieldOp)(nil), future.Of(one), future.Of(one))
		},
		"Select: nil future (argument 1": func() { future.Select(one, nilF) },
		"Select: nil list":               func() { future.Select[int]() },
		"RaceOK: nil list":               func() { future.RaceOK[int]() },
		"Lazy: nil func":                 func() { future.Lazy[int](nil) },
		"Fuse: nil future":               func() { future.Fuse(nilF) },
		"Unconstrained: nil future":      func() { future.Unconstrained(nilF) },
		"Inspect: nil future":            func() { future.Inspect(nilF, func(int, error) {}) },
		"Inspect: nil func":              func() { future.Inspect(one, nil) },
		"CatchPanic: nil future":         func() { future.CatchPanic(nilF) },
		"Ordered.Push: nil future":       func() { new(future.Ordered[int]).Push(nil) },
		"BlockOn: nil future":            func() { future.BlockOn(nilF) },
		"Spawn: nil future":              func() { future.Spawn(future.NewLocalPool(), nilF) },
		"Async: nil func":                func() { future.Async[int](nil) },
		"NewGenerator: nil func":         func() { future.NewGenerator[int, int](nil) },
		"Blocking: nil func":             func() { future.Blocking[int](nil) },
		"BlockingOn: nil pool":           func() { future.BlockingOn(nil, func() (int, error) { return 0, nil }) },
		"FromChan: nil channel":          func() { future.FromChan[int](nil) },
		"WithContext: nil future":        func() { future.WithContext(ctxForTest, nilF) },
		"Then: nil future from its func": func() {
			f := future.Then(one, func(int) future.Future[int] { return nil })
			f.Poll(&newExecutor().cx)
		},
	} {
		mustPanic(t, fn, name, "; pass ")
	}
}

func TestPollingCombinatorsDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	cx := waker.FromWaker(waker.Noop())
	probes, fs := many(50)
	for name, poll := range map[string]func(){
		"Map, Then, MapErr": func() func() {
			f := future.Map(future.MapErr(future.Then(&probe[int]{}, future.Value[int]), func(e error) error { return e }), double)
			return func() { f.Poll(&cx) }
		}(),
		"Join": func() func() {
			f := future.Join(future.Of(&probe[int]{}), future.Of(&probe[int]{}))
			return func() { f.Poll(&cx) }
		}(),
		"JoinAll": func() func() {
			f := future.JoinAll(fs...)
			f.Poll(&cx)
			return func() { probes[17].wake(); probes[40].wake(); f.Poll(&cx) }
		}(),
	} {
		if n := testing.AllocsPerRun(100, poll); n != 0 {
			t.Errorf("a pending poll of %s allocates %v times", name, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		f := future.Yield()
		f.Poll(&cx)
		f.Poll(&cx)
	}); n > 1 {
		t.Errorf("a Yield allocates %v times, want at most its own byte", n)
	}
}
