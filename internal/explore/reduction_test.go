//go:build explore

package explore_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/word"
)

// writers is a model of so many threads, each of which writes words[i] in turn.
func writers(words ...[]int) func(x *explore.Run) {
	return func(x *explore.Run) {
		var w [4]word.Int32
		for i, list := range words {
			x.Go("", func() {
				for _, at := range list {
					w[at].Store(int32(i))
				}
			})
		}
	}
}

func TestKnownNumbersOfSchedules(t *testing.T) {
	for _, c := range []struct {
		name        string
		body        func(x *explore.Run)
		naive, dpor int
	}{
		{"one thread", writers([]int{0, 0, 0}), 1, 1},
		{"independent words", writers([]int{0}, []int{1}, []int{2}), 6, 1},
		{"two writers of a word", writers([]int{0}, []int{0}), 2, 2},
		{"three writers of a word", writers([]int{0}, []int{0}, []int{0}), 6, 6},
		{"four writers of a word", writers([]int{0}, []int{0}, []int{0}, []int{0}), 24, 24},
		{"two writes each", writers([]int{0, 0}, []int{0, 0}), 6, 6},
		{"two words, crosswise", writers([]int{0, 1}, []int{1, 0}), 6, 3},
		{"two words, in order", writers([]int{0, 1}, []int{0, 1}), 6, 4},
		{"two pairs", writers([]int{0}, []int{0}, []int{1}, []int{1}), 24, 4},
	} {
		for _, naive := range []bool{true, false} {
			want := c.dpor
			if naive {
				want = c.naive
			}
			r := explore.Explore(explore.Config{Naive: naive}, c.body)
			if r.Failure != nil || !r.Complete || r.Schedules != want {
				t.Errorf("%s, naive %v: %d schedules (%+v), want %d", c.name, naive, r.Schedules, r, want)
			}
		}
	}
}

func TestReadersDoNotDependOnEachOther(t *testing.T) {
	r := explore.Explore(explore.Config{}, func(x *explore.Run) {
		var w word.Int32
		for range 4 {
			x.Go("", func() { w.Load(); w.CompareAndSwap(7, 8) })
		}
	})
	if r.Schedules != 1 {
		t.Fatalf("%d schedules of threads that only read, want 1", r.Schedules)
	}
}

// program is a random model: for each thread a list of instructions.
type program [][]instruction

type instruction struct {
	op, at int
	arg    int32
}

func (in instruction) String() string {
	name := [...]string{"load", "store", "add", "swap", "cas", "cas", "await", "await any", "set", "wait"}[in.op]
	return fmt.Sprintf("%s w%d %d", name, in.at, in.arg)
}

func randomProgram(rnd *rand.Rand, blocking bool) program {
	ops := 6
	if blocking {
		ops = 10
	}
	p := make(program, 2+rnd.IntN(2))
	words := 2 + rnd.IntN(2)
	for i := range p {
		for range 2 + rnd.IntN(7-2*len(p)+1) {
			p[i] = append(p[i], instruction{rnd.IntN(ops), rnd.IntN(words), int32(rnd.IntN(3))})
		}
	}
	return p
}

// event is one operation as the program did it.
type event struct {
	thread int
	writes bool
}

// outcome is what a schedule of a program led to: everything each thread saw, and
// the words at the end; and the order of the operations on each word, up to the
// order of reads among themselves, which is what tells apart the classes of
// schedules that the reduction runs one of.
type outcome struct{ state, class string }

// outcomes runs every schedule of p.
func (p program) outcomes(t *testing.T, cfg explore.Config) (all []outcome, r explore.Result) {
	r = explore.Explore(cfg, func(x *explore.Run) {
		var w [3]word.Int32
		var ev [3]explore.Event
		var log [6][]event
		saw := make([][]int32, len(p))
		for i, list := range p {
			x.Go("", func() {
				note := func(at int, writes bool, v int32) {
					log[at] = append(log[at], event{i, writes})
					saw[i] = append(saw[i], v)
				}
				for _, in := range list {
					word := &w[in.at]
					switch in.op {
					case 0:
						note(in.at, false, word.Load())
					case 1:
						word.Store(in.arg)
						note(in.at, true, 0)
					case 2:
						note(in.at, true, word.Add(in.arg))
					case 3:
						note(in.at, true, word.Swap(in.arg))
					case 4, 5:
						ok := word.CompareAndSwap(in.arg, in.arg+1)
						note(in.at, ok, map[bool]int32{true: 1}[ok])
					case 6:
						for {
							v := word.Load()
							note(in.at, false, v)
							if v == in.arg {
								break
							}
							spin()
						}
					case 7:
						for turn := 0; ; turn++ {
							v := w[turn%2].Load()
							note(turn%2, false, v)
							if v == in.arg+1 {
								break
							}
							if turn%2 == 1 {
								spin()
							}
						}
					case 8:
						ev[in.at].Set()
						note(3+in.at, true, 0)
					case 9:
						ev[in.at].Wait()
						note(3+in.at, true, 1)
					}
				}
			})
		}
		x.WhenStuck(func() string { return "" })
		x.Finally(func() {
			state := fmt.Sprint(saw, x.Stuck())
			for i := range w {
				state += fmt.Sprint(" ", w[i].Load(), ev[i].IsSet())
			}
			all = append(all, outcome{state, classOf(log)})
		})
	})
	if r.Failure != nil || !r.Complete {
		t.Fatalf("%v\n%+v", p, r)
	}
	return all, r
}

