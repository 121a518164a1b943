package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

// text prints everything for people.
func (r *Report) text(out io.Writer) error {
	fmt.Fprintf(out, "%s\n%s\n", r.Command, r.Machine)
	for _, w := range r.Warnings {
		fmt.Fprintf(out, "warning: %s\n", w)
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "benchmark\tpeer\tmetric\tmedian\tmin\tmax\tunit\tn\tmagpie/peer\t\n")
	for i, e := range r.Set.Series {
		st := e.Stat()
		bench := e.Bench
		if i > 0 && r.Set.Series[i-1].Bench == bench {
			bench = ""
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t\n", bench, e.Peer, e.Metric,
			short(st.Median), short(st.Min), short(st.Max), e.Unit, st.N, r.ratioTo(e))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return r.targets(out)
}

// ratioTo is magpie's figure as a ratio to another peer's, pair by pair.
func (r *Report) ratioTo(e *Series) string {
	if e.Peer == suites.Magpie {
		return ""
	}
	ratio, ok := r.Set.Ratio(Key{e.Bench, suites.Magpie, e.Metric}, e.Key)
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
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "figure\tmeasured\tmin\tmax\tunit\ttarget\tverdict\t\n")
	for _, o := range r.Outcomes {
		if o.Verdict == Unmeasured {
			fmt.Fprintf(w, "%s\t\t\t\t\t%s\t%s\t\n", o.What(), o.Limit(), o.Verdict)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", o.What(), short(o.Value.Median),
			short(o.Value.Min), short(o.Value.Max), o.Unit, o.Limit(), o.Verdict)
	}
	return w.Flush()
}
