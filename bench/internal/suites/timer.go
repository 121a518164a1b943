package suites

import (
	"fmt"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/ongo"
	"github.com/magpie-go/magpie/bench/internal/onmagpie"
)

var timer = Suite{
	Name: "timer",
	Doc:  "setting, moving, stopping and firing timers, with 1e3 to 1e6 live",
	Jobs: timerJobs(),
	Targets: []Target{
		atMost("timer_reset_1e6", "time", 50),
		atMost("timer_cancel_1e6", "time", 50),
		atMost("timer_reset_1e6", "allocs", none),
		atMost("timer_cancel_1e6", "allocs", none),
		ratio("timer_insert_1e6", "time", Go, 1),
		ratio("timer_fire_1e6", "time", Go, 1),
	},
}

func timerJobs() (jobs []Job) {
	for _, op := range []struct {
		name         string
		magpie, goes func(int) func(*measure.Run)
	}{
		{"insert", onmagpie.TimerInsert, ongo.TimerInsert},
		{"reset", onmagpie.TimerReset, ongo.TimerReset},
		{"cancel", onmagpie.TimerCancel, ongo.TimerCancel},
		{"fire", onmagpie.TimerFire, ongo.TimerFire},
	} {
		n := 1
		for e := range 7 {
			if e >= 3 {
				jobs = append(jobs, versus(fmt.Sprintf("timer_%s_1e%d", op.name, e), op.magpie(n), op.goes(n))...)
			}
			n *= 10
		}
	}
	return jobs
}
