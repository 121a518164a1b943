package coord_test

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

func tracked(t *testing.T, tr *coord.TaskTracker, closed bool, n int) {
	t.Helper()
	if tr.Closed() != closed || tr.Len() != n {
		t.Errorf("closed %v with %d tasks, want %v with %d", tr.Closed(), tr.Len(), closed, n)
	}
}

func TestTrackerOpensAndCloses(t *testing.T) {
	var tr coord.TaskTracker
	tracked(t, &tr, false, 0)
	if !tr.Close() || tr.Close() {
		t.Error("Close does not say that it was open")
	}
	tracked(t, &tr, true, 0)
	if !tr.Reopen() || tr.Reopen() {
		t.Error("Reopen does not say that it was closed")
	}
	tracked(t, &tr, false, 0)
	tr.Close()
	tracked(t, &tr, true, 0)
}

func TestTrackerCountsTokens(t *testing.T) {
	var tr coord.TaskTracker
	var tokens []coord.TaskToken
	for i := range 10 {
		tracked(t, &tr, false, i)
		tokens = append(tokens, tr.Token())
	}
	for i := range tokens {
		if tokens[i].Tracker() != &tr {
			t.Error("a token of something else")
		}
		tokens[i].Done()
		tracked(t, &tr, false, 9-i)
	}
	future.Discard(tr.Token())
	tracked(t, &tr, false, 0)
}

func TestTrackerThatIsOver(t *testing.T) {
	var tr coord.TaskTracker
	tr.Close()
	op, later := tr.Wait(), tr.Wait()
	ready(t, newHand(), &op)
	tr.Reopen() // it was over when the wait began
	ready(t, newHand(), &later)
	op = tr.Wait()
	pending(t, newHand(), &op)
	op.Drop()
}

func TestTrackerWaitsForClose(t *testing.T) {
	for _, again := range []bool{false, true} {
		var tr coord.TaskTracker
		h := newHand()
		op, unpolled := tr.Wait(), tr.Wait()
		pending(t, h, &op)
		tr.Close()
		if again {
			tr.Reopen() // it has been over
		}
		h.idle(t, 1)
		ready(t, h, &op)
		ready(t, h, &unpolled)
	}
}

func TestTrackerWaitsForTheLastTask(t *testing.T) {
	for _, again := range []bool{false, true} {
		var tr coord.TaskTracker
		tr.Close()
		token, other := tr.Token(), tr.Token()
		h := newHand()
		op := tr.Wait()
		pending(t, h, &op)
		other.Done()
		pending(t, h, &op)
		token.Done()
		h.idle(t, 1)
		if again {
			token = tr.Token() // it has been over
		}
		ready(t, h, &op)
		if again {
			token.Done()
		}
	}
}

func TestTrackerThatIsOpenIsNotOver(t *testing.T) {
	var tr coord.TaskTracker
	token := tr.Token()
	h := newHand()
	op := tr.Wait()
	pending(t, h, &op)
	token.Done()
	token = tr.Token()
	pending(t, h, &op)
	token.Done()
	pending(t, h, &op)
	op.Drop()
	op.Drop()
	h.idle(t, 0)
}

// Whenever it is closed among the ends of its tasks, it is over after the last of both.
func TestTrackerClosedInBetween(t *testing.T) {
	const tasks = 5
	for when := range tasks + 1 {
		var tr coord.TaskTracker
		var tokens []coord.TaskToken
		for range tasks {
			tokens = append(tokens, tr.Token())
		}
		h := newHand()
		op := tr.Wait()
		for i := range tokens {
			pending(t, h, &op)
			if i == when {
				tr.Close()
				pending(t, h, &op)
			}
			tokens[i].Done()
		}
		if when == tasks {
			pending(t, h, &op)
			tr.Close()
		}
		h.idle(t, 1)
		ready(t, h, &op)
	}
}

