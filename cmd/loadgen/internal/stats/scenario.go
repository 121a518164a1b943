package stats

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Scenario is what came of one of a run's scenarios. Times are within 1 percent.
type Scenario struct {
	Name        string  `json:"name"`
	Target      string  `json:"target"`
	Load        string  `json:"load"` // of iterations, in words
	Connections int     `json:"connections"`
	Iterations  uint64  `json:"iterations"`  // complete ones
	EndedEarly  uint64  `json:"ended_early"` // because of a failure
	Unfinished  uint64  `json:"unfinished"`  // under way when the run ended
	Rate        float64 `json:"iterations_per_second"`
	// Duration is how long the complete ones took, from when they were to begin to their last reply, with the pauses between steps.
	Duration Times  `json:"duration"`
	Steps    []Step `json:"steps"`
}

// Step is what came of the requests of one step of a scenario.
type Step struct {
	Name     string            `json:"name"`
	Requests uint64            `json:"requests"` // complete exchanges
	Failed   uint64            `json:"failed"`   // errors of all kinds
	Errors   map[string]uint64 `json:"errors,omitempty"`
	Latency  Times             `json:"latency"`
}

// Fill computes the rest of a scenario from what was counted in a time: its iterations in a lane, and its steps, which have their names,
// in those that follow.
func (s *Scenario) Fill(t *Total, in Lane, elapsed time.Duration) {
	t.lane(in + Lane(len(s.Steps)))
	all := t.lane(in)
	s.Iterations, s.EndedEarly, s.Unfinished = uint64(all.times.TotalCount()), all.early, all.open
	s.Duration = timesOf(all.times)
	if elapsed > 0 {
		s.Rate = float64(s.Iterations) / elapsed.Seconds()
	}
	for i := range s.Steps {
		l, step := t.lane(in+1+Lane(i)), &s.Steps[i]
		step.Requests = uint64(l.times.TotalCount())
		step.Latency = timesOf(l.times)
		step.Errors = byName(&l.failures)
		for _, n := range step.Errors {
			step.Failed += n
		}
	}
}

// write writes a table of the scenario's steps.
func (s *Scenario) write(b io.Writer) {
	fmt.Fprintf(b, "scenario %s: %d connections, %s\n", s.Name, s.Connections, s.Load)
	fmt.Fprintf(b, "  %d iterations, %.1f a second; %d ended early by a failure, %d under way at the end\n", s.Iterations, s.Rate, s.EndedEarly, s.Unfinished)
	width := len(iteration)
	for i := range s.Steps {
		width = max(width, utf8.RuneCountInString(s.Steps[i].Name))
	}
	fmt.Fprintf(b, "  %-*s %9s %8s %10s %10s %10s %10s\n", width, "", "complete", "failed", "mean", "p50", "p99", "max")
	row := func(name string, n, failed uint64, t *Times) {
		fmt.Fprintf(b, "  %-*s %9d %8d", width, name, n, failed)
		if n > 0 {
			for _, ns := range []int64{t.Mean, t.P50, t.P99, t.Max} {
				fmt.Fprintf(b, " %10s", Human(ns))
			}
		}
		fmt.Fprintln(b)
	}
	row(iteration, s.Iterations, s.EndedEarly, &s.Duration)
	for i := range s.Steps {
		step := &s.Steps[i]
		row(step.Name, step.Requests, step.Failed, &step.Latency)
	}
}

// iteration names the row of the whole.
const iteration = "(iteration)"
