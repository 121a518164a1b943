package sched

import (
	"context"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/waker"
)

// The goroutine of a worker that has ended leaves its identity to others.
func TestEndedWorkersAreNobody(t *testing.T) {
	rt, err := New(Config{Workers: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range rt.identities.table {
		if g := rt.identities.table[i].g.Load(); g != 0 && rt.identities.find(g) != nil {
			t.Errorf("goroutine %#x is still taken for a worker", g)
		}
	}
}

// However often polls end their worker's goroutine, the table does not fill up.
func TestGoexitLeavesNoIdentityBehind(t *testing.T) {
	rt, err := New(Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		Spawn(rt, future.Func(func(*waker.Context) future.Poll[int] {
			runtime.Goexit()
			return future.Ready(1)
		}))
	}
	if err := rt.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range rt.identities.table {
		if g := rt.identities.table[i].g.Load(); g != gid.None {
			t.Errorf("place %d is taken by %#x", i, g)
		}
	}
}
