package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
	"github.com/magpie-go/magpie/bench/internal/work"
)

const (
	sum        = "sum_10M"
	reduce     = "reduce_10M"
	quicksort  = "quicksort_10M"
	libsort    = "libsort_10M"
	geometric  = "uts_geometric"
	binomial   = "uts_binomial"
	queens     = "nqueens13"
	mandelbrot = "mandelbrot"
)

var parallel = Suite{
	Name: "par",
	Doc:  "computations on the workers: sums, sorts, trees of any shape",
	Jobs: slices.Concat(
		computed(sum, ongo.Sum, onmagpie.Sum),
		computed(reduce, nil, onmagpie.Reduce),
		computed(quicksort, ongo.Quicksort, onmagpie.Quicksort),
		computed(libsort, ongo.Libsort, onmagpie.Libsort),
		emitting(nativeKit, sum, quicksort, libsort),
		emitting(goKit, sum, quicksort),
		computed(geometric, ongo.Tree(work.Geometric()), tree(work.Geometric())),
		computed(binomial, ongo.Tree(work.Binomial()), tree(work.Binomial())),
		computed(queens, ongo.Queens, onmagpie.Queens),
		computed(mandelbrot, ongo.Mandelbrot, onmagpie.Mandelbrot),
	),
	Targets: []Target{
		{Bench: sum, Metric: "time", Peer: Magpie2, Against: "rayon-2t", Bound: 1},
		faster(sum, Magpie2, GoSeq, 1.8),
		faster(quicksort, Magpie2, GoSeq, 1.9),
		{Bench: libsort, Metric: "time", Peer: Magpie2, Against: "rayon-2t", Bound: 1},
		faster(geometric, Magpie2, Magpie1, speedup),
		faster(binomial, Magpie2, Magpie1, speedup),
		faster(queens, Magpie2, Magpie1, speedup),
		faster(mandelbrot, Magpie2, Magpie1, speedup),
	},
}

func tree(t *work.Tree) func(workers int) func(*measure.Run) {
	return func(workers int) func(*measure.Run) { return onmagpie.Tree(t, workers) }
}

// emitting are programs of the kit for those of their benchmarks.
func emitting(programs []Job, benches ...string) []Job {
	jobs := slices.Clone(programs)
	for i := range jobs {
		jobs[i].Emits = benches
	}
	return jobs
}
