package output

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// ticks is how many lines Percentiles writes for each half of the distance to 100 %: as many as HdrHistogram's own tools do.
const ticks = 5

var errNoHistogram = errors.New("the report has no histogram")

// Percentiles writes the latencies as HdrHistogram's tools print percentiles (.hgrm), in milliseconds.
func Percentiles(w io.Writer, r *stats.Report) error {
	h := r.Latency.Histogram
	if h.IsZero() {
		if r.Requests > 0 {
			return errNoHistogram
		}
		h.Histogram = hdrhistogram.New(1, 2, 3)
	}
	_, err := h.PercentilesPrint(w, ticks, float64(time.Millisecond))
	return err
}

// Log writes the latencies as a log of histograms in HdrHistogram's V2 format: a line for each interval, in nanoseconds and within
// 1 percent.
func Log(w io.Writer, r *stats.Report) error {
	started, err := time.Parse(time.RFC3339Nano, r.Started)
	if err != nil {
		return fmt.Errorf("the report does not say when it began: %w", err)
	}
	l := hdrhistogram.NewHistogramLogWriter(w)
	base := started.Unix() * 1000
	l.SetBaseTime(base)
	for _, write := range []func() error{
		func() error {
			return l.OutputComment("[Latencies of " + fmt.Sprintf("%q", r.Target) + " in nanoseconds, by loadgen]")
		},
		l.OutputLogFormatVersion,
		func() error { return l.OutputBaseTime(base) },
		func() error { return l.OutputStartTime(base) },
		l.OutputLegend,
	} {
		if err := write(); err != nil {
			return err
		}
	}
	for _, i := range r.Series {
		h := i.Latency.Hist
		if h.IsZero() {
			h.PackedHistogram = hdrhistogram.NewPacked(1, 2, 2)
		}
		at := base + started.Sub(time.UnixMilli(base)).Milliseconds() + i.Start/1e6
		h.SetStartTimeMs(at)
		h.SetEndTimeMs(at + i.Length/1e6)
		if err := l.OutputIntervalPackedHistogram(h.PackedHistogram); err != nil {
			return err
		}
	}
	return nil
}
