package schedtest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/clock"
	"github.com/magpie-go/magpie/sched/schedtest"
	"github.com/magpie-go/magpie/waker"
)

// step is a moment of a task with an interval of 300 ms: what it does before, for how long it then does
// something else, and which ticks are there afterwards.
type step struct {
	first func(*clock.Interval, *schedtest.Runtime)
	work  time.Duration   // in milliseconds
	ticks []time.Duration // when those were due that are there, in milliseconds
}

// follow takes the steps, with an interval whose first tick is due at once.
func follow(t *testing.T, steps []step) {
	t.Helper()
	rt := schedtest.New(t, schedtest.Config{})
	begin := clock.Now()
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		ticks, err := clock.NewIntervalAt(begin, 300*time.Millisecond)
		if err != nil {
			return err
		}
		defer ticks.Stop()
		for i, s := range steps {
			if s.first != nil {
				s.first(ticks, rt)
			}
			if s.work > 0 {
				clock.Sleep(s.work * time.Millisecond).Await(co)
			}
			var got []time.Duration
			for {
				due, ready := peek(co, ticks)
				if !ready {
					break
				}
				got = append(got, due.Sub(begin)/time.Millisecond)
			}
			if !slices.Equal(got, s.ticks) {
				t.Errorf("step %d, after %v: ticks that were due after %d ms, want %d", i, rt.Elapsed(), got, s.ticks)
			}
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

// peek polls f once.
func peek[T any](co *future.Co, f future.Future[T]) (v T, ready bool) {
	_, _ = future.Await[future.Unit](co, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		p := f.Poll(cx)
		if ready = p.IsReady(); ready {
			v, _ = p.Result()
		}
		return future.Ready(future.Unit{})
	}))
	return v, ready
}

// What becomes of ticks that were missed, each time with 650 ms of work in which two are due.
func TestMissedTicks(t *testing.T) {
	type ms = []time.Duration
	for name, c := range map[string]struct {
		missed clock.MissedTicks
		late   []step
	}{
		"burst": {clock.BurstMissed, []step{{work: 650, ticks: ms{600, 900}}, {work: 200}, {work: 100, ticks: ms{1200}}, {work: 250, ticks: ms{1500}}, {work: 300, ticks: ms{1800}}}},
		"delay": {clock.DelayMissed, []step{{work: 650, ticks: ms{600}}, {work: 100}, {work: 199}, {work: 1, ticks: ms{1250}}, {work: 300, ticks: ms{1550}}, {work: 300, ticks: ms{1850}}}},
		"skip":  {clock.SkipMissed, []step{{work: 650, ticks: ms{600}}, {work: 250, ticks: ms{1200}}, {work: 300, ticks: ms{1500}}, {work: 300, ticks: ms{1800}}}},
	} {
		t.Run(name, func(t *testing.T) {
			set := func(i *clock.Interval, _ *schedtest.Runtime) { i.OnMissed(c.missed) }
			follow(t, append([]step{{first: set, ticks: ms{0}}, {work: 100}, {work: 200, ticks: ms{300}}}, c.late...))
		})
	}
}

// An interval that is reset in the middle of a period goes on from there, by its period.
func TestIntervalsAreReset(t *testing.T) {
	type ms = []time.Duration
	at := func(d time.Duration) func(*clock.Interval, *schedtest.Runtime) {
		return func(i *clock.Interval, _ *schedtest.Runtime) {
			i.ResetAt(clock.Now().Add(d * time.Millisecond))
		}
	}
	for name, after := range map[string][]step{
		"a period": {
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.Reset() }},
			{work: 250}, {work: 50, ticks: ms{700}}, {work: 300, ticks: ms{1000}},
		},
		"at once": {
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.ResetAfter(0) }, ticks: ms{400}},
			{work: 100}, {work: 200, ticks: ms{700}},
		},
		"before now": {
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.ResetAfter(-time.Hour) }, ticks: ms{400}},
			{work: 100}, {work: 200, ticks: ms{700}},
		},
		"after a while": {
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.ResetAfter(20 * time.Millisecond) }},
			{work: 20, ticks: ms{420}}, {work: 100}, {work: 200, ticks: ms{720}},
		},
		"at a time":                       {{first: at(40)}, {work: 40, ticks: ms{440}}, {work: 100}, {work: 200, ticks: ms{740}}},
		"at a time of more than a period": {{first: at(1000)}, {work: 600}, {work: 400, ticks: ms{1400}}, {work: 300, ticks: ms{1700}}},
		"after it was stopped": {
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.Stop() }, work: 400},
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.Reset() }, work: 300, ticks: ms{1100}},
		},
		"while nobody waits": {
			{first: func(i *clock.Interval, _ *schedtest.Runtime) { i.Drop(); i.ResetAfter(20 * time.Millisecond) }, work: 20, ticks: ms{420}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			follow(t, append([]step{{ticks: ms{0}}, {work: 100}, {work: 200, ticks: ms{300}}, {work: 100}}, after...))
		})
	}
}

// A stream of every fourth tick, which wakes its task itself after each of the others, misses none.
func TestIntervalInATaskThatWakesItself(t *testing.T) {
	rt := schedtest.New(t, schedtest.Config{})
	ticks, err := clock.NewInterval(10 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	counter, woken := 0, 0
	got, err := schedtest.Run[[]int](rt, future.Box(clock.Timeout(future.Of(future.Async(func(co *future.Co) (items []int, err error) {
		defer ticks.Stop()
		for counter < 12 {
			item, err := future.Await[int](co, future.Func(func(cx *waker.Context) future.Poll[int] {
				if ticks.PollTick(cx).IsPending() {
					return future.Pending[int]()
				}
				if counter++; counter%4 == 0 {
					return future.Ready(counter)
				}
				woken++
				cx.Waker().Wake()
				return future.Pending[int]()
			}))
			if err != nil {
				return items, err
			}
			items = append(items, item)
		}
		return items, nil
	})), 150*time.Millisecond)))
	if err != nil || !slices.Equal(got, []int{4, 8, 12}) || woken != 9 || rt.Elapsed() != 120*time.Millisecond {
		t.Errorf("%d, %v after %v with %d wake-ups of its own; want [4 8 12] after 120ms with 9", got, err, rt.Elapsed(), woken)
	}
}

// Sleeps of years end at their time, one after the other and at once.
func TestSleepsOfYears(t *testing.T) {
	const year = 365 * 24 * time.Hour
	rt := schedtest.New(t, schedtest.Config{})
	_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
		for range 5 {
			if _, err := clock.Sleep(year).Await(co); err != nil {
				return err
			}
		}
		_, err := clock.SleepUntil(clock.Now().Add(10 * year)).Await(co)
		return err
	}))
	if err != nil || rt.Elapsed() != 15*year {
		t.Errorf("%v after %v, want %v", err, rt.Elapsed(), 15*year)
	}
}
