package sched

import (
	"context"
	"testing"
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
