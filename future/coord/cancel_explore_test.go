//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
)

// Who waits for a token wakes up, whenever it comes.
func TestModelCancel(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		token := NewCancelToken()
		x.Label("token", token)
		x.Go("waits", func() {
			op := token.Cancelled()
			patient(&op)
		})
		x.Go("cancels", token.Cancel)
	})
}

// A child is made and waited for while the root is cancelled.
func TestModelCancelBesideAChild(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		root := NewCancelToken()
		x.Label("root", root)
		x.Go("waits", func() {
			child := root.Child()
			x.Label("child", child)
			op := child.Cancelled()
			patient(&op)
		})
		x.Go("cancels", root.Cancel)
	})
}

// Root and child are cancelled at once: who waits for the child wakes up, and the child has left.
func TestModelCancelBoth(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		root := NewCancelToken()
		child := root.Child()
		x.Label("root", root)
		x.Label("child", child)
		op := child.Cancelled()
		x.Go("waits", func() { patient(&op) })
		x.Go("root", root.Cancel)
		x.Go("child", child.Cancel)
		x.Finally(func() {
			x.Assert(child.IsCancelled() && root.IsCancelled(), "not cancelled")
			x.Assert(child.node.State() == 0 && child.parent == nil, "the child is left in line, in state %d", child.node.State())
		})
	})
}

// A grandchild through a child that leaves by itself.
func TestModelCancelThree(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		root := NewCancelToken()
		child := root.Child()
		grandchild := child.Child()
		x.Label("root", root)
		x.Label("child", child)
		x.Label("grandchild", grandchild)
		x.Go("root", root.Cancel)
		x.Go("child", child.Cancel)
		x.Go("grandchild", func() {
			op := grandchild.Cancelled()
			patient(&op)
		})
		x.Finally(func() { x.Assert(grandchild.node.State() == 0, "the grandchild is left in line") })
	})
}

// One gives up waiting.
func TestModelCancelGivenUp(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		token := NewCancelToken()
		x.Label("token", token)
		x.Go("leaves", func() {
			op := token.Cancelled()
			impatient(&op, 1)
			x.Assert(op.node.State() == 0, "left in line")
		})
		x.Go("cancels", token.Cancel)
	})
}
