package suites

import (
	"slices"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
	"github.com/magpie-go/magpie/bench/internal/work"
)

const (
	quicksort = "quicksort_10M"
	geometric = "uts_geometric"
	binomial  = "uts_binomial"
	queens    = "nqueens13"
)

var parallel = Suite{
	Name: "par",
	Doc:  "computations on the workers: sums, sorts, trees of any shape",
	Jobs: slices.Concat(
		computed(quicksort, ongo.Quicksort, onmagpie.Quicksort),
		emitting(nativeKit, quicksort),
		emitting(goKit, quicksort),
		computed(geometric, ongo.Tree(work.Geometric()), tree(work.Geometric())),
		computed(binomial, ongo.Tree(work.Binomial()), tree(work.Binomial())),
		computed(queens, ongo.Queens, onmagpie.Queens),
	),
	Targets: []Target{
		faster(quicksort, Magpie2, GoSeq, 1.9),
		faster(geometric, Magpie2, Magpie1, speedup),
		faster(binomial, Magpie2, Magpie1, speedup),
		faster(queens, Magpie2, Magpie1, speedup),
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
