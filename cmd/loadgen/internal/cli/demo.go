package cli

import (
	"fmt"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/server"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/sched"
)

// maxDemo is the longest part of a demo: two parts and what surrounds them stay under
// 15 seconds.
const maxDemo = 6 * time.Second

type demoCommand struct {
	Connections int           `short:"c" default:"50" help:"Connections."`
	Duration    time.Duration `short:"d" default:"4s" help:"How long each part runs, at most 6s."`
	Workers     int           `short:"w" placeholder:"N" help:"Workers of the runtime (one per core)."`
}

// Run implements the command.
func (c *demoCommand) Run(e *env) error {
	if c.Duration <= 0 || c.Duration > maxDemo {
		return usageError{fmt.Errorf("a duration of %v: give one above 0s and up to %v", c.Duration, maxDemo)}
	}
	if c.Connections < 1 {
		return usageError{fmt.Errorf("%d connections: give a number above 0", c.Connections)}
	}
	// Both ends of each connection are here.
	if err := needDescriptors(2 * c.Connections); err != nil {
		return usageError{err}
	}
	return withRuntime(c.Workers, func(rt *sched.Runtime) error {
		for _, mode := range []server.Mode{server.Echo, server.HTTP} {
			if err := c.part(e, rt, mode); err != nil {
				return err
			}
			if e.ctx.Err() != nil {
				break
			}
		}
		printMetrics(e.stdout, rt.Metrics())
		fmt.Fprintln(e.stdout, "demo: no errors")
		return nil
	})
}

// part serves in one mode and loads it.
func (c *demoCommand) part(e *env, rt *sched.Runtime, mode server.Mode) error {
	s, err := server.Listen(rt, server.Config{Mode: mode}, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	target, err := engine.ParseTarget(s.URL())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "— %v server and load in one process —\n", mode)
	config := engine.Config{
		Target: target, Connections: c.Connections, Duration: c.Duration,
		Timeout: 5 * time.Second, Size: 64, Method: "GET",
	}
	report, err := engine.Run(e.ctx, rt, config)
	if err != nil {
		return err
	}
	report.Machine = stats.ThisMachine()
	if err := report.WriteText(e.stdout); err != nil {
		return err
	}
	err = stop(s)
	counts := s.Counts()
	fmt.Fprint(e.stdout, "\nserver: ")
	printCounts(e.stdout, counts)
	fmt.Fprintln(e.stdout)
	if err != nil {
		return err
	}
	if report.Failed > 0 || report.Succeeded == 0 || counts.Failed > 0 || counts.Refused > 0 {
		fmt.Fprintln(e.stderr, "loadgen: the demo had errors")
		return errTold
	}
	return nil
}
