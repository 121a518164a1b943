package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

type commands struct {
	Run   runCommand   `cmd:"" help:"Put a load on a server and report what came of it."`
	Serve serveCommand `cmd:"" help:"Serve echo or HTTP until SIGINT or SIGTERM."`
	Demo  demoCommand  `cmd:"" help:"Serve and run in one process: echo, then HTTP, in under 15 seconds."`
}

const description = `Load generator and test server on the magpie runtime.

Exit codes: 0 done, 1 nothing succeeded (demo: any error), 2 wrong use.`

// env is what a command gets beside its flags.
type env struct {
	ctx            context.Context // done at SIGINT or SIGTERM
	stdout, stderr io.Writer
}

// errTold is the end of a command that has told what there is to tell.
var errTold = errors.New("failed")

// usageError is a wrong use that the command found.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exited is how kong's own exit, after --help, leaves the parser.
type exited int

// Main runs the command line and returns the exit code.
func Main(args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(exited)
			if !ok {
				panic(v)
			}
			code = int(e)
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("loadgen"), kong.Description(description), kong.Writers(stdout, stderr),
		kong.WithHyphenPrefixedParameters(true), // so that -1 is told to be wrong as a number
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		panic(err) // the commands above are declared wrongly
	}
	parsed, err := parser.Parse(goFlags(parser.Model, args))
	if err != nil {
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		if command := selected(err); command != "" {
			fmt.Fprintf(stderr, "see: loadgen %s --help\n", command)
		} else {
			fmt.Fprintln(stderr, "see: loadgen --help")
		}
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal is not caught: it ends a program that is slow to stop.
	context.AfterFunc(ctx, stop)

	var usage usageError
	switch err := parsed.Run(&env{ctx, stdout, stderr}); {
	case err == nil:
		return 0
	case errors.Is(err, errTold):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "loadgen: %v\nsee: loadgen %s --help\n", err, parsed.Selected().Name)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitFailed
	}
}

// selected returns the command in which parsing failed.
func selected(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		return parse.Context.Selected().Name
	}
	return ""
}

// goFlags lets flags be given as Go's own tools take them: -size or -size=64 for --size,
// and -c=2 for -c 2.
func goFlags(app *kong.Application, args []string) []string {
	long := map[string]bool{}
	for _, command := range app.Children {
		for _, f := range command.Flags {
			long[f.Name] = true
		}
	}
	out := slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		flag, ok := strings.CutPrefix(arg, "-")
		name, value, valued := strings.Cut(flag, "=")
		switch {
		case ok && len(name) == 1 && valued:
			out[i] = "-" + name + value
		case ok && len(name) > 1 && long[name]:
			out[i] = "-" + arg
		}
	}
	return out
}
