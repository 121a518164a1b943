package output

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// CSV writes a line for each interval, below one of names. They are those of the JSON, times in nanoseconds.
func CSV(w io.Writer, r *stats.Report) error {
	c := csv.NewWriter(w)
	names := []string{
		"start_ns", "length_ns", "asked", "sent", "completed", "failed", "shed", "connections_opened", "bytes_sent",
		"bytes_received", "loadgen_cpu_ns",
	}
	for _, of := range []string{"latency", "service", "lag", "own_lag"} {
		for _, what := range []string{"mean", "p50", "p90", "p99", "p99_9", "max"} {
			names = append(names, of+"_"+what+"_ns")
		}
	}
	for _, kind := range stats.KindNames() {
		names = append(names, "errors_"+kind)
	}
	if err := c.Write(names); err != nil {
		return err
	}
	for _, i := range r.Series {
		if err := c.Write(row(i)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func row(i *stats.Interval) (row []string) {
	number := func(n uint64) { row = append(row, strconv.FormatUint(n, 10)) }
	time := func(ns int64) { row = append(row, strconv.FormatInt(ns, 10)) }
	time(i.Start)
	time(i.Length)
	row = append(row, strconv.FormatFloat(i.Asked, 'f', -1, 64))
	for _, n := range []uint64{i.Sent, i.Completed, i.Failed, i.Shed, i.Connects, i.SentBytes, i.Received} {
		number(n)
	}
	time(i.CPU)
	for _, t := range []*stats.Times{&i.Latency, i.Service, i.Lag, i.OwnLag} {
		if t == nil { // a closed load
			row = append(row, "", "", "", "", "", "")
			continue
		}
		for _, ns := range []int64{t.Mean, t.P50, t.P90, t.P99, t.P999, t.Max} {
			time(ns)
		}
	}
	for _, kind := range stats.KindNames() {
		number(i.Errors[kind])
	}
	return row
}

// intervalLine and reportLine are the lines of NDJSON.
type intervalLine struct {
	Type string `json:"type"`
	*stats.Interval
}

type reportLine struct {
	Type string `json:"type"`
	stats.Report
	Series *stats.Series `json:"series,omitempty"` // left out, as the lines before are it
}

// NDJSON writes an object a line: each interval, and at last the report.
func NDJSON(w io.Writer, r *stats.Report) error {
	for _, i := range r.Series {
		if err := IntervalLine(w, i); err != nil {
			return err
		}
	}
	return ReportLine(w, r)
}

// IntervalLine writes an interval's line of NDJSON.
func IntervalLine(w io.Writer, i *stats.Interval) error { return line(w, intervalLine{"interval", i}) }

// ReportLine writes the last line of NDJSON.
func ReportLine(w io.Writer, r *stats.Report) error {
	return line(w, reportLine{Type: "report", Report: *r})
}

func line(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
