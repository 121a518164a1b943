package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

// Verdict is what came of a target.
type Verdict string

const (
	Reached    Verdict = "reached"
	Narrowly   Verdict = "narrowly missed" // by no more than repetitions of a run differ
	Missed     Verdict = "missed"
	Unmeasured Verdict = "not measured"
)

// narrow is by how much a target is narrowly missed at most.
const narrow = .15

// Outcome is a target and what was measured.
type Outcome struct {
	suites.Target
	Value   Stat
	Unit    string // "×" of a ratio
	Verdict Verdict
}

// What names the figure and what it is compared to.
func (o Outcome) What() string {
	t := o.Target
	s := t.Bench + " " + t.Metric
	if t.Peer != suites.Magpie {
		s += " of " + t.Peer
	}
	if t.Against == "" {
		return s
	}
	other := t.Against
	if t.Base != t.Bench {
		other = t.Base
		if t.Against != t.Peer {
			other += " of " + t.Against
		}
	}
	if t.Over {
		return s + " - " + other
	}
	return s + " / " + other
}

// Limit is the bound in words.
func (o Outcome) Limit() string {
	if o.AtLeast {
		return "at least " + number(o.Bound)
	}
	return "at most " + number(o.Bound)
}

// Judge compares a set with the targets of suites.
func Judge(s *Set, selected []suites.Suite) (outcomes []Outcome) {
	for _, suite := range selected {
		for _, t := range suite.Targets {
			outcomes = append(outcomes, judge(s, t.OrDefault()))
		}
	}
	return outcomes
}

func judge(s *Set, t suites.Target) Outcome {
	o := Outcome{Target: t, Verdict: Unmeasured, Unit: "×"}
	mine := Key{t.Bench, t.Peer, t.Metric}
	ok := false
	switch t.Against {
	case "":
		var e *Series
		if e, ok = s.Find(mine); ok {
			o.Value, o.Unit = e.Stat(), e.Unit
		}
	case suites.BestPeer:
		o.Value, ok = s.ratioToBest(mine, t)
	default:
		other := Key{t.Base, t.Against, t.Metric}
		if !t.Over {
			o.Value, ok = s.Ratio(mine, other)
		} else if o.Value, ok = s.Difference(mine, other); ok {
			o.Unit = s.byKey[mine].Unit
		}
	}
	if ok {
		o.Verdict = verdict(o.Value.Median, t)
	}
	return o
}

// ratioToBest is the ratio to whoever else was best in each repetition.
func (s *Set) ratioToBest(mine Key, t suites.Target) (Stat, bool) {
	e, ok := s.Find(mine)
	if !ok {
		return Stat{}, false
	}
	best := map[int]float64{}
	for _, other := range s.Series {
		if other.Bench != t.Base || other.Metric != t.Metric || !rivals(t.Peer, other.Peer) {
			continue
		}
		for rep, v := range other.Values {
			if b, ok := best[rep]; !ok || t.AtLeast && v > b || !t.AtLeast && v < b {
				best[rep] = v
			}
		}
	}
	return pairwise(e.Values, best, ratio)
}

// rivals reports whether a peer of ours and another one may be compared without naming them:
// if ours has a number of workers, the other one has as many.
func rivals(mine, other string) bool {
	n := suites.Threads(mine)
	return !suites.IsMagpie(other) && (n == 0 || n == suites.Threads(other))
}

func verdict(v float64, t suites.Target) Verdict {
	missedBy := v/t.Bound - 1
	if t.AtLeast {
		missedBy = t.Bound/v - 1
	}
	switch {
	case math.IsNaN(missedBy) || missedBy > narrow:
		return Missed
	case missedBy > 0:
		return Narrowly
	}
	return Reached
}

// Tally counts verdicts, for a line under the table.
func Tally(outcomes []Outcome) string {
	count := map[Verdict]int{}
	for _, o := range outcomes {
		count[o.Verdict]++
	}
	var parts []string
	for _, v := range []Verdict{Reached, Narrowly, Missed, Unmeasured} {
		if n := count[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}
