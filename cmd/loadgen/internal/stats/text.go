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
	} else {
		line("target", "%s, messages of %d bytes", r.Target, r.MessageSize)
	}
	line("load", "%d connections, %d workers, closed loop", r.Connections, r.Workers)
	note := ""
	if r.Warmup > 0 {
		note += fmt.Sprintf(" after %v of warm-up", time.Duration(r.Warmup))
	}
	if r.Interrupted {
		note += ", interrupted"
	}
	line("measured", "%v%s", time.Duration(r.Duration).Round(time.Millisecond), note)
	line("requests", "%d, %.0f a second", r.Requests, r.RequestRate)
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

	fmt.Fprintln(b)
	if r.Requests == 0 {
		line("latency", "no reply to measure")
	} else {
		r.Latency.write(b)
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
	fmt.Fprintf(b, "\n%s", footer)
	return b.Flush()
}

func (l *Latency) write(b io.Writer) {
	fmt.Fprintln(b, "latency")
	for _, row := range []struct {
		name string
		ns   int64
	}{
		{"mean", l.Mean}, {"stdev", l.StdDev}, {"p50", l.P50}, {"p75", l.P75}, {"p90", l.P90},
		{"p99", l.P99}, {"p99.9", l.P999}, {"p99.99", l.P9999}, {"max", l.Max},
	} {
		fmt.Fprintf(b, "  %-8s %10s\n", row.name, human(row.ns))
	}
	if l.OverLimit > 0 {
		fmt.Fprintf(b, "  %d took longer than %s, and count as that in all but max\n", l.OverLimit, human(limit))
	}
}

func (a *AtEnd) text() string {
	requests := fmt.Sprintf("%d requests under way, the oldest for %s", a.Requests, human(a.Oldest))
	connecting := fmt.Sprintf("%d connections being opened, the oldest for %s", a.Connecting, human(a.OldestConnecting))
	switch {
	case a.Connecting == 0:
		return requests
	case a.Requests == 0:
		return connecting
	}
	return requests + "; " + connecting
}

// human gives a time four digits and the unit that suits it.
func human(ns int64) string {
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
