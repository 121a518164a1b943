package html

import (
	"fmt"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// scenario is a table of steps.
type scenario struct {
	Name, Note string
	Rows       []stepRow
}

type stepRow struct {
	Name             string
	Complete, Failed uint64
	Times            []string
}

func scenarios(r *stats.Report) (all []scenario) {
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		one := scenario{Name: s.Name, Note: fmt.Sprintf("%s, %d connections, %s: %s iterations a second; %d ended early by a failure, %d under way at the end",
			s.Target, s.Connections, s.Load, number(s.Rate), s.EndedEarly, s.Unfinished)}
		one.Rows = append(one.Rows, stepRowOf("whole iteration", s.Iterations, s.EndedEarly, &s.Duration))
		for k := range s.Steps {
			step := &s.Steps[k]
			one.Rows = append(one.Rows, stepRowOf(step.Name, step.Requests, step.Failed, &step.Latency))
		}
		all = append(all, one)
	}
	return all
}

func stepRowOf(name string, complete, failed uint64, t *stats.Times) stepRow {
	row := stepRow{name, complete, failed, nil}
	for _, ns := range []int64{t.Mean, t.P50, t.P90, t.P99, t.Max} {
		text := "–"
		if complete > 0 {
			text = stats.Human(ns)
		}
		row.Times = append(row.Times, text)
	}
	return row
}