func spin() { word.Spin() }

func classOf(log [6][]event) string {
	var b strings.Builder
	for _, events := range log {
		var reads []int
		for _, e := range append(events, event{-1, true}) {
			if !e.writes {
				reads = append(reads, e.thread)
				continue
			}
			slices.Sort(reads)
			fmt.Fprint(&b, reads, e.thread, " ")
			reads = reads[:0]
		}
		b.WriteString("; ")
	}
	return b.String()
}

// The reduction is sound if it reaches every state that all schedules together
// reach, and optimal if it runs one schedule of each class.
func TestReductionReachesEveryOutcome(t *testing.T) {
	programs := 400
	if testing.Short() {
		programs = 60
	}
	var naive, reduced, redundant, stuck int
	for i := range programs {
		blocking := i%2 == 1
		p := randomProgram(rand.New(rand.NewPCG(uint64(i), 1)), blocking)
		every, r0 := p.outcomes(t, explore.Config{Naive: true})
		some, r1 := p.outcomes(t, explore.Config{})
		naive, reduced, redundant = naive+r0.Schedules, reduced+r1.Schedules, redundant+r1.Redundant
		states, classes := map[string]bool{}, map[string]bool{}
		for _, o := range every {
			states[o.state] = true
			classes[o.class] = true
		}
		for _, o := range some {
			delete(states, o.state)
			if strings.Contains(o.state, "true") {
				stuck++
			}
		}
		for s := range states {
			t.Fatalf("program %d %v: the reduction misses %s", i, p, s)
		}
		if !blocking && len(some) != len(classes) {
			t.Fatalf("program %d %v: %d schedules run, of %d classes", i, p, len(some), len(classes))
		}
	}
	t.Logf("%d programs: %d schedules, reduced to %d and %d cut short", programs, naive, reduced, redundant)
	if stuck == 0 || reduced*5 > naive {
		t.Fatalf("the programs test little: %d stuck ends", stuck)
	}
}

// Bounded exploration runs exactly the schedules with so many preemptions.
func TestPreemptionBound(t *testing.T) {
	for bound, want := range map[int]int{1: 2 + 2*3, 2: 2 + 2*3 + 2*3*3, 100: 70} {
		r := explore.Explore(explore.Config{Preemptions: bound}, writers([]int{0, 0, 0, 0}, []int{0, 0, 0, 0}))
		if r.Failure != nil || r.Complete || r.Bound == "" || r.Schedules != want {
			t.Errorf("bound %d: %+v, want %d schedules", bound, r, want)
		}
	}
}

func TestBoundsAreTold(t *testing.T) {
	r := explore.Explore(explore.Config{MaxSchedules: 5}, writers([]int{0, 0}, []int{0, 0}))
	if r.Schedules != 5 || r.Complete || !strings.Contains(r.Bound, "5") {
		t.Errorf("%+v, want 5 schedules and to be told so", r)
	}
}

func TestRandomSchedules(t *testing.T) {
	lost := func(x *explore.Run) {
		var n word.Int32
		for range 3 {
			x.Go("", func() { n.Store(n.Load() + 1) })
		}
		x.Finally(func() { x.Assert(n.Load() >= 2, "counted %d", n.Load()) })
	}
	cfg := explore.Config{Random: 2000, Seed: 1}
	r := explore.Explore(cfg, lost)
	if r.Failure == nil {
		t.Fatalf("no failure in %d random schedules", r.Schedules)
	}
	if again := explore.Explore(cfg, lost); again.Failure == nil || again.Failure.Seed != r.Failure.Seed {
		t.Fatalf("the same seed led to %v, then %v", r.Failure, again.Failure)
	}
	if again := explore.Explore(explore.Config{Replay: r.Failure.Seed}, lost); again.Failure == nil {
		t.Fatal("the failing schedule passes when replayed")
	}
}

func BenchmarkSteps(b *testing.B) {
	steps := 0
	for b.Loop() {
		r := explore.Explore(explore.Config{MaxSchedules: 5000}, writers([]int{0, 1, 2, 0}, []int{0, 1, 2, 1}, []int{2, 1, 0, 1}))
		steps += r.Steps
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
}
