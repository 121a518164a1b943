// Asyncgen compiles async functions to state machines.
//
//	asyncgen [-check] [-strict] [-v] [package...]
//
// Without packages it compiles the one in the current directory. See the package comment of
// cmd/asyncgen/internal/compile for what it makes of a function.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
)

func main() { os.Exit(run()) }

func run() int {
	flags := flag.NewFlagSet("asyncgen", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: asyncgen [-check] [-strict] [-v] [package...]\n"+
			"compiles the functions that are marked //magpie:async to state machines")
		flags.PrintDefaults()
	}
	o := compile.Options{Out: os.Stdout, Err: os.Stderr}
	flags.BoolVar(&o.Check, "check", false, "write nothing; fail if a generated file is stale")
	flags.BoolVar(&o.Strict, "strict", false, "fail if a function cannot be compiled, instead of leaving it on the coroutine")
	flags.BoolVar(&o.Verbose, "v", false, "tell of each function its states, its bytes and what it keeps")
	switch err := flags.Parse(os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	o.Patterns = flags.Args()
	if len(o.Patterns) == 0 {
		o.Patterns = []string{"."}
	}
	dir, err := os.Getwd()
	if err == nil {
		o.Dir = dir
		err = compile.Run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
