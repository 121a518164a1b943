// Command mutants breaks the lock-free core on purpose, one line at a time, and
// checks that a test notices.
//
//	go run ./internal/mutants [-run regexp] [-short] [-v]
//
// Each mutant of the table (the files table_*.go) replaces one piece of text in one
// file. The checkout is never touched: the broken file is given to go test by its
// -overlay flag. A mutant that survives is a missing test.
//
// It prints one line a mutant and exits with status 1 if one survives, does not
// apply or does not compile, or if a test fails without any mutant.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/magpie-go/magpie/internal/mutants/trial"
)

func main() {
	run := flag.String("run", "", "apply only mutants whose name matches this `regexp`")
	short := flag.Bool("short", false, "apply only the mutants marked for a short run")
	verbose := flag.Bool("v", false, "print what the tests that caught a mutant said")
	timeout := flag.Duration("timeout", time.Minute, "a test that runs longer, and five times as long as when nothing is broken, has noticed (it hangs)")
	flag.Parse()
	match, err := regexp.Compile(*run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants: -run:", err)
		os.Exit(2)
	}
	var chosen []mutant
	for _, m := range table() {
		if match.MatchString(m.name) && (m.short || !*short) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		fmt.Fprintln(os.Stderr, "mutants: no mutant matches")
		os.Exit(2)
	}
	root, err := trial.ModuleRoot()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	r := runner{root: root, timeout: *timeout, verbose: *verbose, out: os.Stdout, sound: map[string]func() soundness{}}
	bad := r.runAll(chosen)
	fmt.Printf("%d mutants, %d caught, %d not\n", len(chosen), len(chosen)-bad, bad)
	if bad > 0 {
		os.Exit(1)
	}
}
