// Package cli is the command line of the benchmark program.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/magpie-go/magpie/bench/internal/kit"
	"github.com/magpie-go/magpie/bench/internal/report"
	"github.com/magpie-go/magpie/bench/internal/runner"
	"github.com/magpie-go/magpie/bench/internal/suites"
)

// The program's exit codes.
const (
	ok     = 0
	failed = 1 // something did not run
	usage  = 2 // the command line is wrong
)

// maxCount is how many repetitions there may be: a week of them.
const maxCount = 10_000

// options is a command line that has been checked.
type options struct {
	suites  []suites.Suite
	formats []string
	out     string
	list    bool
	quiet   bool
	run     runner.Options
}

// Main runs the program and returns its exit code.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == childCommand {
		return child(args[1:], stdout, stderr)
	}
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return ok
	case err != nil:
		fmt.Fprintln(stderr, "bench:", err)
		return usage
	case o.list:
		list(o.suites, stdout)
		return ok
	}
	if err := measureAll(ctx, o, args, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return failed
	}
	return ok
}

const help = `Measures magpie, goroutines and the programs of the peers' kit in turns, and compares them.

usage: bench [flags]

`

// parse reads a command line; what is wrong with it is an error for people.
func parse(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(io.Discard) // errors are printed by the caller, once
	suite := f.String("suite", strings.Join(suites.Names(), ","), "suites, separated by commas")
	format := f.String("format", "text", "how to print: "+strings.Join(report.Formats(), ", ")+", or several of them with -o")
	peers := f.String("peers", kit.Built("."), "directory of the peers' kit, with its programs built; bench/peers, if it is; empty: no peers")
	bench := f.String("bench", "", "only benchmarks whose name matches this regular expression")
	f.StringVar(&o.out, "o", "", "file to print to; with several formats, its name without the ending")
	f.IntVar(&o.run.Count, "count", 5, "repetitions of everything")
	f.DurationVar(&o.run.Time, "time", 1500*time.Millisecond, "how long to measure in a repetition; twice that for a server")
	f.StringVar(&o.run.Echo, "echo", "", "built examples/echo to measure instead of building it")
	f.StringVar(&o.run.Lock, "lock", defaultLock(), "file to lock while measuring, also BENCH_LOCK")
	f.BoolVar(&o.list, "list", false, "list suites and benchmarks instead")
	f.BoolVar(&o.quiet, "q", false, "no progress on standard error")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, help)
			f.SetOutput(stderr)
			f.PrintDefaults()
		}
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q; everything is a flag (-h lists them)", f.Arg(0))
	}
	if o.suites, err = suites.Select(split(*suite)); err != nil {
		return o, fmt.Errorf("-suite: %w", err)
	}
	if len(o.suites) == 0 {
		return o, errors.New("-suite names no suite")
	}
	if o.formats, err = parseFormats(split(*format), o.out); err != nil {
		return o, fmt.Errorf("-format: %w", err)
	}
	if !o.list {
		if err := o.checkFiles(); err != nil { // before all is measured that is to stand in them
			return o, fmt.Errorf("-o: %w", err)
		}
	}
	if o.run.Count < 1 || o.run.Count > maxCount {
		return o, fmt.Errorf("-count is %d; it must be 1 to %d", o.run.Count, maxCount)
	}
	if o.run.Time <= 0 || o.run.Time > time.Minute {
		return o, fmt.Errorf("-time is %v; it must be more than 0 and at most a minute", o.run.Time)
	}
	if *bench != "" {
		if o.run.Filter, err = regexp.Compile(*bench); err != nil {
			return o, fmt.Errorf("-bench: %w", err)
		}
	}
	if *peers != "" {
		if o.run.Kit, err = kit.Open(*peers); err != nil {
			return o, fmt.Errorf("-peers: %w", err)
		}
	}
	if o.run.Echo != "" {
		if o.run.Echo, err = filepath.Abs(o.run.Echo); err != nil {
			return o, fmt.Errorf("-echo: %w", err)
		}
		if _, err := os.Stat(o.run.Echo); err != nil {
			return o, fmt.Errorf("-echo: %w", err)
		}
	}
	return o, nil
}

// file returns the name of the file that a format is printed to.
func (o *options) file(format string) string {
	if len(o.formats) > 1 {
		return o.out + report.Ending(format)
	}
	return o.out
}

// checkFiles returns why a file cannot be printed to, as far as that can be told without making it.
func (o *options) checkFiles() error {
	if o.out == "" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(o.out)); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is no folder", filepath.Dir(o.out))
	}
	for _, f := range o.formats {
		if info, err := os.Stat(o.file(f)); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a folder; it wants the name of a file", o.file(f))
		}
	}
	return nil
}

func split(list string) (parts []string) {
	for p := range strings.SplitSeq(list, ",") {
		if p = strings.TrimSpace(p); p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts
}

func parseFormats(names []string, out string) ([]string, error) {
	if len(names) == 0 {
		return nil, errors.New("it names no format")
	}
	for _, n := range names {
		if !report.Known(n) {
			return nil, fmt.Errorf("no format %q; there are %s", n, strings.Join(report.Formats(), ", "))
		}
	}
	if len(names) > 1 && out == "" {
		return nil, errors.New("several formats need -o to name their files")
	}
	return names, nil
}

// defaultLock is the lock file that the scripts of the peers' kit use.
func defaultLock() string {
	if l := os.Getenv("BENCH_LOCK"); l != "" {
		return l
	}
	return filepath.Join(os.TempDir(), "bench.lock")
}

// list prints what there is to run.
func list(selected []suites.Suite, out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range selected {
		fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Doc)
		var benches []string
		peers := map[string][]string{}
		for _, j := range s.Jobs {
			for _, b := range j.Benches() {
				if peers[b] == nil {
					benches = append(benches, b)
				}
				peers[b] = append(peers[b], j.Peers()...)
			}
		}
		for _, b := range benches {
			fmt.Fprintf(w, "  %s\t%s\n", b, strings.Join(peers[b], ", "))
		}
	}
	w.Flush()
}
