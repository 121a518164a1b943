package future_test

import (
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// thing is a value that must be given back, like a descriptor.
type thing struct{ closed int }

func (th *thing) Close() error { th.closed++; return errTest }

// ready is a future that has come to th.
func (th *thing) ready() future.Future[*thing] { return future.Value(th) }

// stubborn is a pending future whose Drop fails.
type stubborn struct {
	drops int
	fail  func()
}

func (s *stubborn) Poll(*waker.Context) future.Poll[*thing] { return future.Pending[*thing]() }

func (s *stubborn) Drop() {
	s.drops++
	s.fail()
}

func panics() { panic("drop failed") }

// apart calls fn on a goroutine that it may end, and returns what it panicked with.
func apart(fn func()) any {
	ended := make(chan any, 1)
	go func() {
		defer func() { ended <- recover() }()
		fn()
	}()
	return <-ended
}

func TestValuesThatAreNotHandedOnAreDiscarded(t *testing.T) {
	pending := func() future.Future[*thing] { return &probe[*thing]{} }
	fails := func() future.Future[*thing] { return future.Fail[*thing](errTest) }
	dropped := func(f any) func(*executor) {
		return func(e *executor) {
			polled(e, f)
			future.Drop(f)
			future.Drop(f)
		}
	}
	ends := func(f any) func(*executor) { return func(e *executor) { polled(e, f) } }
	for name, run := range map[string]func(a, b *thing) func(*executor){
		"Join dropped, first": func(a, b *thing) func(*executor) {
			b.closed++
			return dropped(future.Box(future.Join(future.Of(a.ready()), future.Of(pending()))))
		},
		"Join dropped, second": func(a, b *thing) func(*executor) {
			b.closed++
			return dropped(future.Box(future.Join(future.Of(pending()), future.Of(a.ready()))))
		},
		"TryJoin, second fails": func(a, b *thing) func(*executor) {
			b.closed++
			return ends(future.Box(future.TryJoin(future.Of(a.ready()), future.Of(fails()))))
		},
		"TryJoin of a Join fails": func(a, b *thing) func(*executor) {
			return ends(future.Box(future.TryJoin(future.Join(future.Of(a.ready()), future.Of(b.ready())), future.Of(fails()))))
		},
		"TryJoin of a Select2 fails": func(a, b *thing) func(*executor) {
			b.closed++
			return ends(future.Box(future.TryJoin(future.Select2(future.Of(pending()), future.Of(a.ready())), future.Of(fails()))))
		},
		"JoinAll dropped":  func(a, b *thing) func(*executor) { return dropped(future.JoinAll(a.ready(), pending(), b.ready())) },
		"TryJoinAll fails": func(a, b *thing) func(*executor) { return ends(future.TryJoinAll(a.ready(), b.ready(), fails())) },
		"TryJoin of a JoinAll fails": func(a, b *thing) func(*executor) {
			return ends(future.Box(future.TryJoin(future.Of(future.JoinAll(a.ready(), b.ready())), future.Of(fails()))))
		},
		"JoinAll of Settle dropped": func(a, b *thing) func(*executor) {
			b.closed++
			return dropped(future.JoinAll(future.Settle(a.ready()), future.Settle(pending())))
		},
		"JoinAll, a child panics": func(a, b *thing) func(*executor) {
			return func(e *executor) {
				f := future.JoinAll(a.ready(), b.ready(), &probe[*thing]{panics: "boom"})
				if v := apart(func() { f.Poll(&e.cx) }); v != "boom" {
					panic(v)
				}
				future.Drop(f)
			}
		},
		"a value beside an error": func(a, b *thing) func(*executor) {
			both := func(th *thing) future.Future[*thing] { return &probe[*thing]{answer: future.Done(th, errTest)} }
			return func(e *executor) {
				polled(e, future.Map(both(a), func(*thing) *thing { return nil }))
				polled(e, future.OrElse(both(b), func(error) future.Future[*thing] { return fails() }))
			}
		},
		"Then fails, Loop fails": func(a, b *thing) func(*executor) {
			beside := future.Done(future.Continue[int](b), errTest)
			return func(e *executor) {
				polled(e, future.Then(&probe[*thing]{answer: future.Done(a, errTest)}, future.Value[*thing]))
				polled(e, future.Loop(nil, func(*thing) future.Future[future.Flow[*thing, int]] {
					return &probe[future.Flow[*thing, int]]{answer: beside}
				}))
			}
		},
		"Value not polled": func(a, b *thing) func(*executor) {
			return func(*executor) {
				future.Drop(a.ready())
				future.Drop(future.Loop(b, func(*thing) future.Future[future.Flow[*thing, int]] { return nil }))
			}
		},
		"Race, the loser's Drop panics": func(a, b *thing) func(*executor) {
			b.closed++
			return func(e *executor) {
				f := future.Race(a.ready(), future.Future[*thing](&stubborn{fail: panics}))
				mustPanic(t, func() { f.Poll(&e.cx) }, "drop failed")
				future.Drop(f)
			}
		},
		"Select2, the loser's Drop does not return": func(a, b *thing) func(*executor) {
			return func(e *executor) {
				first := future.Select2(future.Of(a.ready()), future.Of(&stubborn{fail: panics}))
				second := future.Select2(future.Of(&stubborn{fail: runtime.Goexit}), future.Of(b.ready()))
				mustPanic(t, func() { first.Poll(&e.cx) }, "drop failed")
				apart(func() { second.Poll(&e.cx) })
				future.Drop(first)
				future.Drop(second)
			}
		},
		"LocalHandle": func(a, b *thing) func(*executor) {
			return func(*executor) {
				p := future.NewLocalPool()
				early, late := future.Spawn(p, a.ready()), future.Spawn(p, b.ready())
				early.Drop()
				p.Run()
				late.Drop()
				late.Drop()
			}
		},
		"Blocking": func(a, b *thing) func(*executor) {
			return func(e *executor) {
				begun, goOn := make(chan int), make(chan int)
				var pool future.BlockingPool
				f := future.BlockingOn(&pool, func() (*thing, error) { begun <- 1; <-goOn; return a, nil })
				mustPend(t, e, f)
				<-begun
				future.Drop(f)
				close(goOn)
				f = future.BlockingOn(&pool, func() (*thing, error) { return b, nil })
				e.takeWake()
				mustPend(t, e, f)
				<-e.woken
				pool.Close()
				future.Drop(f)
			}
		},
		"FromChan": func(a, b *thing) func(*executor) {
			b.closed++
			return func(e *executor) {
				ch := make(chan *thing)
				f := future.FromChan(ch)
				mustPend(t, e, f)
				ch <- a
				<-e.woken
				future.Drop(f)
				future.Drop(f)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newExecutor()
			a, b := new(thing), new(thing)
			run(a, b)(e)
			if a.closed != 1 || b.closed != 1 {
				t.Errorf("closed %d and %d times, want once each", a.closed, b.closed)
			}
			e.balanced(t)
		})
	}
}

// polled polls a future of some type once.
func polled(e *executor, f any) {
	switch f := f.(type) {
	case future.Future[*thing]:
		f.Poll(&e.cx)
	case future.Future[[]*thing]:
		f.Poll(&e.cx)
	case future.Future[int]:
		f.Poll(&e.cx)
	case future.Future[future.Pair[*thing, *thing]]:
		f.Poll(&e.cx)
	case future.Future[future.Pair[[]*thing, *thing]]:
		f.Poll(&e.cx)
	case future.Future[future.Pair[future.Pair[*thing, *thing], *thing]]:
		f.Poll(&e.cx)
	case future.Future[future.Pair[future.Either[*thing, *thing], *thing]]:
		f.Poll(&e.cx)
	case future.Future[[]future.Result[*thing]]:
		f.Poll(&e.cx)
	default:
		panic("another type of future")
	}
}

// What is handed on belongs to who gets it, also beside an error.
func TestValuesThatAreHandedOnAreLeftAlone(t *testing.T) {
	e := newExecutor()
	a, b := new(thing), new(thing)
	fails := future.Fail[*thing]
	join := future.Box(future.Join(future.Of(a.ready()), future.Of(fails(errTest)))).Poll(&e.cx)
	all := future.JoinAll(b.ready(), fails(errTest)).Poll(&e.cx)
	pair, _ := join.Result()
	list, _ := all.Result()
	if pair.First != a || list[0] != b || a.closed+b.closed != 0 {
		t.Errorf("a Join and a JoinAll with one error came to %v, %v; closed %d, %d", pair.First == a, list[0] == b, a.closed, b.closed)
	}
	race := future.Race(a.ready(), &probe[*thing]{})
	mustReady(t, e, race, a, nil)
	mustReady(t, e, future.OrElse(b.ready(), func(error) future.Future[*thing] { return nil }), b, nil)
	future.Drop(race)
	if a.closed+b.closed != 0 {
		t.Errorf("closed %d and %d times", a.closed, b.closed)
	}
}

type dropper struct{ dropped, closed int }

func (d *dropper) Drop()        { d.dropped++ }
func (d *dropper) Close() error { d.closed++; return nil }

func TestDiscard(t *testing.T) {
	d := new(dropper)
	future.Discard(d)
	if d.dropped != 1 || d.closed != 0 {
		t.Errorf("a value with Drop and Close: dropped %d, closed %d times", d.dropped, d.closed)
	}
	var none *thing
	future.Discard(none) // would panic in Close
	future.Discard(future.Pair[*thing, int]{})
	future.Discard[any](nil)
	future.Discard(make([]byte, 1<<20))
	a, b := new(thing), new(thing)
	future.Discard([][]*thing{{a}, nil, {nil, b}})
	future.Discard([]any{3, a, nil})
	if a.closed != 2 || b.closed != 1 {
		t.Errorf("in slices: closed %d and %d times, want 2 and 1", a.closed, b.closed)
	}
	if n := testing.AllocsPerRun(100, func() { future.Discard(make([]byte, 0)) }); n > 1 {
		t.Errorf("%v allocations for nothing", n)
	}
}

func TestDiscardReachesEachPart(t *testing.T) {
	type ref = *thing
	var all [6]thing
	a, b, c, d, e, f := &all[0], &all[1], &all[2], &all[3], &all[4], &all[5]
	for _, test := range []struct {
		parts int
		value any
	}{
		{2, future.Pair[ref, ref]{a, b}},
		{3, future.Tuple3[ref, ref, ref]{a, b, c}},
		{4, future.Tuple4[ref, ref, ref, ref]{a, b, c, d}},
		{5, future.Tuple5[ref, ref, ref, ref, ref]{a, b, c, d, e}},
		{6, future.Tuple6[ref, ref, ref, ref, ref, ref]{a, b, c, d, e, f}},
		{2, future.Either[ref, ref]{First: a, Second: b}},
		{3, future.Either3[ref, ref, ref]{First: a, Second: b, Third: c}},
		{4, future.Either4[ref, ref, ref, ref]{First: a, Second: b, Third: c, Fourth: d}},
		{5, future.Either5[ref, ref, ref, ref, ref]{First: a, Second: b, Third: c, Fourth: d, Fifth: e}},
		{6, future.Either6[ref, ref, ref, ref, ref, ref]{First: a, Second: b, Third: c, Fourth: d, Fifth: e, Sixth: f}},
	} {
		all = [6]thing{}
		future.Discard(test.value)
		for i := range all {
			if want := i < test.parts; all[i].closed > 1 || all[i].closed == 1 != want {
				t.Errorf("%T: part %d was closed %d times", test.value, i, all[i].closed)
			}
		}
	}
}

func TestADropThatFailsKeepsNothingFromBeingDropped(t *testing.T) {
	for how, fail := range map[string]func(){"panic": panics, "Goexit": runtime.Goexit} {
		for name, build := range map[string]func(bad *stubborn, good *probe[*thing]) any{
			"Join": func(bad *stubborn, good *probe[*thing]) any {
				return future.Box(future.Join(future.Of(bad), future.Of(good)))
			},
			"TryJoin": func(bad *stubborn, good *probe[*thing]) any {
				return future.Box(future.TryJoin(future.Of(bad), future.Of(good)))
			},
			"Select2": func(bad *stubborn, good *probe[*thing]) any {
				return future.Box(future.Select2(future.Of(bad), future.Of(good)))
			},
			"JoinAll": func(bad *stubborn, good *probe[*thing]) any { return future.JoinAll[*thing](bad, good, bad) },
			"Race":    func(bad *stubborn, good *probe[*thing]) any { return future.Race[*thing](bad, good, bad) },
			"nested":  func(bad *stubborn, good *probe[*thing]) any { return future.Race(future.Race[*thing](bad, bad), good) },
			"last":    func(bad *stubborn, good *probe[*thing]) any { return future.JoinAll[*thing](good, bad) },
			"Await":   func(bad *stubborn, good *probe[*thing]) any { return awaits(bad, func() { good.Drop() }) },
			"LocalPool": func(bad *stubborn, good *probe[*thing]) any {
				p := future.NewLocalPool()
				future.Spawn(p, future.Future[*thing](bad))
				future.Spawn(p, future.Future[*thing](good))
				return dropFunc(p.Close)
			},
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				e := newExecutor()
				bad, good := &stubborn{fail: fail}, &probe[*thing]{}
				f := build(bad, good)
				if f, ok := f.(future.Future[*thing]); ok {
					mustPend(t, e, f)
				}
				v := apart(func() { future.Drop(f) })
				if good.drops != 1 || bad.drops < 1 {
					t.Errorf("the sibling was dropped %d times, the one that fails %d times", good.drops, bad.drops)
				}
				if (v == "drop failed") != (how == "panic") {
					t.Errorf("Drop panicked with %v", v)
				}
				e.balanced(t)
			})
		}
	}
}

