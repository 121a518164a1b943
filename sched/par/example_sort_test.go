package par_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
)

// From a goroutine: it waits, and the workers of a runtime compute.
func ExampleOn() {
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rt.Close()
	fmt.Println(par.Sum(par.On(rt), []int{1, 2, 3}))
	// Output: 6
}

func ExampleSort() {
	w, done := runtimeFor()
	defer done()
	s := []float64{2.5, -1, 0}
	par.Sort(w, s)
	fmt.Println(s)
	// Output: [-1 0 2.5]
}

func ExampleSortFunc() {
	w, done := runtimeFor()
	defer done()
	birds := []string{"wren", "magpie", "Jay"}
	par.SortFunc(w, birds, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	fmt.Println(birds)
	// Output: [Jay magpie wren]
}

// Those that are equal stay in their order.
func ExampleSortStableFunc() {
	w, done := runtimeFor()
	defer done()
	birds := []string{"wren", "kite", "jay", "rook"}
	par.SortStableFunc(w, birds, func(a, b string) int { return len(a) - len(b) })
	fmt.Println(birds)
	// Output: [jay wren kite rook]
}

func ExampleSum() {
	w, done := runtimeFor()
	defer done()
	fmt.Println(par.Sum(w, []float64{0.5, 1.5, 2}))
	// Output: 4
}

func ExampleMapInto() {
	w, done := runtimeFor()
	defer done()
	s := []int{1, 2, 3}
	par.MapInto(w, s, s, func(n int) int { return n * n }) // in place
	fmt.Println(s)
	// Output: [1 4 9]
}

// Closures, of any number.
func ExampleGroup_Go() {
	w, done := runtimeFor()
	defer done()
	names := []string{"a", "b", "c"}
	upper := make([]string, len(names))
	par.Scope(w, func(w *par.Worker, g *par.Group) {
		for i, name := range names {
			g.Go(w, func(*par.Worker) { upper[i] = strings.ToUpper(name) })
		}
	})
	fmt.Println(upper)
	// Output: [A B C]
}

// A loop without a fork is cancelled, and lets others have the worker, where it says so.
func ExampleCheckpoint() {
	w, done := runtimeFor()
	defer done()
	ctx, cancel := context.WithCancelCause(context.Background())
	err := par.WithContext(ctx, w, func(w *par.Worker) {
		for n := 0; ; n++ {
			if n == 1000 {
				cancel(errors.New("enough"))
			}
			par.Checkpoint(w)
		}
	})
	fmt.Println(err)
	// Output: enough
}

// Steps are fused, and run when the end is asked for.
func ExampleMapped() {
	w, done := runtimeFor()
	defer done()
	even := func(n int) bool { return n%2 == 0 }
	square := func(n int) string { return fmt.Sprint(n * n) }
	fmt.Println(par.Mapped(par.Range(0, 10).Filter(even), square).Collect(w))
	fmt.Println(par.Slice([]int{1, 2, 4}).Filter(even).Count(w))
	// Output:
	// [0 4 16 36 64]
	// 2
}

func ExampleIter_ForEach() {
	w, done := runtimeFor()
	defer done()
	var sum atomic.Int64
	par.Range(1, 101).ForEach(w, func(n int) { sum.Add(int64(n)) })
	fmt.Println(sum.Load())
	// Output: 5050
}
