package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/doubt"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/sched"
)

// defaultDuration is the measured time of a run that is not limited otherwise.
const defaultDuration = 10 * time.Second

type runCommand struct {
	URL         string         `arg:"" optional:"" name:"url" help:"http[s]://host[:port]/path, http+unix://socket/path, ws[s]://…, redis[s]://host[:port]; to echo: tcp://host:port, tls://…, udp://…, unix://path."`
	Connections int            `main:"" short:"c" default:"50" help:"Connections, each with one request at a time."`
	Duration    *time.Duration `main:"" short:"d" placeholder:"10s" help:"How long to measure (10s, or no limit with -n)."`
	Requests    *int64         `main:"" short:"n" placeholder:"N" help:"Stop after N requests, failed ones included."`
	Size        int            `default:"64" placeholder:"64" help:"Bytes of an echo message, at least 16."`
	Workers     int            `short:"w" placeholder:"N" help:"Workers of the runtime (one per core)."`
	Warmup      time.Duration  `placeholder:"0s" help:"Run for this long before measuring."`
	Timeout     time.Duration  `default:"5s" placeholder:"5s" help:"Limit for one connect, all addresses together, and for one request."`
	Header      []string       `group:"http" short:"H" sep:"none" placeholder:"NAME: VALUE" help:"HTTP header to send; may be repeated."`
	Method      string         `group:"http" default:"GET" placeholder:"GET" help:"HTTP method."`
	Body        string         `group:"http" placeholder:"TEXT" help:"HTTP content to send."`
	MaxHeader   *int           `group:"http" placeholder:"65536" help:"Limit of an HTTP reply's header in bytes."`
	Lenient     bool           `group:"http" help:"Accept HTTP replies that bytes follow which should not."`

	Rate        string         `main:"" group:"load" placeholder:"N" help:"Begin N requests a second (1000, 2.5k): an open loop."`
	Stages      string         `group:"load" placeholder:"LIST" help:"Rates one after the other: 1k/10s, 0-5k/30s (a ramp), 100~1k@10s/1m (a sine)."`
	Replay      string         `group:"load" placeholder:"FILE" help:"Begin at the times in FILE: seconds, one a line."`
	Arrivals    string         `group:"load" placeholder:"constant" help:"constant, or poisson: at random, as many users."`
	Seed        uint64         `group:"load" default:"1" placeholder:"1" help:"Of poisson: the same seed has the same times."`
	Burst       *int           `group:"load" placeholder:"N" help:"Let requests come N at a time, at the same rate."`
	Deadline    *time.Duration `group:"load" placeholder:"TIME" help:"Do not send what is so late; count it as shed."`
	Pipeline    int            `group:"load" default:"1" placeholder:"1" help:"Requests that a connection may have under way."`
	Think       time.Duration  `group:"load" placeholder:"0s" help:"Pause after each reply, without a rate."`
	ConnectOver time.Duration  `group:"load" placeholder:"0s" help:"Spread the opening of connections over this time."`
	PerConn     *int64         `group:"load" name:"requests-per-connection" placeholder:"N" help:"Close a connection after N requests, open another."`

	requestFlags
	protocolFlags
	agentsFlags

	outputFlags
	Prometheus string        `group:"output" placeholder:"HOST:PORT" help:"Serve metrics at /metrics there while it runs."`
	Live       bool          `group:"output" negatable:"" default:"true" help:"Show the run as it goes on, on standard error: a view on a terminal, else a line each 5 s."`
	Interval   time.Duration `group:"output" default:"1s" placeholder:"1s" help:"Length of the intervals of the time series."`

	Fail        []string `main:"" group:"verdict" sep:"none" placeholder:"EXPR" help:"Exit with 99 unless this holds: 'p99<20ms', 'errors<0.1%', 'rate>50k'; may be repeated."`
	AbortOnFail bool     `group:"verdict" help:"End the run when one of them is broken, looked at each second."`

	files *engine.Files // where files come from; nil: the disk
}

