package future_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/waker"
)

// Race and Select2 over channels, and over futures that go on when they lose.

// Of those that are ready the first argument wins, and what comes behind it is not polled.
func TestRacePollsInItsOrder(t *testing.T) {
	e := newExecutor()
	pending, late := &probe[int]{}, &probe[int]{}
	mustReady(t, e, future.Race(pending, future.Value(2), future.Value(3), late), 2, nil)
	if pending.polls != 1 || pending.drops != 1 || late.polls != 0 || late.drops != 1 {
		t.Errorf("before the winner: %d polls, %d drops; behind it: %d, %d; want 1, 1, 0, 1", pending.polls, pending.drops, late.polls, late.drops)
	}
	mustReady(t, e, future.Race(future.Value(5)), 5, nil)
	nested := future.Race(future.Race(&probe[int]{}, future.Value(6)), future.Race(future.Value(7)))
	mustReady(t, e, nested, 6, nil)
	e.balanced(t)
}

// A loop receives from two channels until both have ended: what loses has taken nothing.
func TestSelectReceivesFromChannelsInALoop(t *testing.T) {
	tx1, rx1 := coord.UnboundedMPSC[int]()
	tx2, rx2 := coord.UnboundedMPSC[int]()
	pool := future.NewLocalPool()
	defer pool.Close()
	const each = 300
	for i, tx := range []*coord.UnboundedSender[int]{tx1, tx2} {
		future.Spawn(pool, future.Async(func(co *future.Co) (future.Unit, error) {
			defer tx.Close()
			for n := range each {
				if err := tx.Send(i*each + n); err != nil {
					t.Error(err)
				}
				if n%(2+i) == 0 {
					co.Yield()
				}
			}
			return future.Unit{}, nil
		}))
	}
	seen, err := future.RunUntil(pool, future.Async(func(co *future.Co) (int, error) {
		next := [2]int{0, each}
		open := [2]bool{true, true}
		for open[0] && open[1] {
			got, err := future.Select2(rx1.Recv(), rx2.Recv()).Await(co)
			if errors.Is(err, coord.ErrClosed) {
				open[got.Which] = false
				continue
			}
			if v := []int{got.First, got.Second}[got.Which]; v != next[got.Which] {
				t.Errorf("channel %d: %d, want %d", got.Which, v, next[got.Which])
			}
			next[got.Which]++
		}
		for i, rx := range []*coord.Receiver[int]{rx1, rx2} {
			for open[i] {
				v, err := rx.Recv().Await(co)
				if err != nil {
					open[i] = false
				} else if v != next[i] {
					t.Errorf("channel %d: %d, want %d", i, v, next[i])
				} else {
					next[i]++
				}
			}
		}
		return next[0] + next[1] - each, nil
	}))
	if seen != 2*each || err != nil {
		t.Errorf("received %d values, %v; want %d", seen, err, 2*each)
	}
}

// What is lent to a Select2 goes on when it loses: a loop selects until both have come.
func TestLoserThatIsLentGoesOn(t *testing.T) {
	e := newExecutor()
	tx1, rx1 := coord.Oneshot[int]()
	tx2, rx2 := coord.Oneshot[int]()
	recv1, recv2 := rx1.Recv(), rx2.Recv()
	f := future.Async(func(co *future.Co) (future.Pair[int, int], error) {
		var got future.Pair[int, int]
		first, err := future.Select2(future.Ref[int](&recv1), future.Ref[int](&recv2)).Await(co)
		if err != nil {
			return got, err
		}
		if first.Which == 0 {
			got.First = first.First
			got.Second, err = future.Await[int](co, &recv2)
		} else {
			got.Second = first.Second
			got.First, err = future.Await[int](co, &recv1)
		}
		return got, err
	})
	mustPend(t, e, f)
	if err := tx2.Send(456); err != nil || !e.takeWake() {
		t.Fatalf("the second value did not wake the task: %v", err)
	}
	mustPend(t, e, f)
	if err := tx1.Send(123); err != nil || !e.takeWake() {
		t.Fatalf("the first value did not wake the task: %v", err)
	}
	mustReady(t, e, f, future.Pair[int, int]{First: 123, Second: 456}, nil)
	e.balanced(t)
}

// A TryJoin waits until both have come.
func TestTryJoinWaitsForBoth(t *testing.T) {
	e := newExecutor()
	a, b := &probe[string]{}, &probe[int]{}
	f := future.TryJoin(future.Of(a), future.Of(b))
	mustPend(t, e, &f)
	b.complete(123, nil)
	if !e.takeWake() {
		t.Fatal("the second child did not wake the task")
	}
	mustPend(t, e, &f)
	a.complete("hello", nil)
	if !e.takeWake() {
		t.Fatal("the first child did not wake the task")
	}
	mustReady(t, e, &f, future.Pair[string, int]{First: "hello", Second: 123}, nil)
	mustReady(t, e, future.Box(future.Join(future.Of(future.Value(1)), future.Of(future.Value(2)))), future.Pair[int, int]{First: 1, Second: 2}, nil)
	e.balanced(t)
}

// A task that has used up its budget does not go on by selecting.
func TestSelectSpendsTheBudget(t *testing.T) {
	e := newExecutor()
	const n = 128
	budget := waker.NewBudget(n)
	cx := waker.NewContext(e.cx.Waker(), nil, &budget)
	for i := range n + 1 {
		f := future.Select2(future.Of(future.Value(1)), future.Of(future.Value(2)))
		if p := f.Poll(&cx); p.IsReady() != (i < n) {
			t.Fatalf("select %d of %d: ready %v", i, n, p.IsReady())
		}
		f.Drop()
	}
	if !e.takeWake() {
		t.Error("pending without a budget, and not woken")
	}
}
