package sched

import (
	"math/rand/v2"
	"testing"
)

// Who sleeps and how many search, against a plain account of it, also of more workers than a
// word has bits: at most half search, one who sleeps is woken if nobody does, the next one from
// a given one on.
func TestIdleKeepsAccount(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 4, 63, 64, 65, 130} {
		random := rand.New(rand.NewPCG(uint64(workers), 0))
		d := newIdle(workers)
		asleep, searching := make([]bool, workers), make([]bool, workers)
		count := func(of []bool) (n int) {
			for _, is := range of {
				if is {
					n++
				}
			}
			return n
		}
		for step := range 5000 {
			i := random.IntN(workers)
			switch {
			case random.IntN(4) == 0:
				want := -1
				if count(asleep) > 0 && count(searching) == 0 {
					// The first one from i on among those that share a word with it, or else any.
					for j := i; j < workers && j/64 == i/64 && want < 0; j++ {
						if asleep[j] {
							want = j
						}
					}
				}
				got := d.choose(i)
				if want >= 0 && got != want || got >= 0 && !asleep[got] || (got < 0) != (count(asleep) == 0 || count(searching) > 0) {
					t.Fatalf("%d workers, step %d: %d is woken, want %d; %d sleep and %d search", workers, step, got, want, count(asleep), count(searching))
				}
				if got >= 0 {
					asleep[got], searching[got] = false, true
					if random.IntN(2) == 0 && !d.awake(got, false) {
						t.Fatalf("%d workers, step %d: the one that was woken does not search", workers, step)
					}
				}
			case asleep[i]:
				resume := random.IntN(2) == 0
				if d.awake(i, resume) != resume {
					t.Fatalf("%d workers, step %d: who woke by itself searches: %v, want %v", workers, step, !resume, resume)
				}
				asleep[i], searching[i] = false, resume
			case searching[i] && random.IntN(2) == 0:
				searching[i] = false
				if last := d.found(); last != (count(searching) == 0) {
					t.Fatalf("%d workers, step %d: the last to search: %v, and %d do", workers, step, last, count(searching))
				}
			case searching[i] || random.IntN(2) == 0:
				d.sleep(i, searching[i])
				asleep[i], searching[i] = true, false
			default:
				may := 2*count(searching) < workers
				if d.search() != may {
					t.Fatalf("%d workers, step %d: with %d that search one more may: %v, want %v", workers, step, count(searching), !may, may)
				}
				searching[i] = may
			}
			if d.sleeping() != count(asleep) {
				t.Fatalf("%d workers, step %d: %d are said to sleep, %d do", workers, step, d.sleeping(), count(asleep))
			}
		}
	}
}
