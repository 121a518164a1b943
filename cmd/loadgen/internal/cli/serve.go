package cli

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/server"
	"github.com/magpie-go/magpie/sched"
)

type serveCommand struct {
	Echo    bool   `xor:"mode" help:"Send back what comes (the default)."`
	HTTP    bool   `name:"http" xor:"mode" help:"Answer every HTTP/1.1 request with Hello, World!"`
	Addr    string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on, or unix://path; port 0 takes a free one (${default})."`
	Stall   string `placeholder:"100ms/1s" help:"Stand still for a part of each period: answer nothing, as a server does that collects garbage."`
	Workers int    `short:"w" placeholder:"N" help:"Workers of the runtime (one per core)."`
}

// Run implements the command.
func (c *serveCommand) Run(e *env) error {
	mode := server.Echo
	if c.HTTP {
		mode = server.HTTP
	}
	config := server.Config{Mode: mode}
	if c.Stall != "" {
		var err error
		if config.Stall, err = server.ParseStall(c.Stall); err != nil {
			return usageError{err}
		}
	}
	network, address := "tcp", strings.TrimPrefix(c.Addr, "tcp://")
	if encoded, ok := strings.CutPrefix(c.Addr, "unix://"); ok {
		path, err := url.PathUnescape(encoded)
		if err != nil {
			return usageError{fmt.Errorf("address %q: write a percent sign as %%25", c.Addr)}
		}
		network, address = "unix", path
	}
	// A server cannot know how many will come: it takes what it can get.
	raiseDescriptors()
	return withRuntime(c.Workers, func(rt *sched.Runtime) error {
		s, err := server.Listen(rt, config, network, address)
		if err != nil {
			return usageError{fmt.Errorf("address %q: %w", c.Addr, err)}
		}
		fmt.Fprintf(e.stdout, "serving %v on %s with %d workers\n", mode, s.URL(), rt.Workers())
		select {
		case <-e.ctx.Done():
		case <-s.Done():
		}
		err = stop(s)
		printCounts(e.stdout, s.Counts())
		printMetrics(e.stdout, rt.Metrics())
		return err
	})
}

// stopTime is how long connections may take to send the answers that they owe. With what
// comes after it a server ends within 5 seconds of the signal.
const stopTime = 4 * time.Second

func stop(s *server.Server) error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), stopTime, fmt.Errorf("waited %v for them", stopTime))
	defer cancel()
	return s.Stop(ctx)
}

func printCounts(w io.Writer, c server.Counts) {
	fmt.Fprintf(w, "connections %d (%d failed), requests %d (%d refused), received %d bytes, sent %d bytes, accept paused %d times\n",
		c.Accepted, c.Failed, c.Requests, c.Refused, c.BytesReceived, c.BytesSent, c.Backoffs)
}

func printMetrics(w io.Writer, m sched.Metrics) {
	fmt.Fprintf(w, "runtime: %d tasks, %d polls, %d steals of %d tasks, %d parks, %d wakes of sleepers, %d events in %v\n",
		m.Spawned, m.Polls, m.Steals, m.Stolen, m.Parks, m.Wakes, m.Events, m.Uptime.Round(1e6))
	for i, worker := range m.Workers {
		fmt.Fprintf(w, "  worker %d on core %d: %d polls, %d steals of %d tasks, %d parks\n",
			i, worker.CPU, worker.Polls, worker.Steals, worker.Stolen, worker.Parks)
	}
	for _, limit := range m.Limits {
		fmt.Fprintf(w, "  limit: %s\n", limit)
	}
}
