package forkjoin

import (
	"runtime"
	"testing"
	"weak"

	"github.com/magpie-go/magpie/internal/testkit"
)

// An interrupt is seen by the next fork, and until then a second one knows that it comes too soon.
func TestInterruptTellsWhetherItWasSeen(t *testing.T) {
	w := NewDetached()
	same := func(_ *Worker, n int) int { return n }
	fork := func() { Call(w, same, 0, same, 0) }
	fork()
	for range 2 {
		if !w.Interrupt() {
			t.Error("the worker has forked, and is said not to have had its attention")
		}
		if w.Interrupt() {
			t.Error("the worker has not forked, and is said to have had its attention")
		}
		fork()
	}
}

// What has been joined keeps nothing alive once the worker has swept.
func TestSweepForgets(t *testing.T) {
	w := NewDetached()
	var refs []weak.Pointer[[64]byte]
	watch := func() *[64]byte {
		p := new([64]byte)
		refs = append(refs, weak.Make(p))
		return p
	}
	func() {
		same := func(_ *Worker, p *[64]byte) *[64]byte { return p }
		Call(w, same, nil, func(w *Worker, p *[64]byte) *[64]byte { return p }, watch())
		Scope(w, func(w *Worker, s *Group) {
			Fork(s, w, func(*Worker, *[64]byte) {}, nil)
			Fork(s, w, func(*Worker, *[64]byte) {}, watch())
		})
	}()
	w.Sweep()
	if n := testkit.Kept(refs); n != 0 {
		t.Errorf("%d of what has been joined are kept", n)
	}
	runtime.KeepAlive(w)
}

// A worker that got deep gives the room back, and works on.
func TestSweepGivesRoomBack(t *testing.T) {
	w := NewDetached()
	var deep func(w *Worker, n int) int
	deep = func(w *Worker, n int) int {
		if n == 0 {
			return 0
		}
		x, y := Call(w, deep, n-1, func(*Worker, int) int { return 1 }, 0)
		return x + y
	}
	for range 2 {
		if got := deep(w, 3*keepSlots); got != 3*keepSlots {
			t.Fatalf("counted %d, want %d", got, 3*keepSlots)
		}
		if len(w.slots) <= keepSlots {
			t.Fatalf("%d slots for %d forks", len(w.slots), 3*keepSlots)
		}
		w.Sweep()
		if len(w.slots) != firstSlots {
			t.Fatalf("%d slots are left, want %d", len(w.slots), firstSlots)
		}
	}
}

// Sweep in the middle of a computation leaves it alone.
func TestSweepDuringACall(t *testing.T) {
	w := NewDetached()
	sweep := func(w *Worker, n int) int { w.Sweep(); return n }
	if x, y := Call(w, sweep, 1, sweep, 2); x != 1 || y != 2 {
		t.Fatalf("the calls returned %d and %d", x, y)
	}
}
