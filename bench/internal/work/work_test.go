package work_test

import (
	"slices"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/work"
)

// forks counts the calls that make two others.
func forks(n int) int {
	if n < 2 {
		return 0
	}
	return 1 + forks(n-1) + forks(n-2)
}

func TestFib(t *testing.T) {
	for n := range 20 {
		if got, want := work.FibNumber(n), work.Fib(n); got != want {
			t.Errorf("fib(%d) is %d, want %d", n, got, want)
		}
		if got, want := work.Forks(n), forks(n); got != want {
			t.Errorf("fib(%d) forks %d times, want %d", n, got, want)
		}
	}
}

func TestQuicksort(t *testing.T) {
	v := work.Random(10 * work.SortBelow)
	want := slices.Sorted(slices.Values(v))
	work.Quicksort(v)
	if !slices.Equal(v, want) {
		t.Error("not sorted")
	}
}

// The counts are those that are published with the benchmark.
func TestTrees(t *testing.T) {
	for _, tree := range []*work.Tree{work.Geometric(), work.Binomial()} {
		if got := tree.Count(tree.Root()); got != tree.Nodes {
			t.Errorf("%d nodes, want %d", got, tree.Nodes)
		}
	}
}

func TestQueens(t *testing.T) {
	if got := (work.Board{}).Count(); got != work.Placings {
		t.Errorf("%d placings, want %d", got, work.Placings)
	}
}

func TestMandelbrot(t *testing.T) {
	p := new(work.Picture)
	p.Draw()
	if got := p[work.Size/2][work.Size*4/5]; got != work.Depth { // the origin
		t.Errorf("the origin escapes after %d steps", got)
	}
	if got := p[0][0]; got != 1 { // -2-1.25i
		t.Errorf("the corner escapes after %d steps", got)
	}
}
