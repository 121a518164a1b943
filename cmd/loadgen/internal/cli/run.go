package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/sched"
)

// defaultDuration is the measured time of a run that is not limited otherwise.
const defaultDuration = 10 * time.Second

type runCommand struct {
	URL         string         `arg:"" name:"url" help:"tcp://host:port or unix://path for an echo server, http://host[:port]/path or http+unix://socket/path for HTTP."`
	Connections int            `short:"c" default:"50" help:"Connections, each with one request at a time."`
	Duration    *time.Duration `short:"d" placeholder:"10s" help:"How long to measure (10s, or no limit with -n)."`
	Requests    *int64         `short:"n" placeholder:"N" help:"Stop after N requests, failed ones included."`
	Size        int            `default:"64" placeholder:"64" help:"Bytes of an echo message, at least 16."`
	Workers     int            `short:"w" placeholder:"N" help:"Workers of the runtime (one per core)."`
	Warmup      time.Duration  `placeholder:"0s" help:"Run for this long before measuring."`
	Timeout     time.Duration  `default:"5s" placeholder:"5s" help:"Limit for one connect, all addresses together, and for one request."`
	Output      string         `short:"o" default:"text" help:"Report as text or json."`
	Header      []string       `short:"H" sep:"none" placeholder:"NAME: VALUE" help:"HTTP header to send; may be repeated."`
	Method      string         `default:"GET" placeholder:"GET" help:"HTTP method."`
	Body        string         `placeholder:"TEXT" help:"HTTP content to send."`
	MaxHeader   *int           `placeholder:"65536" help:"Limit of an HTTP reply's header in bytes."`
	Lenient     bool           `help:"Accept HTTP replies that bytes follow which should not."`
}

func (c *runCommand) config() (config engine.Config, err error) {
	if c.Output != "text" && c.Output != "json" {
		return config, fmt.Errorf("output %q: accepted are text and json", c.Output)
	}
	target, err := engine.ParseTarget(c.URL)
	if err != nil {
		return config, err
	}
	config = engine.Config{
		Target: target, Connections: c.Connections, Warmup: c.Warmup, Timeout: c.Timeout,
		Size: c.Size, Method: c.Method, Headers: c.Header, Body: c.Body, Lenient: c.Lenient,
	}
	if c.MaxHeader != nil {
		if config.MaxHead = *c.MaxHeader; config.MaxHead == 0 {
			return config, fmt.Errorf("a header limit of 0 bytes: give one from %d to %d", engine.MinMaxHead, engine.MaxMaxHead)
		}
	}
	switch {
	case c.Duration != nil && *c.Duration <= 0:
		return config, fmt.Errorf("a duration of %v: give one above 0, such as 10s", *c.Duration)
	case c.Duration != nil:
		config.Duration = *c.Duration
	case c.Requests == nil:
		config.Duration = defaultDuration
	}
	if c.Requests != nil {
		if *c.Requests < 1 {
			return config, fmt.Errorf("%d requests: give a number above 0", *c.Requests)
		}
		config.Requests = uint64(*c.Requests)
	}
	return config, config.Check()
}

// Run implements the command.
func (c *runCommand) Run(e *env) error {
	config, err := c.config()
	if err != nil {
		return usageError{err}
	}
	if err := needDescriptors(c.Connections); err != nil {
		return usageError{err}
	}
	return withRuntime(c.Workers, func(rt *sched.Runtime) error {
		report, err := engine.Run(e.ctx, rt, config)
		if err != nil {
			return err
		}
		if err := write(e.stdout, report, c.Output); err != nil {
			return err
		}
		if report.Succeeded == 0 && !report.Interrupted {
			fmt.Fprintln(e.stderr, "loadgen: no request succeeded")
			return errTold
		}
		return nil
	})
}

func write(w io.Writer, report *stats.Report, format string) error {
	report.Machine = stats.ThisMachine()
	if format == "json" {
		return report.WriteJSON(w)
	}
	return report.WriteText(w)
}

// shutdownTime is how long tasks have to end when nothing is to be done any more: all
// have been told to.
const shutdownTime = time.Second

// withRuntime calls f with a runtime.
func withRuntime(workers int, f func(*sched.Runtime) error) (err error) {
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		return usageError{err}
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		if stuck := rt.Shutdown(ctx); err == nil {
			err = stuck
		}
	}()
	return f(rt)
}
