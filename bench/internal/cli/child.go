package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// childCommand as the first argument makes the program one measurement, in a process of
// its own: run-one BENCH PEER TIME. It prints bench,peer,metric,value,unit lines.
const childCommand = "run-one"

func child(args []string, stdout, stderr io.Writer) int {
	if len(args) != 3 {
		fmt.Fprintf(stderr, "bench: %s wants BENCH PEER TIME\n", childCommand)
		return usage
	}
	bench, peer := args[0], args[1]
	t, err := time.ParseDuration(args[2])
	if err != nil || t <= 0 {
		fmt.Fprintf(stderr, "bench: %s: %q is no time to measure for\n", childCommand, args[2])
		return usage
	}
	job, found := suites.Find(bench, peer)
	if !found {
		fmt.Fprintf(stderr, "bench: %s: there is no %s on %s\n", childCommand, bench, peer)
		return usage
	}
	var broken error
	job.Run(&measure.Run{Time: t, Emit: func(metric string, value float64, unit string) {
		_, err := fmt.Fprintln(stdout, measure.Line{Bench: bench, Peer: peer, Metric: metric, Value: value, Unit: unit})
		if broken == nil {
			broken = err
		}
	}})
	if broken != nil {
		fmt.Fprintln(stderr, "bench:", broken)
		return failed
	}
	return ok
}
