package report

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
)

// csv prints medians like the scripts of the peers' kit.
func (r *Report) csv(w io.Writer) error {
	if _, err := fmt.Fprintln(w, "bench,peer,metric,median,unit,min,max,n"); err != nil {
		return err
	}
	for _, e := range r.Set.Series {
		st := e.Stat()
		if _, err := fmt.Fprintf(w, "%s,%s,%s,%s,%s,%s,%s,%d\n", e.Bench, e.Peer, e.Metric,
			number(st.Median), e.Unit, number(st.Min), number(st.Max), st.N); err != nil {
			return err
		}
	}
	return nil
}

// json prints everything for programs.
func (r *Report) json(w io.Writer) error {
	type figure struct {
		Bench  string    `json:"bench"`
		Peer   string    `json:"peer"`
		Metric string    `json:"metric"`
		Unit   string    `json:"unit"`
		Values []float64 `json:"values"`
		Stat
	}
	type target struct {
		Figure  string  `json:"figure"`
		Target  string  `json:"target"`
		Unit    string  `json:"unit"`
		Verdict Verdict `json:"verdict"`
		Stat
	}
	all := struct {
		Command  string   `json:"command"`
		Machine  Machine  `json:"machine"`
		Warnings []string `json:"warnings"`
		Figures  []figure `json:"figures"`
		Targets  []target `json:"targets"`
	}{Command: r.Command, Machine: r.Machine, Warnings: append([]string{}, r.Warnings...)}
	for _, e := range r.Set.Series {
		all.Figures = append(all.Figures, figure{e.Bench, e.Peer, e.Metric, e.Unit, e.ordered(), e.Stat()})
	}
	for _, o := range r.Outcomes {
		all.Targets = append(all.Targets, target{o.What(), o.Limit(), o.Unit, o.Verdict, o.Value})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

// gobench prints a line for each benchmark, peer and repetition, for benchstat.
func (r *Report) gobench(w io.Writer) error {
	fmt.Fprintf(w, "goos: %s\ngoarch: %s\ncpu: %s\n", runtime.GOOS, runtime.GOARCH, r.Machine.CPU)
	type row struct{ bench, peer string }
	var rows []row
	repetitions := 0
	cells := map[row]map[int][]string{}
	for _, e := range r.Set.Series {
		k := row{e.Bench, e.Peer}
		if cells[k] == nil {
			cells[k] = map[int][]string{}
			rows = append(rows, k)
		}
		for rep, v := range e.Values {
			cells[k][rep] = append(cells[k][rep], number(v)+" "+GoUnit(e.Metric, e.Unit))
			repetitions = max(repetitions, rep+1)
		}
	}
	for rep := range repetitions {
		for _, k := range rows {
			if c := cells[k][rep]; c != nil {
				fmt.Fprintf(w, "Benchmark%s/peer=%s 1 %s\n", GoName(k.bench), k.peer, strings.Join(c, " "))
			}
		}
	}
	return nil
}

// GoName makes the name of a benchmark one of Go's: spawn_many is SpawnMany.
func GoName(bench string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(bench, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// GoUnit makes a metric and its unit one unit of Go's: time in ns/op is ns/op, any other
// metric goes before its unit.
func GoUnit(metric, unit string) string {
	if metric == "time" || metric == "allocs" || metric == "bytes" {
		return unit
	}
	return metric + "-" + unit
}
