package sched_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

// census counts the tasks that live, by what they are called.
type census struct {
	mu    sync.Mutex
	names map[sched.TaskID]string
	alive map[string]int
}

func (c *census) spawned(t sched.TaskInfo) {
	name := t.Name() // at the end it may be gone
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[t.ID] = name
	c.alive[name]++
}

func (c *census) ended(t sched.TaskInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alive[c.names[t.ID]]--
	delete(c.names, t.ID)
}

func (c *census) of(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alive[name]
}

// How long polls take, and how long tasks wait for them, in buckets as a monitoring system wants them.
func ExampleTiming() {
	rt, err := sched.New(sched.Config{Workers: 2, Timing: sched.Timing{
		Polls: true, Waits: true, Bounds: []time.Duration{100 * time.Microsecond, time.Millisecond, time.Minute},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	sched.Spawn(rt, future.Do(func(*future.Co) error {
		for begin := time.Now(); time.Since(begin) < time.Millisecond; { // which holds up its worker
		}
		return nil
	})).Wait(context.Background())
	m := rt.Metrics()
	fmt.Println(m.PollTimes.Counts[2], "poll of more than", m.PollTimes.Bounds[1], "and of less than", m.PollTimes.Quantile(1))
	fmt.Println(m.WaitTimes.Count() == m.PollTimes.Count())
	// Output:
	// 1 poll of more than 1ms and of less than 1m0s
	// true
}

// How many tasks live of each name: a leak shows which.
func ExampleHooks() {
	c := &census{names: map[sched.TaskID]string{}, alive: map[string]int{}}
	rt, err := sched.New(sched.Config{Workers: 2, Hooks: sched.Hooks{Spawn: c.spawned, End: c.ended}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	h := sched.SpawnWith(rt, sched.Named("session"), rt.Closing()) // until the runtime ends
	sched.SpawnWith(rt, sched.Named("request"), future.Value(1)).Wait(context.Background())
	fmt.Println(c.of("session"), c.of("request"))
	h.Abort()
	h.Wait(context.Background())
	fmt.Println(c.of("session"), c.of("request"))
	// Output:
	// 1 0
	// 0 0
}
