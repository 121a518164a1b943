package suites

import (
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

var pools = Suite{
	Name: "pools",
	Doc:  "a million empty tasks from one and two producers, against task pools",
	Jobs: poolJobs(),
}

func poolJobs() []Job {
	const one, two = "pool_1M_1producer", "pool_1M_2producer"
	jobs := append(versus(one, onmagpie.Pool(1), ongo.Pool(1)), versus(two, onmagpie.Pool(2), ongo.Pool(2))...)
	for _, pool := range []string{"ants", "pond", "conc"} {
		for _, workers := range []string{"2", "1000"} {
			jobs = append(jobs, Job{
				Peer:  pool + "-" + workers + "w",
				Kit:   []string{"build/go/pools", pool, workers},
				Emits: []string{one, two},
			})
		}
	}
	return jobs
}
