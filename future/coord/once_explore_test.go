//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// attempt is an init; one that fails does so at its first poll.
type attempt struct {
	made  *word.Int32
	fails bool
}

func (a attempt) Poll(*waker.Context) future.Poll[int] {
	if a.fails {
		return future.Failed[int](ErrClosed)
	}
	a.made.Inc()
	return future.Ready(7)
}

func (a attempt) Await(co *future.Co) (int, error) { return future.AwaitOp(co, a) }

type cell struct {
	c    OnceCell[int]
	made word.Int32
}

func newCell(x *explore.Run) *cell {
	c := new(cell)
	x.Label("cell", &c.c)
	x.Finally(func() {
		x.Assert(c.made.Load() <= 1, "made %d times", c.made.Load())
		_, set := c.c.Get()
		x.Assert(set == (c.made.Load() == 1), "made %d times, set %v", c.made.Load(), set)
		x.Assert(set && c.c.turns.Closed() || !set && c.c.turns.Empty(), "somebody is in line in the end")
	})
	return c
}

func (c *cell) op(fails bool) GetOrInitOp[int, attempt] {
	return GetOrInit(&c.c, attempt{&c.made, fails})
}

func (c *cell) get(x *explore.Run, fails bool) func() {
	return func() {
		op := c.op(fails)
		v, err := patient(&op)
		x.Assert(err == nil && v == 7 || err != nil && fails, "got %d, %v", v, err)
	}
}

func TestModelOnce(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCell(x)
		x.Go("a", c.get(x, false))
		x.Go("b", c.get(x, false))
	})
}

// One fails: another one makes it.
func TestModelOnceFails(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCell(x)
		x.Go("fails", c.get(x, true))
		x.Go("makes", c.get(x, false))
	})
}

func TestModelOnceThree(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCell(x)
		x.Go("fails", c.get(x, true))
		x.Go("makes", c.get(x, false))
		x.Go("waits", func() {
			op := c.c.Wait()
			v, _ := patient(&op)
			x.Assert(v == 7, "waited for %d", v)
		})
	})
}

// A maker is dropped while another one waits, and may be dropped itself.
func TestModelOnceGivenUp(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		c := newCell(x)
		never := GetOrInit(&c.c, future.Of(future.Func(func(*waker.Context) future.Poll[int] { return future.Pending[int]() })))
		next := c.op(false)
		seated(new(testkit.Sleeper), &never)
		seated(new(testkit.Sleeper), &next)
		x.Go("maker", never.Drop)
		x.Go("next", func() { impatient(&next, 1) })
		x.Go("another", c.get(x, false))
	})
}

func TestModelOnceSet(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		c := newCell(x)
		x.Go("sets", func() {
			if c.c.Set(7) == nil {
				c.made.Inc()
			}
		})
		x.Go("makes", c.get(x, false))
	})
}
