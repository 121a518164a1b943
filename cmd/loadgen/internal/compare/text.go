package compare

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// WriteText writes the result for people.
func (r *Result) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "before   %s\nafter    %s\n", r.Before, r.After)
	for i, line := range r.Unlike {
		name := "unlike"
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(b, "%-8s %s\n", name, line)
	}
	fmt.Fprintf(b, "\n%-8s %12s %12s %10s   %-22s\n", "", "before", "after", "change", "95 % confidence")
	for _, f := range r.Figures {
		fmt.Fprintf(b, "%-8s %12s %12s %10s   %-22s %s\n", f.Name, f.show(f.Before), f.show(f.After), f.percent(f.Change), f.percent(f.Low)+" to "+f.percent(f.High), f.Verdict)
	}
	fmt.Fprintf(b, "\nverdict  %s\n", r.Verdict)
	return b.Flush()
}

func (f *Figure) show(v float64) string {
	switch f.Unit {
	case "ns":
		return stats.Human(int64(v))
	case "%":
		return strconv.FormatFloat(v, 'g', 3, 64) + " %"
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + "/s"
}

func (f *Figure) percent(v float64) string {
	if f.Unit == "%" {
		return fmt.Sprintf("%+.3g pt", v)
	}
	return fmt.Sprintf("%+.1f %%", 100*v)
}
