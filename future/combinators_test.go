package future_test

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

func double(n int) int { return 2 * n }

func TestReadyFutures(t *testing.T) {
	e := newExecutor()
	mustReady(t, e, future.Value(7), 7, nil)
	mustReady(t, e, future.Fail[int](errTest), 0, errTest)
	polls := 0
	f := future.Func(func(*waker.Context) future.Poll[int] {
		if polls++; polls == 1 {
			return future.Pending[int]()
		}
		return future.Ready(polls)
	})
	mustPend(t, e, f)
	mustReady(t, e, f, 2, nil)
}

func TestValueAndErrorPaths(t *testing.T) {
	e := newExecutor()
	other := errors.New("other")
	wrap := func(err error) error { return fmt.Errorf("wrapped: %w", err) }
	next := func(n int) future.Future[string] { return future.Value(fmt.Sprint(n + 1)) }
	never := func(int) future.Future[string] { panic("called after an error") }

	mustReady(t, e, future.Map(future.Value(4), double), 8, nil)
	mustReady(t, e, future.Map(future.Fail[int](errTest), func(int) int { panic("called after an error") }), 0, errTest)
	mustReady(t, e, future.MapErr(future.Value(4), wrap), 4, nil)
	mustReady(t, e, future.MapErr(future.Fail[int](errTest), wrap), 0, errTest)
	mustReady(t, e, future.MapErr(future.Fail[int](errTest), func(error) error { return nil }), 0, nil)
	mustReady(t, e, future.Then(future.Value(4), next), "5", nil)
	mustReady(t, e, future.Then(future.Fail[int](errTest), never), "", errTest)
	mustReady(t, e, future.Then(future.Value(4), func(int) future.Future[int] { return future.Fail[int](other) }), 0, other)
	mustReady(t, e, future.OrElse(future.Value(4), func(error) future.Future[int] { panic("called after success") }), 4, nil)
	mustReady(t, e, future.OrElse(future.Fail[int](errTest), func(err error) future.Future[int] {
		if err != errTest {
			t.Errorf("OrElse was given %v", err)
		}
		return future.Value(9)
	}), 9, nil)
	mustReady(t, e, future.OrElse(future.Fail[int](errTest), func(error) future.Future[int] { return future.Fail[int](other) }), 0, other)
	mustReady(t, e, future.Settle(future.Fail[int](errTest)), future.Result[int]{Err: errTest}, nil)
	mustReady(t, e, future.Settle(future.Value(3)), future.Result[int]{Value: 3}, nil)
}

func TestThenWaitsForBoth(t *testing.T) {
	e := newExecutor()
	first, second := &probe[int]{}, &probe[string]{}
	f := future.Then(first, func(n int) future.Future[string] {
		if n != 3 {
			t.Errorf("given %d, want 3", n)
		}
		return second
	})
	mustPend(t, e, f)
	first.complete(3, nil)
	mustPend(t, e, f)
	mustPend(t, e, f)
	second.complete("done", nil)
	mustReady(t, e, f, "done", nil)
	if first.polls != 2 || first.drops+second.drops != 0 {
		t.Errorf("first was polled %d times, and there were %d drops; want 2 and 0", first.polls, first.drops+second.drops)
	}
	e.balanced(t)
}

func TestYieldIsPendingOnceAndWoken(t *testing.T) {
	for _, f := range []future.YieldOp{future.Yield(), future.YieldLow()} {
		yields(t, f)
	}
}

func yields(t *testing.T, f future.YieldOp) {
	e := newExecutor()
	mustPend(t, e, &f)
	if !e.takeWake() {
		t.Fatal("it did not wake its task")
	}
	mustReady(t, e, &f, future.Unit{}, nil)
	for range 300 {
		mustPanic(t, func() { f.Poll(&e.cx) }, "Yield polled after Ready")
	}
}

