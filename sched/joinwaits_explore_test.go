//go:build explore

package sched

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
)

// endAs ends a task of a model with a result, as a worker does.
func endAs(o *joined, v int) {
	o.value = v
	o.state.finish()
	o.joiners.Close(nil)
}

// runningTasks returns tasks of a model that are polled.
func runningTasks(n int) []*joined {
	all := make([]*joined, n)
	for i := range all {
		all[i] = new(joined)
		all[i].state.bits.Store(running)
	}
	return all
}

// await hands out the next wait of a set to a task that is a thread, and returns the outcome.
func (s *waits) await(task *testkit.Sleeper) int {
	for {
		if _, h := s.next(task.Context()); h != nil {
			v, _ := outcomeOf[int](h).result()
			return v
		}
		task.Wait()
	}
}

// Two tasks end on two threads, before their set waits or while it does: each is told of, once.
func TestModelJoinSetOfTwo(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		var s waits
		tasks := runningTasks(2)
		x.Label("set", &s)
		for _, o := range tasks {
			s.add(new(wait), &o.header)
		}
		x.Go("owner", func() {
			task := new(testkit.Sleeper)
			sum := s.await(task) + s.await(task)
			x.Assert(sum == 3 && s.n == 0, "the outcomes are %d together, %d are left", sum, s.n)
		})
		for i, o := range tasks {
			x.Go("", func() { endAs(o, i+1) })
		}
	})
}

// A task is added while it ends.
func TestModelJoinSetAddAtTheEnd(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		var s waits
		o := runningTasks(1)[0]
		x.Label("set", &s)
		x.Label("joiners", &o.joiners)
		x.Go("owner", func() {
			s.add(new(wait), &o.header)
			v := s.await(new(testkit.Sleeper))
			x.Assert(v == 7, "the outcome is %d", v)
		})
		x.Go("worker", func() { endAs(o, 7) })
	})
}

// A wait is given up while its task ends; the set is used further, and tells of the other one alone.
func TestModelJoinSetGivesUp(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		var s waits
		tasks := runningTasks(2)
		x.Label("set", &s)
		given := new(wait)
		s.add(given, &tasks[0].header)
		x.Go("owner", func() {
			s.giveUp(given)
			s.add(new(wait), &tasks[1].header)
			v := s.await(new(testkit.Sleeper))
			x.Assert(v == 2 && s.n == 0, "the outcome is %d, %d are left", v, s.n)
			_, h := s.tryNext()
			x.Assert(h == nil, "a wait that was given up is handed out")
		})
		for i, o := range tasks {
			x.Go("", func() { endAs(o, i+1) })
		}
	})
}