type dropFunc func()

func (d dropFunc) Drop() { d() }

func awaits(f future.Future[*thing], deferred func()) future.Future[*thing] {
	return future.Async(func(co *future.Co) (*thing, error) {
		defer deferred()
		return future.Await(co, f)
	})
}

// A child whose poll panics is dropped by the Await that gets the panic.
func TestAwaitDropsAChildThatPanics(t *testing.T) {
	for _, late := range []bool{false, true} {
		for _, how := range []string{"panic", "panic and panic", "Goexit"} {
			e := newExecutor()
			child := &failing{fail: panics, late: late}
			switch how {
			case "panic and panic":
				child.dropFails = true
			case "Goexit":
				child.fail = runtime.Goexit
			}
			f := future.Async(func(co *future.Co) (int, error) { return future.Await(co, child) })
			if late {
				mustPend(t, e, f)
			}
			v := apart(func() { f.Poll(&e.cx) })
			if how != "Goexit" && v != "drop failed" {
				t.Errorf("%s, late %v: Poll panicked with %v", how, late, v)
			}
			future.Drop(f)
			if child.drops != 1 {
				t.Errorf("%s, late %v: the child was dropped %d times", how, late, child.drops)
			}
		}
	}
}

// failing is a future whose first, or second, poll fails.
type failing struct {
	fail      func()
	late      bool
	dropFails bool
	drops     int
}

func (f *failing) Poll(*waker.Context) future.Poll[int] {
	if !f.late {
		f.fail()
	}
	f.late = false
	return future.Pending[int]()
}

func (f *failing) Drop() {
	if f.drops++; f.dropFails {
		panic("and so does Drop")
	}
}

// angry is a value whose Close fails.
type angry struct{ closed int }

func (a *angry) Close() error { a.closed++; panics(); return nil }

// A value is ended once, also if that fails and its future is dropped again.
func TestAValueThatFailsToEndIsEndedOnce(t *testing.T) {
	v := new(angry)
	f := future.Value(v)
	for i := range 2 {
		if what := apart(func() { future.Drop(f) }); (what != nil) != (i == 0) {
			t.Errorf("drop %d panics with %v", i, what)
		}
	}
	if v.closed != 1 {
		t.Errorf("it was closed %d times", v.closed)
	}
}