func TestJoinWaitsForAll(t *testing.T) {
	e := newExecutor()
	a, b := &probe[int]{}, &probe[string]{}
	f := future.Join(future.Of(a), future.Of(b))
	mustPend(t, e, &f)
	a.complete(1, errTest)
	mustPend(t, e, &f)
	b.complete("b", nil)
	mustReady(t, e, &f, future.Pair[int, string]{First: 1, Second: "b"}, errTest)
	if a.polls != 2 {
		t.Errorf("a child was polled %d times, want no more after Ready", a.polls)
	}
	later := errors.New("later")
	mustReady(t, e, future.Box(future.Join(future.Of(future.Value(1)), future.Of(future.Fail[int](later)))), future.Pair[int, int]{First: 1}, later)
	mustReady(t, e, future.Box(future.Join(future.Of(future.Fail[int](errTest)), future.Of(future.Fail[int](later)))), future.Pair[int, int]{}, errTest)
}

func TestTryJoinStopsAtTheFirstError(t *testing.T) {
	e := newExecutor()
	a, b := &probe[int]{}, &probe[string]{}
	f := future.TryJoin(future.Of(a), future.Of(b))
	mustPend(t, e, &f)
	b.complete("", errTest)
	mustReady(t, e, &f, future.Pair[int, string]{}, errTest)
	if a.drops != 1 || b.drops != 0 {
		t.Errorf("drops %d and %d, want 1 of the one that still waited and 0 of the other", a.drops, b.drops)
	}
	mustReady(t, e, future.Box(future.TryJoin(future.Of(future.Value(1)), future.Of(future.Value("x")))), future.Pair[int, string]{First: 1, Second: "x"}, nil)
	e.balanced(t)
}

// many returns n probes, also as futures.
func many(n int) ([]*probe[int], []future.Future[int]) {
	probes, fs := make([]*probe[int], n), make([]future.Future[int], n)
	for i := range probes {
		probes[i] = &probe[int]{}
		fs[i] = probes[i]
	}
	return probes, fs
}

func totals(probes []*probe[int]) (polls, drops int) {
	for _, p := range probes {
		polls += p.polls
		drops += p.drops
	}
	return
}

func TestJoinAllPollsOnlyTheWoken(t *testing.T) {
	for _, n := range []int{1, 31, 32, 33, 100} {
		e := newExecutor()
		probes, fs := many(n)
		f := future.JoinAll(fs...)
		for i := n - 1; i >= 0; i-- {
			before, _ := totals(probes)
			if p := f.Poll(&e.cx); p.IsReady() {
				t.Fatalf("n=%d: ready with %d children waiting", n, i+1)
			}
			after, _ := totals(probes)
			if want := 1; i != n-1 && after-before != want {
				t.Fatalf("n=%d: %d children polled for one wake-up", n, after-before)
			}
			e.takeWake()
			probes[i].complete(i*i, nil)
			if !e.takeWake() {
				t.Fatalf("n=%d: the wake-up of child %d did not reach the task", n, i)
			}
		}
		got, err := f.Poll(&e.cx).Result()
		if err != nil || len(got) != n {
			t.Fatalf("n=%d: %v, %v", n, got, err)
		}
		for i, v := range got {
			if v != i*i {
				t.Fatalf("n=%d: result %d is %d, want %d", n, i, v, i*i)
			}
		}
		if polls, drops := totals(probes); polls != 2*n || drops != 0 {
			t.Errorf("n=%d: %d polls and %d drops, want %d and 0", n, polls, drops, 2*n)
		}
		e.balanced(t)
		if fs[0] == nil {
			t.Error("JoinAll wrote to its caller's slice")
		}
	}
}

