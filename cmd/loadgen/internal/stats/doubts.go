package stats

import (
	"fmt"
	"io"
	"strings"
)

// Doubts is how far a report is to be believed.
type Doubts struct {
	Confidence   []Bounds  `json:"confidence"`             // of the latencies
	Trend        *Trend    `json:"trend,omitempty"`        // if there are enough intervals
	Independence *Relation `json:"independence,omitempty"` // likewise
	Arrivals     *Evenness `json:"arrivals,omitempty"`     // of an open load
	Warnings     []Warning `json:"warnings"`
}

// Bounds are where a percentile of the latencies is to be looked for, with a confidence of 95 %, if they are independent of
// one another: the order statistics between which it lies, as a binomial distribution has it. Without as many samples as
// the upper one needs, it is the maximum, and open says so.
type Bounds struct {
	Percentile float64 `json:"percentile"`
	Low        int64   `json:"low_ns"`
	High       int64   `json:"high_ns"`
	Beyond     uint64  `json:"beyond"` // samples above the percentile: it stands on these
	Open       bool    `json:"open,omitempty"`
}

// Trend is the test of Mann and Kendall for a trend in the intervals' medians, and the slope of Theil and Sen.
type Trend struct {
	P     float64 `json:"p"`     // how likely so much of a trend is by chance
	Drift float64 `json:"drift"` // from begin to end, as a share of the median
}

// Relation is how much an interval's mean latency tells of the next one's: the autocorrelation at lag 1, and the bound that
// that of independent ones stays under 19 times of 20.
type Relation struct {
	Lag1  float64 `json:"lag1"`
	Bound float64 `json:"bound"`
}

// Evenness is how far the gaps between the requests, as they were sent, are those that were asked for. Of Poisson arrivals
// it is the test of Anderson and Darling against the exponential distribution; of even ones how far they are off.
type Evenness struct {
	Gaps     int     `json:"gaps"` // in the sample
	AD       float64 `json:"anderson_darling,omitempty"`
	P        float64 `json:"p,omitempty"`        // how likely so much is by chance
	Distance float64 `json:"distance,omitempty"` // the largest between the two distributions, as of Kolmogorov and Smirnov
	Off      float64 `json:"off,omitempty"`      // of even arrivals: the mean difference, as a share of the gap
}

// Warning is a reason to doubt the report.
type Warning struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// text says where a percentile is to be looked for.
func (b *Bounds) text() string {
	if b.Open {
		return fmt.Sprintf("   from %s on, %d samples above", Human(b.Low), b.Beyond)
	}
	return fmt.Sprintf("   %s to %s", Human(b.Low), Human(b.High))
}

// write writes the warnings.
func (d *Doubts) write(w io.Writer) {
	for i, warning := range d.Warnings {
		name := "warnings"
		if i > 0 {
			name = ""
		}
		for n, line := range wrap(warning.Text, 64) {
			mark := "-"
			if n > 0 {
				mark, name = " ", ""
			}
			fmt.Fprintf(w, "%-12s %s %s\n", name, mark, line)
		}
	}
}

// wrap breaks a text between words into lines of so many characters at most.
func wrap(text string, width int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
