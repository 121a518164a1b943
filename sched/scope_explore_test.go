//go:build explore && linux && !portable

package sched

import (
	"errors"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

var errOfAChild = errors.New("of a child")

// A child that ends before it is entered, beside one that is, leaves nothing in the list.
func TestModelScopeChildEndsEarly(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 1)
		s := &Scope{rt: h.Runtime}
		task := h.task(nil)
		c := &scopeChild{scope: s}
		s.begin()
		x.Go("spawner", func() { s.enter(c, &task.header) })
		x.Go("child", func() { c.end(nil) })
		x.Finally(func() {
			x.Assert(s.live == 0 && s.children == nil, "%d children live, and %p is in the list", s.live, s.children)
		})
	})
}

// A child that is entered while the scope fails is asked to end, by one side or the other.
func TestModelScopeFailsAgainstSpawn(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		h := newHouse(x, 1)
		s := &Scope{rt: h.Runtime}
		task := h.task(nil)
		c := &scopeChild{scope: s}
		s.begin()
		x.Go("spawner", func() {
			if s.enter(c, &task.header) {
				task.state.abort()
			}
		})
		x.Go("failure", func() { s.fail(errOfAChild) })
		x.Finally(func() {
			x.Assert(task.state.bits.Load()&cancelled != 0, "the child goes on in a scope that has failed")
		})
	})
}

// The last child to end, and one that fails, wake who polls the scope, or are seen by it.
func TestModelScopeIsWoken(t *testing.T) {
	for _, err := range []error{nil, errOfAChild} {
		explore.Check(t, testkit.Within(2), func(x *explore.Run) {
			h := newHouse(x, 1)
			s := &Scope{rt: h.Runtime}
			var woken word.Bool
			a, b := &scopeChild{scope: s}, &scopeChild{scope: s}
			s.begin()
			s.begin()
			over := false
			x.Go("poll", func() {
				s.waker.Register(waker.FromFunc(func() { woken.Store(true) }))
				over = s.close()
			})
			x.Go("a", func() { a.end(err) })
			x.Go("b", func() { b.end(nil) })
			x.Finally(func() {
				x.Assert(over || woken.Load(), "the children have ended, and the scope was not woken")
				x.Assert(s.live == 0 && s.err == err, "%d children live, the error is %v", s.live, s.err)
			})
		})
	}
}
