//go:build explore

package future

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// modelUnordered is a set with a member for each count, that is ready when it has been woken so
// often, by a thread of its own, and wakes its task for each outcome.
func modelUnordered(counts ...int32) func(x *explore.Run) {
	return func(x *explore.Run) {
		var u Unordered[int]
		happened := make([]word.Int32, len(counts))
		var early []*member // the wakers of members, before they are polled
		for i, n := range counts {
			u.Push(Func(func(*waker.Context) Poll[int] {
				if happened[i].Load() < n {
					return Pending[int]()
				}
				return Ready(i)
			}))
			early = append(early, &u.last.member)
		}
		x.Label("set", &u)
		x.Go("owner", func() {
			task := new(testkit.Sleeper)
			came := make([]bool, len(counts))
			for range counts {
				p := u.PollNext(task.Context())
				for !p.IsReady() {
					task.Wait()
					p = u.PollNext(task.Context())
				}
				x.Assert(!came[p.value], "member %d came twice", p.value)
				came[p.value] = true
			}
		})
		for i, n := range counts {
			x.Go("", func() {
				for range n {
					happened[i].Inc()
					early[i].wake()
				}
			})
		}
	}
}

func TestModelUnorderedTwoMembers(t *testing.T) {
	explore.Check(t, testkit.Within(3), modelUnordered(1, 1))
}

func TestModelUnorderedTwoWakes(t *testing.T) {
	explore.Check(t, testkit.Within(3), modelUnordered(2))
}

// The member that comes second lies in the memory of the first, which somebody still wakes.
func TestModelUnorderedMemoryUsedAgain(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		var u Unordered[int]
		var happened [2]word.Int32
		after := func(i int) Future[int] {
			return Func(func(*waker.Context) Poll[int] {
				if happened[i].Load() == 0 {
					return Pending[int]()
				}
				return Ready(i)
			})
		}
		u.Push(after(0))
		m := &u.last.member
		x.Go("owner", func() {
			task := new(testkit.Sleeper)
			for i := range 2 {
				p := u.PollNext(task.Context())
				for !p.IsReady() {
					task.Wait()
					p = u.PollNext(task.Context())
				}
				x.Assert(p.value == i, "%d came, not %d", p.value, i)
				if i == 0 {
					u.Push(after(1))
					x.Assert(&u.last.member == m, "another memory")
				}
			}
		})
		x.Go("first", func() {
			happened[0].Inc()
			m.wake()
			m.wake() // late, perhaps
		})
		x.Go("second", func() {
			happened[1].Inc()
			m.wake()
		})
	})
}
