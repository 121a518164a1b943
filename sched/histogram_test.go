package sched_test

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/waker"
)

func TestLogBounds(t *testing.T) {
	ns := time.Nanosecond
	for _, c := range []struct {
		least, most time.Duration
		parts       int
		want        []time.Duration
	}{
		{2 * time.Millisecond, 4 * time.Millisecond, 1, []time.Duration{2 * time.Millisecond, 4 * time.Millisecond}},
		{100 * ns, 300 * ns, 4, []time.Duration{100, 125, 150, 175, 200, 250, 300}},
		{1, 9, 2, []time.Duration{1, 2, 3, 4, 6, 8, 9}}, // no part is less than a nanosecond
		{math.MaxInt64 - 1, math.MaxInt64, 64, []time.Duration{math.MaxInt64 - 1, math.MaxInt64}},
	} {
		if got := sched.LogBounds(c.least, c.most, c.parts); !slices.Equal(got, c.want) {
			t.Errorf("from %v to %v by %d: %v, want %v", c.least, c.most, c.parts, got, c.want)
		}
	}
	for parts := 1; parts <= 64; parts++ {
		bounds := sched.LogBounds(time.Microsecond, math.MaxInt64, parts)
		for i, b := range bounds[1:] {
			if before := bounds[i]; b <= before || b-before > before/time.Duration(parts)+1 {
				t.Fatalf("by %d: %v after %v", parts, b, before)
			}
		}
	}
	for _, wrong := range []func(){
		func() { sched.LogBounds(0, 1, 1) },
		func() { sched.LogBounds(2, 2, 1) },
		func() { sched.LogBounds(1, 2, 0) },
		func() { sched.LogBounds(1, 2, 65) },
	} {
		mustPanic(t, "LogBounds", wrong)
	}
}

func TestHistogram(t *testing.T) {
	bounds := []time.Duration{10, 20, 40}
	h := sched.Histogram{Bounds: bounds, Counts: []uint64{1, 0, 8, 1}}
	if h.Count() != 10 {
		t.Errorf("%d durations", h.Count())
	}
	for part, want := range map[float64]time.Duration{-1: 10, 0: 10, 0.1: 10, 0.11: 40, 0.5: 40, 0.9: 40, 0.91: math.MaxInt64, 1: math.MaxInt64, 2: math.MaxInt64} {
		if got := h.Quantile(part); got != want {
			t.Errorf("%v of all do not exceed %d, want %d", part, got, want)
		}
	}
	if got := (sched.Histogram{}).Quantile(0.5); got != 0 {
		t.Errorf("half of none do not exceed %v", got)
	}
	d := h.Since(sched.Histogram{Bounds: bounds, Counts: []uint64{1, 0, 3, 0}})
	if !slices.Equal(d.Counts, []uint64{0, 0, 5, 1}) || h.Counts[2] != 8 {
		t.Errorf("the difference is %v", d.Counts)
	}
	if d := h.Since(sched.Histogram{}); d.Count() != 10 {
		t.Errorf("%d durations since nothing was measured", d.Count())
	}
}