func TestTrackerTellsAll(t *testing.T) {
	var tr coord.TaskTracker
	var hs []*hand
	var ops []*coord.TrackerOp
	for range 10 {
		h, op := newHand(), tr.Wait()
		pending(t, h, &op)
		hs, ops = append(hs, h), append(ops, &op)
	}
	tr.Close()
	for i, op := range ops {
		hs[i].idle(t, 1)
		ready(t, hs[i], op)
	}
}

// A tracked operation is a task until it is ready or dropped.
func TestTrackerTracksOperations(t *testing.T) {
	var tr coord.TaskTracker
	var n coord.Notify
	h := newHand()
	op, dropped, unpolled := coord.Track(&tr, n.Notified()), coord.Track(&tr, n.Notified()), coord.Track(&tr, n.Notified())
	tracked(t, &tr, false, 3)
	pending(t, h, &op)
	pending(t, h, &dropped)
	dropped.Drop()
	dropped.Drop()
	unpolled.Drop()
	tracked(t, &tr, false, 1)
	n.NotifyOne()
	ready(t, h, &op)
	tracked(t, &tr, false, 0)
	panics(t, func() { op.Poll(&h.cx) }, "TrackedOp")

	broken := future.Box(coord.Track(&tr, future.Of(future.Func(func(*waker.Context) future.Poll[int] { panic("coord: broken") }))))
	panics(t, func() { _, _ = future.BlockOn(broken) }, "broken")
	tracked(t, &tr, false, 0)
}

func TestTrackerMisuse(t *testing.T) {
	var none *coord.TaskTracker
	for _, f := range []func(){
		func() { none.Token() }, func() { none.Close() }, func() { none.Reopen() }, func() { none.Closed() }, func() { none.Len() },
		func() { none.Wait() }, func() { coord.Track(none, future.Yield()) },
	} {
		panics(t, f, "nil TaskTracker")
	}
	var tr coord.TaskTracker
	token := tr.Token()
	token.Done()
	panics(t, token.Done, "TaskToken", "done before")
	panics(t, new(coord.TaskToken).Done, "TaskToken")
	tr.Close()
	op := tr.Wait()
	h := newHand()
	ready(t, h, &op)
	panics(t, func() { op.Poll(&h.cx) }, "TrackerOp")
	panics(t, func() { (*coord.TrackerOp)(nil).Drop() }, "TrackerOp")
}

func TestTrackerAllocatesNothing(t *testing.T) {
	var tr coord.TaskTracker
	tr.Close()
	allocates(t, "Track and Wait", func(co *future.Co) {
		coord.Track(&tr, future.Yield()).Await(co)
		tr.Wait().Await(co)
	})
}

// Tasks of a runtime, some of which fail, are waited for, and a cancel token ends those that would
// not end.
func TestTrackerWithTasks(t *testing.T) {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	var tr coord.TaskTracker
	var ended word.Int32
	stop := coord.NewCancelToken()
	failed := errors.New("failed")
	for i := range 100 {
		task := future.Of(future.Async(func(co *future.Co) (future.Unit, error) {
			defer ended.Inc()
			co.Yield()
			if i%2 == 0 {
				return future.Unit{}, failed
			}
			return coord.RunUntilCancelled(stop, future.Of(future.Func(func(*waker.Context) future.Poll[future.Unit] {
				return future.Pending[future.Unit]()
			}))).Await(co)
		}))
		sched.SpawnDetached(rt, coord.Track(&tr, task))
	}
	tr.Close()
	stop.Cancel()
	wait(tr.Wait())
	if ended.Load() != 100 || tr.Len() != 0 {
		t.Errorf("%d of 100 had ended, %d are left", ended.Load(), tr.Len())
	}
}

// Threads take tokens and give them back, one closes: the wait ends, and not before.
func TestTrackerFromThreads(t *testing.T) {
	together(t, 2, 500, func(int, int) {
		var tr coord.TaskTracker
		var live word.Int32
		for range 3 {
			token := tr.Token()
			live.Inc()
			go func() {
				live.Dec()
				token.Done()
			}()
		}
		go tr.Close()
		wait(tr.Wait())
		if live.Load() != 0 {
			t.Error("over, and a task lives")
		}
	})
}
