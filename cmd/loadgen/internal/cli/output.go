package cli

import (
	"fmt"
	"io"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/output"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// outputFlags say how a report is written.
type outputFlags struct {
	Output string   `main:"" short:"o" default:"text" placeholder:"text" group:"output" help:"Print text, json, csv, ndjson, hgrm, hlog or html."`
	Save   []string `main:"" sep:"none" placeholder:"FILE" group:"output" help:"Save it too, as its ending says: .json, .txt, .csv, .ndjson, .hgrm, .hlog or .html; may be repeated."`
	HTML   string   `main:"" name:"html" placeholder:"FILE" group:"output" help:"Save it as one page with charts."`
}

// outputs are where a report goes.
type outputs struct {
	w      io.Writer
	format output.Format
	files  []output.File
}

// open finds what is wrong with the flags before there is a report.
func (f *outputFlags) open(w io.Writer) (o *outputs, err error) {
	o = &outputs{w: w}
	if o.format, err = output.ByName(f.Output); err != nil {
		return nil, usageError{err}
	}
	for _, name := range f.Save {
		file, err := output.Open(name)
		if err != nil {
			return nil, usageError{err}
		}
		o.files = append(o.files, file)
	}
	if f.HTML != "" {
		file, err := output.OpenAs(f.HTML, "html")
		if err != nil {
			return nil, usageError{err}
		}
		o.files = append(o.files, file)
	}
	return o, nil
}

// interval is told of each interval as it ends.
func (o *outputs) interval(i *stats.Interval) {
	if o.format.Name == "ndjson" {
		_ = output.IntervalLine(o.w, i) // if nobody reads any more, end tells
	}
}

// end writes the report of a run, whose intervals were told.
func (o *outputs) end(r *stats.Report) error {
	if o.format.Name != "ndjson" {
		return o.write(r)
	}
	return o.finish(r, output.ReportLine(o.w, r))
}

// write writes a report.
func (o *outputs) write(r *stats.Report) error { return o.finish(r, o.format.Write(o.w, r)) }

// finish writes the files, even if what was to be printed could not be.
func (o *outputs) finish(r *stats.Report, err error) error {
	for _, f := range o.files {
		if failed := f.Write(r); failed != nil && err == nil {
			err = fmt.Errorf("the report could not be saved: %w", failed)
		}
	}
	return err
}
