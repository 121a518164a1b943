package par_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/sched/par"
)

// runtimeFor is what an example runs on. A program makes one Runtime and keeps it.
func runtimeFor() (w *par.Worker, done func()) {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		panic(err)
	}
	return par.On(rt), func() { rt.Close() }
}

// Two halves of a slice at once. For so short a slice it does not pay.
func ExampleJoin() {
	w, done := runtimeFor()
	defer done()

	s := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	var least, most float64
	par.Join(w,
		func(*par.Worker) { least = slices.Min(s) },
		func(*par.Worker) { most = slices.Max(s) },
	)
	fmt.Println(least, most)
	// Output: 1 9
}

// Without closures a fork costs a few nanoseconds, so that not even the smallest calls need
// to be kept from being one.
func ExampleCall() {
	w, done := runtimeFor()
	defer done()

	n, _ := par.Call(w, fib, 20, fib, 0) // func fib(w *par.Worker, n int) int
	fmt.Println(n)
	// Output: 6765
}

type tree struct {
	value    int64
	children []*tree
}

// visit adds up a tree. Its forks are of the group of the walk that began at the root.
type visit struct {
	g   *par.Group
	t   *tree
	sum *atomic.Int64
}

func walk(w *par.Worker, v visit) {
	v.sum.Add(v.t.value)
	for _, c := range v.t.children {
		par.Fork(v.g, w, walk, visit{v.g, c, v.sum})
	}
}

// A walk of a tree whose nodes have any number of children.
func ExampleScope() {
	w, done := runtimeFor()
	defer done()

	root := &tree{1, []*tree{{2, nil}, {3, []*tree{{4, nil}, {5, nil}}}}}
	var sum atomic.Int64
	par.Scope(w, func(w *par.Worker, g *par.Group) {
		walk(w, visit{g, root, &sum})
	})
	fmt.Println(sum.Load()) // all children have ended
	// Output: 15
}

func ExampleFor() {
	w, done := runtimeFor()
	defer done()

	roots := make([]float64, 5)
	par.For(w, len(roots), func(i int) { roots[i] = math.Sqrt(float64(i * i)) })
	fmt.Println(roots)
	// Output: [0 1 2 3 4]
}

// Rows in parallel, and the columns of a row too, if there are workers to spare: the inner loop
// runs on the Worker that the outer one gives.
func ExampleForRange() {
	w, done := runtimeFor()
	defer done()

	var table [4][6]int
	par.ForRange(w, len(table), func(w *par.Worker, lo, hi int) {
		for y := lo; y < hi; y++ {
			par.For(w, len(table[y]), func(x int) { table[y][x] = x * y })
		}
	})
	fmt.Println(table[3])
	// Output: [0 3 6 9 12 15]
}

func ExampleMap() {
	w, done := runtimeFor()
	defer done()

	fmt.Println(par.Map(w, []string{"wren", "rook", "magpie"}, strings.ToUpper))
	// Output: [WREN ROOK MAGPIE]
}

// Concatenation is associative, and that is enough: it need not be commutative.
func ExampleReduce() {
	w, done := runtimeFor()
	defer done()

	words := []string{"one ", "for ", "sorrow, ", "two ", "for ", "joy"}
	fmt.Println(par.Reduce(w, words, "", func(a, b string) string { return a + b }))
	// Output: one for sorrow, two for joy
}

// Counting into a map for each part that a worker took from another. The identity is nil, for
// it is everybody's.
func ExampleReduceRange() {
	w, done := runtimeFor()
	defer done()

	text := []byte("magpies gather glittering things")
	count := par.ReduceRange(w, len(text), nil,
		func(_ *par.Worker, acc map[byte]int, lo, hi int) map[byte]int {
			if acc == nil {
				acc = map[byte]int{}
			}
			for _, c := range text[lo:hi] {
				acc[c]++
			}
			return acc
		},
		func(a, b map[byte]int) map[byte]int {
			for c, n := range b {
				a[c] += n
			}
			return a
		})
	fmt.Println(count['g'], count['i'], count['t'])
	// Output: 5 4 4
}

// Where each of some records begins, if they are laid out one after the other.
func ExampleScanExclusive() {
	w, done := runtimeFor()
	defer done()

	sizes := []int{3, 1, 4, 1, 5}
	offsets := make([]int, len(sizes))
	total := par.ScanExclusive(w, offsets, sizes, 0, func(a, b int) int { return a + b })
	fmt.Println(offsets, total)
	// Output: [0 3 4 8 9] 14
}

func ExampleScan() {
	w, done := runtimeFor()
	defer done()

	levels := []int{2, 7, 1, 8, 2, 8}
	par.Scan(w, levels, levels, 0, func(a, b int) int { return max(a, b) })
	fmt.Println(levels) // the highest so far
	// Output: [2 7 7 8 8 8]
}

func ExampleIter() {
	w, done := runtimeFor()
	defer done()

	prime := func(n int) bool {
		for d := 2; d*d <= n; d++ {
			if n%d == 0 {
				return false
			}
		}
		return n > 1
	}
	square := func(n int) int { return n * n }
	fmt.Println(par.Mapped(par.Range(0, 20).Filter(prime), square).Collect(w))
	fmt.Println(par.Range(0, 10_000).Filter(prime).Count(w))
	// Output:
	// [4 9 25 49 121 169 289 361]
	// 1229
}

func ExampleFold() {
	w, done := runtimeFor()
	defer done()

	words := []string{"a", "magpie", "hides", "what", "glitters"}
	longest := par.Fold(w, par.Slice(words), 0,
		func(longest int, s string) int { return max(longest, len(s)) },
		func(a, b int) int { return max(a, b) })
	fmt.Println(longest)
	// Output: 8
}

// Lines are split off one after the other, and looked through in parallel.
func ExampleSeq() {
	w, done := runtimeFor()
	defer done()

	log := "ok\nerror: no nest\nok\nerror: no egg\n"
	failed := par.Seq(strings.Lines(log)).Filter(func(line string) bool {
		return strings.HasPrefix(line, "error")
	})
	fmt.Print(strings.Join(failed.Collect(w), ""))
	// Output:
	// error: no nest
	// error: no egg
}

// A search that ends when the first worker has found something.
func ExampleWithContext() {
	w, done := runtimeFor()
	defer done()

	errFound := errors.New("found")
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var key atomic.Int64
	err := par.WithContext(ctx, w, func(w *par.Worker) {
		par.For(w, math.MaxInt, func(i int) {
			if i*i%10_007 == 4096 && i > 1000 {
				key.CompareAndSwap(0, int64(i))
				cancel(errFound)
			}
		})
	})
	fmt.Println(errors.Is(err, errFound), key.Load() > 1000)
	// Output: true true
}

// An async function computes on the worker that it runs on.
func ExampleFrom() {
	rt, err := sched.New(sched.Config{})
	if err != nil {
		panic(err)
	}
	defer rt.Close()

	total := sched.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
		w := par.From(co.Context())
		return par.Range(0, 101).Count(w), nil
	}))
	fmt.Println(total.Wait(context.Background()))
	// Output: 101 <nil>
}

// A list of work to which the steps add.
func ExampleSeqN() {
	w, done := runtimeFor()
	defer done()

	work := []int{1}
	list := func(yield func(int) bool) {
		for i := 0; i < len(work); i++ {
			if !yield(work[i]) {
				return
			}
		}
	}
	n := par.SeqN(list, 1).Filter(func(v int) bool {
		if v < 100 {
			work = append(work, 2*v)
		}
		return true
	}).Count(w)
	fmt.Println(n)
	// Output: 8
}
