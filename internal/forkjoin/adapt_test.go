package forkjoin

import "testing"

// stolen runs what there is to steal from w on a thread of its own, to its end.
func stolen(t *testing.T, w *Worker) {
	theft := w.Steal()
	if !theft.Got() {
		t.Fatal("nothing to steal")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		NewDetached().Run(theft)
	}()
	<-done
}

func panicOf(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func TestOffer(t *testing.T) {
	w := NewDetached()
	double := func(_ *Worker, n int) int { return 2 * n }
	fails := func(_ *Worker, v string) int { panic(v) }
	stealing := func(w *Worker, n int) int { stolen(t, w); return n }
	for range 3 { // frames are used again
		if a, b, taken := Offer(w, double, 3, fails, "not called"); a != 6 || b != 0 || taken {
			t.Fatalf("withdrawn: %d, %d, %v", a, b, taken)
		}
		if a, b, taken := Offer(w, stealing, 3, double, 5); a != 3 || b != 10 || !taken {
			t.Fatalf("taken: %d, %d, %v", a, b, taken)
		}
		if v := panicOf(func() { Offer(w, stealing, 3, fails, "right") }); v != "right" {
			t.Fatalf("panic %v, not that of the thief", v)
		}
		if v := panicOf(func() { Offer(w, fails, "left", fails, "right") }); v != "left" {
			t.Fatalf("panic %v, not that of the owner", v)
		}
		both := func(w *Worker, v string) int { stolen(t, w); panic(v) }
		if v := panicOf(func() { Offer(w, both, "left", fails, "right") }); v != "left" {
			t.Fatalf("panic %v, not that of the owner", v)
		}
		if !w.Idle() {
			t.Fatal("a job is left")
		}
	}
}