func TestJoinAllErrors(t *testing.T) {
	e := newExecutor()
	other := errors.New("other")
	probes, fs := many(3)
	f := future.JoinAll(fs...)
	f.Poll(&e.cx)
	probes[2].complete(0, other)
	if f.Poll(&e.cx).IsReady() {
		t.Fatal("JoinAll did not wait for all after an error")
	}
	probes[1].complete(5, errTest)
	probes[0].complete(4, nil)
	got, err := f.Poll(&e.cx).Result()
	if !reflect.DeepEqual(got, []int{4, 5, 0}) || err != errTest {
		t.Errorf("%v, %v; want [4 5 0] and the error of the first argument that failed", got, err)
	}

	probes, fs = many(40)
	f = future.TryJoinAll(fs...)
	f.Poll(&e.cx)
	probes[3].complete(1, nil)
	probes[20].complete(0, errTest)
	got, err = f.Poll(&e.cx).Result()
	if got != nil || err != errTest {
		t.Errorf("TryJoinAll: %v, %v; want nil, %v", got, err, errTest)
	}
	for i, p := range probes {
		if want := 1; (i == 3 || i == 20) == (p.drops == want) {
			t.Errorf("TryJoinAll dropped child %d %d times", i, p.drops)
		}
	}
	if got, err := future.JoinAll[int]().Poll(&e.cx).Result(); got == nil || len(got) != 0 || err != nil {
		t.Errorf("JoinAll of nothing: %v, %v; want an empty slice", got, err)
	}
	e.balanced(t)
}

func TestJoinAllOfYieldingChildrenEndsEachPoll(t *testing.T) {
	e := newExecutor()
	fs := make([]future.Future[future.Unit], 70)
	for i := range fs {
		fs[i] = future.Box(future.Yield())
	}
	f := future.JoinAll(fs...)
	if f.Poll(&e.cx).IsReady() {
		t.Fatal("children that woke themselves were polled again in the same poll")
	}
	if !e.takeWake() {
		t.Fatal("their wake-ups during the poll were lost")
	}
	if f.Poll(&e.cx).IsPending() {
		t.Fatal("pending after every child was woken")
	}
	e.balanced(t)
}

func TestRaceTakesTheFirstAndDropsTheRest(t *testing.T) {
	for _, err := range []error{nil, errTest} {
		e := newExecutor()
		probes, fs := many(40)
		f := future.Race(fs...)
		mustPend(t, e, f)
		probes[35].complete(7, err)
		probes[36].complete(8, nil)
		mustReady(t, e, f, 7, err)
		for i, p := range probes {
			if want := 1; (i == 35) == (p.drops == want) {
				t.Errorf("child %d was dropped %d times", i, p.drops)
			}
		}
		e.balanced(t)
	}
	e := newExecutor()
	late := &probe[int]{}
	mustReady(t, e, future.Race(future.Value(1), future.Value(2), late), 1, nil)
	if late.polls != 0 || late.drops != 1 {
		t.Errorf("a loser behind the winner: %d polls, %d drops; want 0, 1", late.polls, late.drops)
	}
}

func TestSelect2SaysWhich(t *testing.T) {
	type either = future.Either[int, string]
	e := newExecutor()
	a, b := &probe[int]{}, &probe[string]{}
	f := future.Select2(future.Of(a), future.Of(b))
	mustPend(t, e, &f)
	b.complete("b", nil)
	mustReady(t, e, &f, either{Second: "b", Which: 1}, nil)
	if a.drops != 1 || b.drops != 0 {
		t.Errorf("drops %d, %d; want 1, 0", a.drops, b.drops)
	}
	b = &probe[string]{}
	mustReady(t, e, future.Box(future.Select2(future.Of(future.Fail[int](errTest)), future.Of(b))), either{Which: 0}, errTest)
	if b.drops != 1 {
		t.Errorf("the loser was dropped %d times", b.drops)
	}
	e.balanced(t)
}

func TestJoinAllAndRaceWokenByManyThreads(t *testing.T) {
	const children = 70
	for round := range 100 {
		signals, fs := make([]*signal, children), make([]future.Future[int], children)
		for i := range signals {
			signals[i] = newSignal()
			fs[i] = signals[i]
		}
		var threads sync.WaitGroup
		for n := range 4 {
			threads.Go(func() {
				for i := n; i < children; i += 4 {
					signals[i].fire(i)
				}
			})
		}
		if round%2 == 0 {
			if v, err := future.BlockOn(future.Race(fs...)); v < 0 || v >= children || err != nil {
				t.Fatalf("%d, %v", v, err)
			}
		} else {
			got, err := future.BlockOn(future.JoinAll(fs...))
			for i, v := range got {
				if v != i || err != nil {
					t.Fatalf("result %d is %d, %v", i, v, err)
				}
			}
		}
		threads.Wait()
	}
}