// busyFor computes for as long.
func busyFor(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

// Each poll is counted once, by the worker that has polled, in the bucket of its duration, also one that panics.
func TestPollTimes(t *testing.T) {
	const long = 2 * time.Millisecond
	for _, n := range []int{1, 2} {
		rt := newRuntime(t, sched.Config{Workers: n, Timing: sched.Timing{Polls: true, Bounds: []time.Duration{long, time.Hour}}})
		before := quiesced(t, rt)
		wait(t, sched.SpawnOn(rt, n-1, do(func(*waker.Context) bool { busyFor(long); return true })))
		sched.SpawnOn(rt, n-1, do(func(*waker.Context) bool { busyFor(long); panic("late") })).Wait(soon(t))
		for range 5 {
			if got := wait(t, sched.SpawnValue[string](rt, countdown{2})); got != "done" {
				t.Errorf("a task comes to %q", got)
			}
		}
		m := quiesced(t, rt)
		counts := m.PollTimes.Since(before.PollTimes).Counts
		if polls := m.Polls - before.Polls; len(counts) != 3 || m.PollTimes.Count() != m.Polls || counts[0] > polls-2 || counts[1] < 2 || counts[2] != 0 {
			t.Errorf("%d polls, of which two have lasted for %v, are counted as %v", polls, long, counts)
		}
		for i, w := range m.Workers {
			if w.PollTimes.Count() != w.Polls {
				t.Errorf("worker %d has polled %d times and measured %d", i, w.Polls, w.PollTimes.Count())
			}
		}
		if m.Workers[n-1].PollTimes.Counts[1] < 2 {
			t.Error("the long polls are not those of the worker that they were bound to")
		}
		if b := m.PollTimes.Bounds; !slices.Equal(b, []time.Duration{long, time.Hour}) {
			t.Errorf("the bounds are %v", b)
		}
		if m.WaitTimes.Counts != nil {
			t.Error("waits are measured, which nobody has asked for")
		}
		shutdown(t, rt)
	}
}

// Nothing is measured unless it is asked for, and by default from 100 ns to a minute.
func TestTimingIsOffByDefault(t *testing.T) {
	for _, c := range []sched.Timing{{}, {Bounds: []time.Duration{1}}} {
		rt := newRuntime(t, sched.Config{Workers: 2, Timing: c})
		wait(t, sched.Spawn(rt, future.Value(1)))
		m := rt.Metrics()
		if m.PollTimes.Counts != nil || m.WaitTimes.Counts != nil || m.Workers[0].PollTimes.Counts != nil {
			t.Errorf("%v: something is measured", c)
		}
		shutdown(t, rt)
	}
	rt := newRuntime(t, sched.Config{Workers: 1, Timing: sched.Timing{Polls: true}})
	defer shutdown(t, rt)
	if b := rt.Metrics().PollTimes.Bounds; len(b) < 100 || b[0] != 100*time.Nanosecond || b[len(b)-1] != time.Minute {
		t.Errorf("%d bounds: %v", len(b), b)
	}
	for _, c := range [][]time.Duration{{0}, {-1, 1}, {time.Second, 2 * time.Second, 2 * time.Second}} {
		_, err := sched.New(sched.Config{Timing: sched.Timing{Bounds: c}})
		if err == nil || !strings.Contains(err.Error(), "Config.Timing.Bounds[") {
			t.Errorf("bounds %v: %v", c, err)
		}
	}
}

// waits notes what hooks are told of how long tasks were queued.
type waits struct {
	mu     sync.Mutex
	before map[sched.TaskID][]time.Duration
	after  map[sched.TaskID][]time.Duration
	other  time.Duration
}

func (w *waits) hooks() sched.Hooks {
	note := func(m map[sched.TaskID][]time.Duration) func(sched.TaskInfo) {
		return func(info sched.TaskInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			m[info.ID] = append(m[info.ID], info.Waited)
		}
	}
	other := func(info sched.TaskInfo) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.other += info.Waited
	}
	w.before, w.after = map[sched.TaskID][]time.Duration{}, map[sched.TaskID][]time.Duration{}
	return sched.Hooks{BeforePoll: note(w.before), AfterPoll: note(w.after), Spawn: other, End: other}
}

