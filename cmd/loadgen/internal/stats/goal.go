package stats

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Goals are what a run is to keep.
type Goals []goal

// goal is a figure of a report and its bound.
type goal struct {
	text  string
	value func(r *Report) float64
	less  bool // than the bound; else more
	equal bool // or equal to it
	bound float64
	show  func(float64) string
}

// ParseGoals reads goals such as p99<20ms, of a flag: a figure, one of < <= > >=, and a bound.
func ParseGoals(flag string, texts []string) (goals Goals, err error) {
	for _, text := range texts {
		g, err := parseGoal(text)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", flag, text, err)
		}
		goals = append(goals, g)
	}
	return goals, nil
}

// Broken returns a line for each goal that a report misses. Without a complete reply goals for times are missed.
func (g Goals) Broken(r *Report) (lines []string) {
	for _, goal := range g {
		got := goal.value(r)
		isKept := got < goal.bound || goal.equal && got == goal.bound
		if !goal.less {
			isKept = got > goal.bound || goal.equal && got == goal.bound
		}
		if !isKept {
			lines = append(lines, fmt.Sprintf("%s: it is %s", goal.text, goal.show(got)))
		}
	}
	return lines
}

const figures = "p50, p75, p90, p99, p99.9, p99.99, mean, max, min and their service.p99, lag.p99 (times), errors (%), rate, requests, failed"

func parseGoal(text string) (g goal, err error) {
	i := strings.IndexAny(text, "<>")
	if i < 0 {
		return g, fmt.Errorf("give a figure, < or >, and a bound, such as p99<20ms; figures are %s", figures)
	}
	g.text = strings.TrimSpace(text)
	figure := strings.TrimSpace(text[:i])
	g.less = text[i] == '<'
	bound := text[i+1:]
	if g.equal = strings.HasPrefix(bound, "="); g.equal {
		bound = bound[1:]
	}
	bound = strings.TrimSpace(bound)
	switch figure {
	case "errors":
		if g.bound, err = percent(bound); err != nil {
			return g, err
		}
		g.value = func(r *Report) float64 {
			if all := r.Succeeded + r.Failed; all > 0 {
				return 100 * float64(r.Failed) / float64(all)
			}
			return 0
		}
		g.show = func(f float64) string { return strconv.FormatFloat(f, 'g', 4, 64) + "%" }
		return g, nil
	case "rate", "requests", "failed":
		if g.bound, err = ParseAmount(bound); err != nil {
			return g, err
		}
		g.value = map[string]func(r *Report) float64{
			"rate":     func(r *Report) float64 { return r.RequestRate },
			"requests": func(r *Report) float64 { return float64(r.Requests) },
			"failed":   func(r *Report) float64 { return float64(r.Failed) },
		}[figure]
		g.show = func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
		if figure == "rate" {
			g.show = func(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) + " a second" }
		}
		return g, nil
	}
	of, name := "latency", figure
	if before, after, ok := strings.Cut(figure, "."); ok && (before == "service" || before == "lag" || before == "latency") {
		of, name = before, after
	}
	at, ok := quantiles[name]
	if !ok {
		return g, fmt.Errorf("there is no figure %q; there are %s", figure, figures)
	}
	d, err := time.ParseDuration(bound)
	if err != nil || d < 0 {
		return g, fmt.Errorf("%q is no time, such as 20ms", bound)
	}
	g.bound = float64(d)
	g.show = func(f float64) string {
		if f == none {
			return "unknown, as there was no reply"
		}
		return Human(int64(f))
	}
	g.value = func(r *Report) float64 {
		l := &r.Latency
		switch {
		case of == "service" && r.Service != nil:
			l = r.Service
		case of == "lag" && r.Lag != nil:
			l = r.Lag
		case of == "lag":
			return 0 // nothing is late in a closed loop
		}
		if r.Requests == 0 {
			return none
		}
		return float64(at(l))
	}
	return g, nil
}

// none stands for a time that nothing was measured of.
const none = 1 << 62

var quantiles = map[string]func(l *Latency) int64{
	"min": func(l *Latency) int64 { return l.Min }, "mean": func(l *Latency) int64 { return l.Mean },
	"p50": func(l *Latency) int64 { return l.P50 }, "p75": func(l *Latency) int64 { return l.P75 },
	"p90": func(l *Latency) int64 { return l.P90 }, "p99": func(l *Latency) int64 { return l.P99 },
	"p99.9": func(l *Latency) int64 { return l.P999 }, "p99.99": func(l *Latency) int64 { return l.P9999 },
	"max": func(l *Latency) int64 { return l.Max },
}

func percent(text string) (float64, error) {
	number, ok := strings.CutSuffix(text, "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || !(f >= 0 && f <= 100) {
		return 0, fmt.Errorf("%q is no share, such as 0.1%%", text)
	}
	return f, nil
}

// ParseAmount reads a number from 0 on, with k or M behind it for thousands and millions.
func ParseAmount(text string) (float64, error) {
	number, factor := text, 1.0
	if n, ok := strings.CutSuffix(text, "k"); ok {
		number, factor = n, 1e3
	} else if n, ok := strings.CutSuffix(text, "M"); ok {
		number, factor = n, 1e6
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || !(f >= 0 && f < 1e18) {
		return 0, fmt.Errorf("%q is no number, such as 50k", text)
	}
	return f * factor, nil
}
