package testkit

import (
	"testing"
	"weak"

	"github.com/magpie-go/magpie/waker"
)

// A future is one of package future, which has tests that use this package.
type future[P interface{ IsReady() bool }] interface {
	Poll(cx *waker.Context) P
	Drop()
}

// KeepsWaker polls a future that has to wait, drops it or not, and reports whether the waker of the poll, and with it the task that
// that belongs to, is still kept.
func KeepsWaker[P interface{ IsReady() bool }](t testing.TB, f future[P], drop bool) bool {
	t.Helper()
	task := new([64]int)
	ref := []weak.Pointer[[64]int]{weak.Make(task)}
	held := task
	cx := waker.FromWaker(waker.FromFunc(func() { held[0]++ }))
	if f.Poll(&cx).IsReady() {
		t.Fatal("ready")
	}
	if drop {
		f.Drop()
	}
	cx, task = waker.Context{}, nil
	return Kept(ref) != 0
}