// A task that is spawned, woken, or lets others run waits until its worker has time, and that is what is measured.
func TestWaitTimes(t *testing.T) {
	const long = 2 * time.Millisecond
	for _, measure := range []bool{true, false} {
		for _, n := range []int{1, 2} {
			var seen waits
			rt := newRuntime(t, sched.Config{Workers: n, Hooks: seen.hooks(), Timing: sched.Timing{Waits: measure, Bounds: []time.Duration{long}}})
			var parked waker.AtomicWaker
			polls := 0
			var child sched.JoinHandle[future.Unit]
			begin := time.Now()
			// Its polls: as it is spawned behind a long poll, as it has let one run, and as one has woken it.
			wait(t, sched.SpawnOn(rt, 0, do(func(cx *waker.Context) bool {
				child = sched.SpawnLocal(cx, do(func(cx *waker.Context) bool {
					switch polls++; polls {
					case 1:
						sched.SpawnOn(cx, 0, do(func(*waker.Context) bool { busyFor(long); return true }))
						cx.PollAgain()
					case 2:
						parked.Register(cx.Waker())
						sched.SpawnOn(cx, 0, do(func(*waker.Context) bool { parked.Wake(); busyFor(long); return true }))
					}
					return polls == 3
				}))
				busyFor(long)
				return true
			})))
			wait(t, child)
			elapsed := time.Since(begin)
			m := quiesced(t, rt)
			seen.mu.Lock()
			before, after := seen.before[child.ID()], seen.after[child.ID()]
			if !slices.Equal(before, after) || len(before) != 3 || seen.other != 0 {
				t.Errorf("waits before polls: %v, after them: %v, elsewhere: %v", before, after, seen.other)
			}
			var all time.Duration
			for i, waited := range before {
				all += waited
				if measure && waited < long || !measure && waited != 0 {
					t.Errorf("measured %v: before poll %d it has waited for %v, behind a poll of %v", measure, i, waited, long)
				}
			}
			if all > elapsed {
				t.Errorf("in %v it has waited for %v, which are %v", elapsed, all, before)
			}
			seen.mu.Unlock()
			if measure && (m.WaitTimes.Count() != m.Polls || m.WaitTimes.Counts[1] < 3) || !measure && m.WaitTimes.Counts != nil {
				t.Errorf("measured %v: %d polls, and waits %v", measure, m.Polls, m.WaitTimes.Counts)
			}
			if m.PollTimes.Counts != nil {
				t.Error("polls are measured, which nobody has asked for")
			}
			shutdown(t, rt)
		}
	}
}

// Polls of the task that was woken last are measured one by one, as are those of tasks whose memory is used again, and
// what was spawned with options keeps them.
func TestWaitTimesOfEachKindOfTask(t *testing.T) {
	const n = 100
	rt := newRuntime(t, sched.Config{Workers: 1, Timing: sched.Timing{Waits: true, Polls: true}})
	defer shutdown(t, rt)
	key := sched.NewKey[int]("of a task that is timed")
	for range 3 {
		before := quiesced(t, rt)
		wait(t, sched.SpawnWith(rt, sched.Options{Locals: []sched.Local{key.Value(7)}}, do(func(cx *waker.Context) bool {
			if v, ok := key.Get(cx); !ok || v != 7 {
				t.Errorf("a task-local is %d, %v", v, ok)
			}
			for range n {
				sched.SpawnDetached(cx, parent{func() {}, 3})
			}
			return true
		})))
		m := quiesced(t, rt)
		if m.LIFOPolls == before.LIFOPolls {
			t.Error("no poll was one of the LIFO slot")
		}
		waited, polled := m.WaitTimes.Since(before.WaitTimes).Count(), m.PollTimes.Since(before.PollTimes).Count()
		if polls := m.Polls - before.Polls; waited != polls || polled != polls {
			t.Errorf("of %d polls %d are measured, and %d waits", polls, polled, waited)
		}
	}
	// The memory of those tasks is used again by a runtime that measures nothing.
	other := newRuntime(t, sched.Config{Workers: 1})
	for range n {
		sched.SpawnDetached(other, parent{func() {}, 3})
	}
	shutdown(t, other)
	if m := other.Metrics(); m.Finished != m.Spawned || m.Finished < n {
		t.Errorf("%d tasks of %d have ended", m.Finished, m.Spawned)
	}
}
