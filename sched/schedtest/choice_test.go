package schedtest_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/stream"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched/schedtest"
)

// The same seed has selects choose the same, on one simulated worker and on several; another one does not.
func TestASeedDecidesWhatFairSelectsChoose(t *testing.T) {
	choices := func(seed uint64, workers int) []int {
		rt := schedtest.New(t, schedtest.Config{Seed: seed, Workers: workers})
		defer rt.Close()
		won, err := schedtest.Run(rt, future.Async(func(co *future.Co) (won []int, err error) {
			of := func() future.BoxedOp[int] { return future.Of(future.Value(0)) }
			for range 32 {
				any, err := future.Select(future.Value(0), future.Value(0), future.Value(0)).Fair().Await(co)
				if err != nil {
					return nil, err
				}
				three, err := future.Select3(of(), of(), of()).Fair().Await(co)
				if err != nil {
					return nil, err
				}
				won = append(won, any.Index, three.Which)
			}
			return won, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		return won
	}
	for _, workers := range []int{1, 4} {
		first := choices(7, workers)
		if again := choices(7, workers); !slices.Equal(first, again) {
			t.Errorf("with %d workers: %v, and then %v", workers, first, again)
		}
		if other := choices(8, workers); slices.Equal(first, other) {
			t.Errorf("with %d workers another seed chooses the same: %v", workers, first)
		}
	}
}

// Retry waits as long as its Backoff says, and no wait goes beyond its time.
func TestRetryTakesItsTime(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		b     clock.Backoff
		tries int
		took  time.Duration
	}{
		{clock.Backoff{First: time.Second, Tries: 4, Jitter: clock.NoJitter}, 4, 7 * time.Second},
		{clock.Backoff{First: time.Second, Max: 2 * time.Second, Tries: 5, Jitter: clock.NoJitter}, 5, 7 * time.Second},
		{clock.Backoff{First: time.Second, Within: 10 * time.Second, Jitter: clock.NoJitter}, 4, 7 * time.Second},
	} {
		rt := schedtest.New(t, schedtest.Config{})
		tries := 0
		_, err := schedtest.Run(rt, clock.Retry(c.b, func() future.Future[int] {
			tries++
			return future.Fail[int](refused)
		}))
		if !errors.Is(err, refused) || tries != c.tries || rt.Elapsed() != c.took {
			t.Errorf("%+v: %v after %d tries and %v; want %d and %v", c.b, err, tries, rt.Elapsed(), c.tries, c.took)
		}
		rt.Close()
	}
}

// The streams by time, to the nanosecond.
func TestStreamsTakeTheirTime(t *testing.T) {
	slow := func(d time.Duration, n int) future.Stream[int] {
		return stream.Async(func(co *future.Co, out *stream.Emitter[int]) error {
			for i := range n {
				if _, err := clock.Sleep(d).Await(co); err != nil {
					return err
				}
				out.Emit(co, i)
			}
			return nil
		})
	}
	for name, c := range map[string]struct {
		s     future.Stream[int]
		items int
		late  int
		took  time.Duration
	}{
		"throttled":       {clock.Throttle(stream.Of(1, 2, 3), time.Second), 3, 0, 3 * time.Second},
		"slow already":    {clock.Throttle(slow(2*time.Second, 3), time.Second), 3, 0, 9 * time.Second}, // it sleeps when it is asked
		"in time":         {clock.ItemTimeout(slow(time.Second, 3), 2*time.Second), 3, 0, 3 * time.Second},
		"late each time":  {clock.ItemTimeout(slow(3*time.Second, 2), time.Second), 2, 2, 6 * time.Second},
		"chunks by time":  {stream.Map(clock.ChunksTimeout(slow(time.Second, 4), 9, 1500*time.Millisecond), func(vs []int) int { return len(vs) }), 2, 0, 4 * time.Second},
		"chunks by count": {stream.Map(clock.ChunksTimeout(slow(time.Second, 4), 2, time.Hour), func(vs []int) int { return len(vs) }), 2, 0, 4 * time.Second},
	} {
		rt := schedtest.New(t, schedtest.Config{})
		late := 0
		items, err := schedtest.Run(rt, stream.Fold(stream.Results(c.s), 0, func(n *int, r future.Result[int]) error {
			if errors.Is(r.Err, clock.ErrTimeout) {
				late++
				return nil
			}
			*n++
			return r.Err
		}))
		if items != c.items || late != c.late || err != nil || rt.Elapsed() != c.took {
			t.Errorf("%s: %d items, %d late, %v after %v; want %d, %d after %v", name, items, late, err, rt.Elapsed(), c.items, c.late, c.took)
		}
		rt.Close()
	}
}

// So do the values of a DelayQueue, whose deadlines are times of the clock.
func TestDelayQueuesGoByTheClock(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	var q clock.DelayQueue[string]
	defer q.Drop()
	begun := clock.Now()
	q.Insert("late", time.Hour)
	q.InsertAt("soon", begun.Add(time.Minute))
	for _, want := range []struct {
		value string
		after time.Duration
	}{{"soon", time.Minute}, {"late", time.Hour}} {
		e, err := schedtest.Run(rt, future.Box(future.Next(&q)))
		if e.Value != want.value || e.Deadline.Sub(begun) != want.after || err != nil || rt.Elapsed() != want.after {
			t.Errorf("%q, due after %v, came after %v, %v; want %q after %v", e.Value, e.Deadline.Sub(begun), rt.Elapsed(), err, want.value, want.after)
		}
	}
}
