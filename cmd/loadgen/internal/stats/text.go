package stats

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

const openFooter = `Latency runs from the time at which a request was to begin to the last byte of its reply, so
that it tells what users would see who come at that rate, also while the server stalls; service
runs from when the request was sent, and lag from when it was to begin until then.
`

const footer = `Latency runs from just before a request's first write to the last byte of its reply;
connecting before is no part of it. The loop is closed: a connection sends its next request
when it has its reply, so while the server stalls nothing is sent, and the percentiles
leave out the wait of requests that an open load would have sent (coordinated omission).
`

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	b := bufio.NewWriter(w)
	m := &r.Machine
	line := func(name, format string, args ...any) {
		fmt.Fprintf(b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	line("machine", "%s, %d cores, %s, %s %s", m.CPU, m.Cores, m.Kernel, m.Go, m.Arch)
	if r.Method != "" {
		line("target", "%s %s", r.Method, r.Target)
	} else if r.MessageSize == 0 {
		line("target", "%s", r.Target)
	} else {
		line("target", "%s, messages of %d bytes", r.Target, r.MessageSize)
	}
	load := r.Load
	if r.Pipeline > 1 {
		load += fmt.Sprintf(", %d requests under way on each", r.Pipeline)
	}
	line("load", "%d connections, %d workers, %s", r.Connections, r.Workers, load)
	note := ""
	if r.Warmup > 0 {
		note += fmt.Sprintf(" after %v of warm-up", time.Duration(r.Warmup))
	}
	if r.Interrupted {
		note += ", interrupted"
	}
	line("measured", "%v%s", time.Duration(r.Duration).Round(time.Millisecond), note)
	line("requests", "%d, %.0f a second", r.Requests, r.RequestRate)
	if r.Rate != nil {
		what := "a second"
		if r.OfIterations() {
			what = "iterations a second"
		}
		lost := slices.ContainsFunc(r.Agents, func(a Agent) bool { return a.State == "lost" })
		line("rate", "%s", r.Rate.text(what, r.OwnLag, lost))
	}
	if r.AtEnd.Requests+r.AtEnd.Connecting > 0 {
		line("at the end", "%s", r.AtEnd.text())
	}
	line("transfer", "%.2f MB/s sent, %.2f MB/s received", r.SendRate/1e6, r.ReceiveRate/1e6)
	note = ""
	if r.ClosedIdle > 0 {
		note = fmt.Sprintf(", %d of them because the server had closed one between requests", r.ClosedIdle)
	}
	line("connected", "%d times%s", r.Connects, note)
	line("own CPU", "%.2f cores (%v user, %v system)", r.CPU.Cores,
		time.Duration(r.CPU.User).Round(time.Millisecond), time.Duration(r.CPU.System).Round(time.Millisecond))
	writeAgents(b, r.Agents)

	fmt.Fprintln(b)
	if r.Requests == 0 {
		line("latency", "no reply to measure")
	} else {
		r.Latency.write(b, "latency", r.Doubts)
	}
	if r.Rate != nil && r.Rate.Begun > 0 {
		fmt.Fprintln(b)
		r.Service.write(b, "service", nil)
		fmt.Fprintln(b)
		r.Lag.write(b, "lag", nil)
	}
	for i := range r.Scenarios {
		fmt.Fprintln(b)
		r.Scenarios[i].write(b)
	}
	fmt.Fprintln(b)
	if len(r.StatusCodes) > 0 {
		fmt.Fprintln(b, "status codes")
		for _, code := range slices.Sorted(maps.Keys(r.StatusCodes)) {
			fmt.Fprintf(b, "  %-22s %d\n", code, r.StatusCodes[code])
		}
	}
	if r.Lenient > 0 {
		line("lenient", "%d replies taken though they break the rules", r.Lenient)
	}
	switch {
	case len(r.Errors) == 0 && r.AtEnd.Requests+r.AtEnd.Connecting > 0:
		line("errors", "none in what was completed")
	case len(r.Errors) == 0:
		line("errors", "none")
	default:
		fmt.Fprintf(b, "errors       %d\n", r.Failed)
		for _, kind := range slices.Sorted(maps.Keys(r.Errors)) {
			fmt.Fprintf(b, "  %-22s %d", kind, r.Errors[kind])
			if example := r.ErrorExamples[kind]; example != "" {
				fmt.Fprintf(b, "   first: %s", example)
			}
			fmt.Fprintln(b)
		}
	}
	if r.Doubts != nil {
		r.Doubts.write(b)
	}
	last := footer
	if r.Rate != nil {
		last = openFooter
	}
	fmt.Fprintln(b)
	for _, line := range wrap(last, 79) {
		fmt.Fprintln(b, line)
	}
	return b.Flush()
}

// IsKept reports whether all was begun that was due, but for 1 in 1000 and those of the last moment. (By chance, a Poisson
// process has more or less due than the rate says.)
func (r *Rate) IsKept() bool {
	missed := r.Shed + r.Unsent
	return missed <= max(2, (r.Begun+missed)/1000)
}

// text says whether the rate, of what is counted a second, was kept, and if not, why.
func (r *Rate) text(what string, own *Latency, lost bool) string {
	if r.IsKept() {
		return fmt.Sprintf("%.1f %s asked for, %.1f begun", r.Asked, what, r.Achieved)
	}
	why := fmt.Sprintf("%d began late as no connection was free: give more, or the server is slower than that", r.Waited)
	if own.P99 > int64(time.Millisecond) {
		why += fmt.Sprintf("; of the others 1 in 100 was %s late or more, which is this machine's doing", Human(own.P99))
	}
	missed := fmt.Sprintf("%d not sent before the end", r.Unsent)
	if lost {
		missed += ", or as an agent was lost"
	}
	if r.Shed > 0 {
		missed += fmt.Sprintf(", %d shed", r.Shed)
	}
	return fmt.Sprintf("could not be kept: %.1f of %.1f %s begun; %s. %s", r.Achieved, r.Asked, what, missed, why)
}

// write writes a time's distribution, with the bounds of its percentiles if doubts has them.
func (l *Latency) write(b io.Writer, name string, doubts *Doubts) {
	bounds := map[string]string{}
	if doubts != nil && len(doubts.Confidence) > 0 {
		name = fmt.Sprintf("%-30s 95 %% confidence", name)
		for _, c := range doubts.Confidence {
			bounds[fmt.Sprintf("p%g", c.Percentile)] = c.text()
		}
	}
	fmt.Fprintln(b, name)
	for _, row := range []struct {
		name string
		ns   int64
	}{
		{"mean", l.Mean}, {"stdev", l.StdDev}, {"p50", l.P50}, {"p75", l.P75}, {"p90", l.P90},
		{"p99", l.P99}, {"p99.9", l.P999}, {"p99.99", l.P9999}, {"max", l.Max},
	} {
		fmt.Fprintf(b, "  %-8s %10s%s\n", row.name, Human(row.ns), bounds[row.name])
	}
	if l.OverLimit > 0 {
		fmt.Fprintf(b, "  %d took longer than %s, and count as that in all but max\n", l.OverLimit, Human(limit))
	}
}

func (a *AtEnd) text() string {
	requests := fmt.Sprintf("%d requests under way, the oldest for %s", a.Requests, Human(a.Oldest))
	connecting := fmt.Sprintf("%d connections being opened, the oldest for %s", a.Connecting, Human(a.OldestConnecting))
	switch {
	case a.Connecting == 0:
		return requests
	case a.Requests == 0:
		return connecting
	}
	return requests + "; " + connecting
}

// Human gives a time four digits and the unit that suits it.
func Human(ns int64) string {
	f := float64(ns)
	switch {
	case f >= 1e9:
		return digits4(f/1e9) + " s"
	case f >= 1e6:
		return digits4(f/1e6) + " ms"
	}
	return digits4(f/1e3) + " µs"
}

func digits4(f float64) string {
	places := 3
	for limit := 10.0; f >= limit && places > 0; limit *= 10 {
		places--
	}
	return strconv.FormatFloat(f, 'f', places, 64)
}
