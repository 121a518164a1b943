package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

// text prints everything for people.
func (r *Report) text(out io.Writer) error {
	fmt.Fprintf(out, "%s\n%s\n", r.Command, r.Machine)
	for _, w := range r.Warnings {
		fmt.Fprintf(out, "warning: %s\n", w)
	}
	fmt.Fprintln(out)
	t := newTable(3, "benchmark", "metric", "peer", "median", "min", "max", "unit", "n", "magpie/peer")
	for i, e := range r.Set.Series {
		st := e.Stat()
		bench, metric := e.Bench, e.Metric
		if i > 0 && r.Set.Series[i-1].Bench == bench {
			bench = ""
			if r.Set.Series[i-1].Metric == metric {
				metric = ""
			}
		}
		t.add(bench, metric, e.Peer, short(st.Median), short(st.Min), short(st.Max), e.Unit,
			strconv.Itoa(st.N), r.ratioTo(e))
	}
	if err := t.write(out); err != nil {
		return err
	}
	return r.targets(out)
}

// ratioTo is magpie's figure as a ratio to another peer's, pair by pair.
func (r *Report) ratioTo(e *Series) string {
	mine := Key{e.Bench, suites.Magpie, e.Metric}
	if _, ok := r.Set.Find(mine); !ok {
		mine.Peer = suites.Counterpart(e.Peer)
	}
	if mine == e.Key {
		return ""
	}
	ratio, ok := r.Set.Ratio(mine, e.Key)
	if !ok {
		return ""
	}
	return short(ratio.Median)
}

func (r *Report) targets(out io.Writer) error {
	if len(r.Outcomes) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\ntargets: %s\n", Tally(r.Outcomes))
	t := newTable(1, "figure", "measured", "min", "max", "unit", "target", "verdict")
	for _, o := range r.Outcomes {
		if o.Verdict == Unmeasured {
			t.add(o.What(), "", "", "", "", o.Limit(), string(o.Verdict))
			continue
		}
		t.add(o.What(), short(o.Value.Median), short(o.Value.Min), short(o.Value.Max), o.Unit,
			o.Limit(), string(o.Verdict))
	}
	return t.write(out)
}
