package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
	exitGoals  = 99
)

type commands struct {
	Run        runCommand        `cmd:"" help:"Put a load on a server and report what came of it."`
	Agent      agentCommand      `cmd:"" help:"Wait for runs that are dealt out to several machines."`
	Find       findCommand       `cmd:"" help:"Find the highest rate at which a server keeps what is asked of it."`
	Report     reportCommand     `cmd:"" help:"Write a saved run anew, in another format."`
	Compare    compareCommand    `cmd:"" help:"Say whether one saved run was better than another, or chance."`
	Serve      serveCommand      `cmd:"" help:"Serve echo, HTTP and other protocols, with faults if asked for, until SIGINT or SIGTERM."`
	Demo       demoCommand       `cmd:"" help:"Serve and run in one process: echo, then HTTP."`
	Completion completionCommand `cmd:"" help:"Print a shell's completion of this program."`
	Man        manCommand        `cmd:"" help:"Print the manual page."`

	Version kong.VersionFlag `hidden:"" help:"Show the version."`
	Config  string           `hidden:"" placeholder:"FILE" help:"Flags from a file."`
}

const description = `Load generator and test server on the magpie runtime.`

const exitHelp = `0 done, 1 nothing succeeded (demo: any error), 2 wrong use, 99 a --fail was broken.`

// env is what a command gets beside its flags.
type env struct {
	ctx            context.Context // done at SIGINT or SIGTERM
	stdout, stderr io.Writer
	app            *kong.Node
}

// errTold is the end of a command that has told what there is to tell.
var errTold = errors.New("failed")

// errGoals is the end of a run that broke what --fail asks for.
var errGoals = errors.New("a goal was missed")

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
		durations, kong.Name("loadgen"), kong.Vars{"version": version()}, kong.Description(description), kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.Help(printHelp),
	)
	if err != nil {
		panic(err) // the commands above are declared wrongly
	}
	app := parser.Model.Node
	if len(args) == 2 && args[0] == "help" {
		if page, ok := topicPage(app, args[1]); ok {
			_, _ = io.WriteString(stdout, page)
			return 0
		}
	}
	args, command, err := normalize(app, args)
	if err == nil {
		args, err = configure(app, asScenario(args, command), command, os.Environ())
	}
	if err != nil {
		return misuse(stderr, err, command)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return misuse(stderr, err, selected(err))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal is not caught: it ends a program that is slow to stop.
	context.AfterFunc(ctx, stop)

	var usage usageError
	switch err := parsed.Run(&env{ctx, stdout, stderr, app}); {
	case err == nil:
		return 0
	case errors.Is(err, errTold):
		return exitFailed
	case errors.Is(err, errGoals):
		return exitGoals
	case errors.As(err, &usage):
		return misuse(stderr, err, parsed.Selected().Name)
	default:
		fmt.Fprintf(stderr, "loadgen: %v\n", err)
		return exitFailed
	}
}

// misuse tells what is wrong with the use of a command, or of none.
func misuse(stderr io.Writer, err error, command string) int {
	if command != "" {
		command += " "
	}
	fmt.Fprintf(stderr, "loadgen: %v\nsee: loadgen %s--help\n", err, command)
	return exitUsage
}

// selected returns the command in which parsing failed.
func selected(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		return parse.Context.Selected().Name
	}
	return ""
}
