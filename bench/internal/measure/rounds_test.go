package measure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

func TestRounds(t *testing.T) {
	r := &measure.Run{Ops: 3}
	got := figures(t, r)
	prepared, sleeps := 0, []time.Duration{0, 0, 50 * time.Millisecond}
	rounds := r.Rounds(
		func() { prepared++; time.Sleep(5 * time.Millisecond) },
		func() { time.Sleep(sleeps[prepared-1]) })
	if rounds.N != 3 || prepared != 3 {
		t.Errorf("%d rounds, %d prepared; want 3", rounds.N, prepared)
	}
	if rounds.Time >= 5*time.Millisecond || rounds.Wall < 50*time.Millisecond/3 {
		t.Errorf("the median is %v and the mean %v; one round of three took 50 ms", rounds.Time, rounds.Wall)
	}
	if got["time"] != measure.Milliseconds(rounds.Time) || got["cpu"] != measure.Milliseconds(rounds.CPU) {
		t.Errorf("emitted %v of %+v", got, rounds)
	}
}

// The rounds to warm up are not among those that the median is taken of.
func TestRoundsWarmUp(t *testing.T) {
	r := &measure.Run{Time: time.Millisecond}
	figures(t, r)
	first := true
	rounds := r.Rounds(nil, func() {
		if first {
			time.Sleep(200 * time.Millisecond)
		} else {
			time.Sleep(2 * r.Time)
		}
		first = false
	})
	if rounds.N != 1 || rounds.Time < 2*time.Millisecond || rounds.Time >= 200*time.Millisecond {
		t.Errorf("got %+v; want one round of 2 ms", rounds)
	}
}

func TestRates(t *testing.T) {
	r := new(measure.Run)
	got := figures(t, r)
	rounds := measure.Rounds{Time: time.Millisecond}
	r.PerFork(rounds, 100_000)
	r.Bandwidth(rounds, 8_000_000)
	if got["per_fork"] != 10 || got["read"] != 8 {
		t.Errorf("got %v; want 10 ns and 8 GB/s", got)
	}
}

// What is wrong must not be printed as a figure.
func TestCheck(t *testing.T) {
	measure.Check("a sum", 1, 1)
	defer func() {
		if s, ok := recover().(string); !ok || !strings.Contains(s, "a sum is 1, want 2") {
			t.Errorf("panicked with %v", s)
		}
	}()
	measure.Check("a sum", 1, 2)
}
