package waker_test

import (
	"testing"

	"github.com/magpie-go/magpie/waker"
)

// A poll has so many operations, and can tell when none is left.
func TestBudgetIsSpent(t *testing.T) {
	var b waker.Budget
	b.Refill(3)
	cx := waker.NewContext(waker.Noop(), nil, &b)
	for i := range 3 {
		if cx.Exhausted() || !cx.Spend() {
			t.Fatalf("nothing is left after %d operations of 3", i)
		}
	}
	if !cx.Exhausted() && cx.Spend() {
		t.Error("a fourth operation of 3")
	}
	if !cx.Exhausted() {
		t.Error("a poll that may do nothing more does not know it")
	}
	b.Refill(1)
	if next := waker.NewContext(waker.Noop(), nil, &b); next.Exhausted() || !next.Spend() {
		t.Error("nothing is left of what was filled again")
	}
}
