package measure

import (
	"fmt"
	"slices"
	"time"
)

// Rounds is what the rounds of a computation came to.
type Rounds struct {
	N int
	// Time is the wall time of the median round, Wall and CPU those of the mean one.
	Time, Wall, CPU time.Duration
}

// Rounds repeats a computation that takes milliseconds, each time after prepare, which is
// not measured and may be nil. It emits the wall time of the median round, for the kit's
// programs run one, and the CPU time of the mean one, as the kernel adds up the CPU time of
// threads that run at this moment only now and then.
func (r *Run) Rounds(prepare, round func()) Rounds {
	var times []time.Duration
	m := r.Meter(1)
	for m.Next() {
		if prepare != nil {
			prepare()
		}
		before := m.wall
		m.Start()
		round()
		m.Stop()
		if m.n == 1 { // those before were to warm up
			times = times[:0]
		}
		times = append(times, m.wall-before)
	}
	slices.Sort(times)
	n := time.Duration(m.n)
	rounds := Rounds{m.n, times[len(times)/2], m.wall / n, m.cpu / n}
	r.Emit("time", Milliseconds(rounds.Time), "ms")
	r.Emit("cpu", Milliseconds(rounds.CPU), "ms")
	return rounds
}

// Milliseconds is d as a figure.
func Milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// PerFork emits what one of a number of forks costs of the median round's time.
func (r *Run) PerFork(rounds Rounds, forks int) {
	r.Emit("per_fork", float64(rounds.Time)/float64(forks), "ns")
}

// Bandwidth emits how much is read a second if a round reads so many bytes.
func (r *Run) Bandwidth(rounds Rounds, bytes int) {
	r.Emit("read", float64(bytes)/float64(rounds.Time), "GB/s")
}

// Check panics if a program computes something else than it should: it has failed then,
// and its figures are worth nothing.
func Check[T comparable](what string, got, want T) {
	if got != want {
		panic(fmt.Sprintf("wrong result: %s is %v, want %v", what, got, want))
	}
}