func (c *runCommand) config() (config engine.Config, err error) {
	if err := c.useCurl(); err != nil {
		return config, err
	}
	var target engine.Target
	if c.Scenario == "" || c.URL != "" {
		if target, err = engine.ParseTarget(c.URL); err != nil {
			return config, err
		}
	}
	config = engine.Config{
		Files: c.files, Target: target, Connections: c.Connections, Warmup: c.Warmup, Timeout: c.Timeout,
		Size: c.Size, Method: c.Method, Headers: c.Header, Body: c.Body, Lenient: c.Lenient,
		Pipeline: c.Pipeline, Think: c.Think, ConnectOver: c.ConnectOver, Interval: c.Interval,
	}
	if c.Pipeline < 1 {
		return config, fmt.Errorf("%d requests under way on a connection: give a number from 1 to %d", c.Pipeline, engine.MaxPipeline)
	}
	if c.Interval == 0 { // which the engine takes for none said
		return config, fmt.Errorf("an interval of 0s: give one from %v on, such as 1s", engine.MinInterval)
	}
	if err := c.requestFlags.set(&config); err != nil {
		return config, err
	}
	if err := c.protocolFlags.set(&config); err != nil {
		return config, err
	}
	if config.Load, err = c.load(); err != nil {
		return config, err
	}
	if c.PerConn != nil {
		if *c.PerConn < 1 {
			return config, fmt.Errorf("%d requests a connection: give a number above 0", *c.PerConn)
		}
		config.PerConn = uint64(*c.PerConn)
	}
	if length := config.Load.Length(); config.Load.Ends() && c.Warmup >= length {
		return config, fmt.Errorf("a warm-up of %v: the load lasts for %v; give less", c.Warmup, length)
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
	case config.Load.Ends():
		// Until its last request is answered.
	case c.Requests == nil:
		config.Duration = defaultDuration
	}
	if c.Requests != nil {
		if *c.Requests < 1 {
			return config, fmt.Errorf("%d requests: give a number above 0", *c.Requests)
		}
		config.Requests = uint64(*c.Requests)
	}
	if c.Scenario != "" {
		return config, nil // it is whole with what the file says
	}
	return config, config.Check()
}

// Run implements the command.
func (c *runCommand) Run(e *env) error {
	if err := c.agentsFlags.check(); err != nil {
		return usageError{err}
	}
	spec, err := c.spec() // before curl's command line is taken apart
	if err != nil {
		return err
	}
	c.files = engine.KeepFiles()
	configs, err := c.configs()
	if err != nil {
		return usageError{err}
	}
	config := &configs[0]
	goals, err := stats.ParseGoals("--fail", c.Fail)
	if err != nil {
		return usageError{err}
	}
	if c.AbortOnFail {
		if len(goals) == 0 {
			return usageError{errors.New("abort-on-fail needs something that can fail: give --fail 'p99<20ms', say")}
		}
		config.Stop = goals.Broken
	}
	if c.Agents == nil {
		connections := 0
		for i := range configs {
			connections += configs[i].Connections
		}
		if err := needDescriptors(connections); err != nil {
			return usageError{err}
		}
	}
	out, err := c.open(e.stdout)
	if err != nil {
		return err
	}
	watchers, err := c.watch(e, configs, out)
	if err != nil {
		return err
	}
	defer watchers.close()
	config.Each = watchers.add
	if c.Agents != nil {
		report, err := c.coordinate(e, spec, engine.LoadsOf(*config, configs[1:]...))
		watchers.close()
		return c.end(e, out, goals, report, err)
	}
	return withRuntime(c.Workers, func(rt *sched.Runtime) error {
		report, err := engine.Run(e.ctx, rt, *config, configs[1:]...)
		watchers.close()
		if err != nil {
			return err
		}
		return c.end(e, out, goals, report, nil)
	})
}

// end writes the report, if there is one, and returns what the run failed in.
func (c *runCommand) end(e *env, out *outputs, goals stats.Goals, report *stats.Report, failure error) error {
	if report == nil {
		return failure
	}
	report.Machine = stats.ThisMachine()
	report.Doubts = doubt.Examine(report)
	if err := out.end(report); err != nil {
		return err
	}
	if failure != nil {
		return failure
	}
	if report.Succeeded == 0 && !report.Interrupted {
		fmt.Fprintln(e.stderr, "loadgen: no request succeeded")
		return errTold
	}
	if broken := goals.Broken(report); len(broken) > 0 {
		for _, text := range broken {
			fmt.Fprintln(e.stderr, "loadgen: failed:", text)
		}
		return errGoals
	}
	return nil
}

func checkOutput(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("output %q: accepted are text and json", format)
	}
	return nil
}

// shutdownTime is how long tasks have to end when nothing is to be done any more: all
// have been told to.
const shutdownTime = time.Second

// withRuntime calls f with a runtime.
func withRuntime(workers int, f func(*sched.Runtime) error) (err error) {
	if workers < 0 || workers > sched.MaxWorkers {
		return usageError{fmt.Errorf("%d workers: give a number from 1 to %d, or 0 for one per core", workers, sched.MaxWorkers)}
	}
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
