package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/report"
	"github.com/magpie-go/magpie/bench/internal/runner"
)

// measureAll runs everything and prints the report. The report is printed also when some
// jobs failed, for what the others measured.
func measureAll(ctx context.Context, o options, args []string, stdout, stderr io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("the program cannot find itself to run its parts: %w", err)
	}
	o.run.Child = func(bench, peer string, time time.Duration) []string {
		return []string{self, childCommand, bench, peer, time.String()}
	}
	o.run.Progress = stderr
	if o.quiet {
		o.run.Progress = io.Discard
	}
	watch := report.StartWatch()
	result, err := runner.Run(ctx, o.suites, o.run)
	if err != nil {
		return errors.Join(append([]error{err}, skipped(result)...)...)
	}
	r := report.Report{
		Machine:  report.ThisMachine(),
		Command:  strings.Join(append([]string{"bench"}, args...), " "),
		Set:      report.NewSet(result.Repetitions),
		Suites:   o.suites,
		Warnings: watch.Warnings(),
	}
	r.Outcomes = report.Judge(r.Set, o.suites)
	r.Warnings = append(r.Warnings, report.Scatter(r.Set)...)
	for _, err := range skipped(result) {
		r.Warnings = append(r.Warnings, err.Error())
	}
	for _, err := range result.Failed {
		r.Warnings = append(r.Warnings, "failed: "+err.Error())
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(o.run.Progress, "warning:", w)
	}
	if err := write(&r, o, stdout); err != nil {
		return err
	}
	if n := len(result.Failed); n > 0 {
		return fmt.Errorf("%d commands failed, the first: %w", n, result.Failed[0])
	}
	return nil
}

func skipped(result runner.Result) (errs []error) {
	for _, why := range result.Skipped {
		errs = append(errs, errors.New("skipped: "+why))
	}
	return errs
}

// write prints the report to stdout, or in each format to its file.
func write(r *report.Report, o options, stdout io.Writer) error {
	for _, format := range o.formats {
		var b bytes.Buffer
		if err := r.Write(format, &b); err != nil {
			return err
		}
		if o.out == "" {
			if _, err := stdout.Write(b.Bytes()); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(o.file(format), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
