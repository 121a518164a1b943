package schedtest_test

import (
	"fmt"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/coord"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/schedtest"
	"github.com/magpie-go/magpie/waker"
)

// busy is a future that always wants another poll, n of them.
func busy(n int) future.Future[int] {
	return future.Func(func(cx *waker.Context) future.Poll[int] {
		if n--; n <= 0 {
			return future.Ready(0)
		}
		cx.PollAgain()
		return future.Pending[int]()
	})
}

// Under overload polls go 64 : 8 : 1, and nobody waits for longer than the bound, whether the tasks are bound to the
// worker or not.
func TestPrioritiesHoldUnderOverload(t *testing.T) {
	const rounds, round = 30, 73
	for _, bound := range []bool{false, true} {
		t.Run(fmt.Sprint("bound=", bound), func(t *testing.T) {
			var polled []string
			rt := schedtest.New(t, schedtest.Config{Workers: 1, OnStep: func(s schedtest.Step) { polled = append(polled, s.Task) }})
			levels := map[string]sched.Priority{"high": sched.High, "normal": sched.Normal, "low": sched.Low}
			for name, p := range levels {
				for range 3 {
					f := busy(rounds * round)
					if bound {
						f = future.Async(func(co *future.Co) (int, error) {
							for range rounds * round {
								future.Yield().Await(co)
							}
							return 0, nil
						})
					}
					sched.SpawnWith(rt, sched.Options{Name: name, Priority: p}, f)
				}
			}
			if err := rt.Settle(); err != nil {
				t.Fatal(err)
			}
			counts, last := map[string]int{}, map[string]int{}
			longest := map[string]int{}
			window := polled[round : round*rounds] // by then each has been bound
			for i, name := range window {
				counts[name]++
				longest[name] = max(longest[name], i-last[name])
				last[name] = i
			}
			if n := rounds - 1; counts["low"] != n || counts["normal"] != 8*n || counts["high"] != 64*n {
				t.Errorf("of %d polls there were %v; want 64 : 8 : 1", len(window), counts)
			}
			if longest["low"] > round || longest["normal"] > 10 {
				t.Errorf("between two polls of a priority there were %v", longest)
			}
		})
	}
}

// Tasks that are bound to a worker keep their priority when another thread wakes them.
func TestPrioritiesHoldForThoseWokenOutside(t *testing.T) {
	var polled []string
	rt := schedtest.New(t, schedtest.Config{Workers: 1, OnStep: func(s schedtest.Step) { polled = append(polled, s.Task) }})
	var begin coord.Notify
	for _, o := range []sched.Options{{Name: "low", Priority: sched.Low}, {Name: "high", Priority: sched.High}} {
		for range 5 {
			sched.SpawnWith(rt, o, future.Do(func(co *future.Co) error {
				_, err := begin.Notified().Await(co)
				return err
			}))
		}
		if err := rt.Settle(); err != nil { // the low ones are in line first
			t.Fatal(err)
		}
	}
	polled = nil
	begin.NotifyAll()
	if err := rt.Settle(); err != nil {
		t.Fatal(err)
	}
	late := 0
	for _, name := range polled[:5] {
		if name == "low" {
			late++
		}
	}
	if len(polled) != 10 || late > 1 { // in 73 polls it may be one's turn once
		t.Errorf("polled %v", polled)
	}
}

// The lanes' tasks all end, however many workers steal from one another, and in whatever order.
func TestPrioritiesLoseNothing(t *testing.T) {
	schedtest.Seeds(t, 20, schedtest.Config{}, func(t *testing.T, rt *schedtest.Runtime) {
		_, err := schedtest.Run(rt, future.Do(func(co *future.Co) error {
			var set sched.JoinSet[int]
			for i := range 60 {
				set.Add(sched.SpawnWith(co, sched.Options{Priority: sched.Priority(i%3 - 1)}, busy(i%7)))
			}
			for set.Len() > 0 {
				if _, err := set.Next().Await(co); err != nil {
					return err
				}
			}
			return nil
		}))
		if err != nil {
			t.Error(err)
		}
	})
}
