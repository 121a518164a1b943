package par_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/magpie-go/magpie/sched/par"
)

func words(n int) []string {
	s := make([]string, n)
	for i := range s {
		s[i] = strconv.Itoa(i) + ";"
	}
	return s
}

// affine is x -> mul*x + add: composed, they are associative and not commutative, and cost
// little.
type affine struct{ mul, add uint64 }

func compose(f, g affine) affine {
	return affine{f.mul * g.mul, f.add*g.mul + g.add}
}

// slowly is compose with uneven costs.
func slowly(f, g affine) affine {
	uneven(int(g.add))
	return compose(f, g)
}

func affines(n int) []affine {
	s := make([]affine, max(n, 0))
	for i := range s {
		s[i] = affine{uint64(2*i + 1), uint64(i)}
	}
	return s
}

var unit = affine{1, 0}

func TestReduceIsInOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, n := range sizes {
			s, want := affines(n), unit
			for _, v := range s {
				want = compose(want, v)
			}
			if got := par.Reduce(w, s, unit, slowly); got != want {
				t.Fatalf("Reduce of %d: %v, not %v", n, got, want)
			}
			got := par.ReduceRange(w, n, unit, func(_ *par.Worker, acc affine, lo, hi int) affine {
				for _, v := range s[lo:hi] {
					acc = slowly(acc, v)
				}
				return acc
			}, compose)
			if got != want {
				t.Fatalf("ReduceRange of %d: %v, not %v", n, got, want)
			}
		}
		s, want := words(2000), ""
		for _, v := range s {
			want += v
		}
		if got := par.Reduce(w, s, "", func(a, b string) string { spend(1000); return a + b }); got != want {
			t.Fatalf("concatenated: %q", got)
		}
	})
}

func TestSum(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, n := range append([]int{4, 5, 6, 7, 1_000_003}, sizes...) {
			s := numbers(max(n, 0))
			if got, want := par.Sum(w, s), plainSum(s); got != want {
				t.Fatalf("of %d: %d, not %d", n, got, want)
			}
		}
		if got := par.Sum(w, []float64{0.5, 1, 2}); got != 3.5 {
			t.Fatal(got)
		}
	})
}

func TestScan(t *testing.T) {
	everywhere(t, func(t *testing.T, w *par.Worker) {
		for _, n := range sizes {
			in := affines(n)
			inclusive, exclusive := make([]affine, len(in)), make([]affine, len(in))
			total := unit
			for i, v := range in {
				exclusive[i] = total
				total = compose(total, v)
				inclusive[i] = total
			}
			out := make([]affine, len(in))
			if got := par.Scan(w, out, in, unit, slowly); got != total || !slices.Equal(out, inclusive) {
				t.Fatalf("Scan of %d", n)
			}
			if got := par.ScanExclusive(w, out, in, unit, slowly); got != total || !slices.Equal(out, exclusive) {
				t.Fatalf("ScanExclusive of %d", n)
			}
			if got := par.Scan(w, in, in, unit, slowly); got != total || !slices.Equal(in, inclusive) {
				t.Fatalf("Scan of %d in place", n)
			}
		}
		s := words(300)
		par.Scan(w, s, s, "", func(a, b string) string { spend(1000); return a + b })
		if want := s[298] + "299;"; s[299] != want {
			t.Fatalf("concatenated: %q", s[299])
		}
	})
}
