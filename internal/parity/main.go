// Command parity reads the tables of docs/parity, which say what magpie has for each
// case that tokio, tokio-stream, tokio-util and futures-rs test, and checks them.
//
//	go run ./internal/parity [-missing] [-file text]
//
// A table is wrong if a row has another shape than docs/parity.md says, if a case is
// listed twice, or if a row names a test that its package does not have. Each fault is
// printed with its file and line, and the exit status is 1.
//
// The last line is always "N cases, M covered, K without meaning, L missing".
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	os.Exit(run(".", os.Args[1:], os.Stdout, os.Stderr))
}

// run is the command in the module at root. It returns the exit status.
func run(root string, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("parity", flag.ContinueOnError)
	flags.SetOutput(stderr)
	missing := flags.Bool("missing", false, "print each case that nothing covers")
	file := flags.String("file", "", "count only the cases whose source contains this `text`, such as \"tokio task_\"")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "parity: unexpected argument %q: it takes flags only\n", flags.Arg(0))
		return 2
	}
	tables, err := filepath.Glob(filepath.Join(root, "docs", "parity", "*.md"))
	if err == nil && len(tables) == 0 {
		err = fmt.Errorf("no tables docs/parity/*.md: run it in the module's directory")
	}
	if err != nil {
		fmt.Fprintln(stderr, "parity:", err)
		return 2
	}

	var cases []row
	var faults []fault
	for _, name := range tables {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(stderr, "parity:", err)
			return 2
		}
		short, _ := filepath.Rel(root, name)
		rows, bad := parse(filepath.ToSlash(short), string(text))
		cases = append(cases, rows...)
		faults = append(faults, bad...)
	}
	faults = append(faults, twice(cases)...)
	faults = append(faults, unknownTests(root, cases)...)
	sortFaults(faults)
	for _, f := range faults {
		fmt.Fprintln(stderr, f)
	}

	var count [len(statusNames)]int
	chosen := 0
	for _, c := range cases {
		if !strings.Contains(c.source, *file) {
			continue
		}
		chosen++
		count[c.status]++
		if *missing && c.status == isMissing {
			fmt.Fprintf(stdout, "%s %s\n", c.source, c.name)
		}
	}
	if chosen == 0 && *file != "" {
		fmt.Fprintf(stderr, "parity: no case's source contains %q\n", *file)
		return 2
	}
	fmt.Fprintf(stdout, "%d cases", chosen)
	for s, name := range statusNames {
		fmt.Fprintf(stdout, ", %d %s", count[s], name)
	}
	fmt.Fprintln(stdout)
	if len(faults) > 0 {
		return 1
	}
	return 0
}
