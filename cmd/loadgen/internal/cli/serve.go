package cli

import (
	"context"
	"errors"
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
	WS      bool   `name:"ws" xor:"mode" help:"Send back the messages of WebSocket."`
	Redis   bool   `xor:"mode" help:"Answer Redis commands, and store nothing."`
	UDP     bool   `name:"udp" xor:"mode" help:"Send back datagrams."`
	Addr    string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on, or unix://path; port 0 takes a free one (${default})."`
	Workers int    `short:"w" placeholder:"N" help:"Workers of the runtime (one per core)."`

	Stall    string   `group:"faults" placeholder:"100ms/1s" help:"Stand still for a part of each period: answer nothing, as a server does that collects garbage."`
	Latency  string   `group:"faults" placeholder:"DIST" help:"Wait before each answer: fixed(5ms), uniform(1ms,9ms), normal(5ms,1ms), exponential(5ms), lognormal(5ms,0.5)."`
	Jitter   string   `group:"faults" placeholder:"TIME" help:"Wait up to TIME more."`
	Errors   string   `group:"faults" placeholder:"1%" help:"Answer so many requests by an error: 500, -ERR, other bytes; over udp by nothing."`
	Closes   string   `group:"faults" placeholder:"1%" help:"Close so many connections instead of answering."`
	Resets   string   `group:"faults" placeholder:"1%" help:"Reset so many."`
	Schedule []string `group:"faults" sep:"none" placeholder:"PHASE" help:"Other faults for a time: '10s-20s:errors=5%;latency=50ms'; may be repeated."`
	Seed     uint64   `group:"faults" default:"1" placeholder:"1" help:"The same seed has the same faults."`
}

// config returns what the flags ask for.
func (c *serveCommand) config() (config server.Config, err error) {
	config = server.Config{Seed: c.Seed}
	for mode, is := range map[server.Mode]bool{server.HTTP: c.HTTP, server.WebSocket: c.WS, server.Redis: c.Redis, server.UDP: c.UDP} {
		if is {
			config.Mode = mode
		}
	}
	if c.Stall != "" {
		if config.Stall, err = server.ParseStall(c.Stall); err != nil {
			return config, err
		}
		if c.UDP {
			return config, errors.New("stall is not for udp, where what is not read is lost: give --latency")
		}
	}
	for _, f := range [][2]string{{"latency", c.Latency}, {"jitter", c.Jitter}, {"errors", c.Errors}, {"closes", c.Closes}, {"resets", c.Resets}} {
		if f[1] == "" {
			continue
		}
		if err := config.Faults.Set(f[0], f[1]); err != nil {
			return config, err
		}
	}
	for _, text := range c.Schedule {
		phase, err := server.ParsePhase(text)
		if err != nil {
			return config, err
		}
		config.Phases = append(config.Phases, phase)
	}
	return config, nil
}

// Run implements the command.
func (c *serveCommand) Run(e *env) error {
	config, err := c.config()
	if err != nil {
		return usageError{err}
	}
	network, address := "tcp", strings.TrimPrefix(c.Addr, "tcp://")
	if encoded, ok := strings.CutPrefix(c.Addr, "unix://"); ok {
		path, err := url.PathUnescape(encoded)
		if err != nil {
			return usageError{fmt.Errorf("address %q: write a percent sign as %%25", c.Addr)}
		}
		network, address = "unix", path
		if config.Mode != server.Echo && config.Mode != server.HTTP {
			return usageError{fmt.Errorf("address %q: only echo and http are served on Unix sockets; give HOST:PORT", c.Addr)}
		}
	}
	// A server cannot know how many will come: it takes what it can get.
	raiseDescriptors()
	return withRuntime(c.Workers, func(rt *sched.Runtime) error {
		s, err := server.Listen(rt, config, network, address)
		if err != nil {
			return usageError{fmt.Errorf("address %q: %w", c.Addr, err)}
		}
		fmt.Fprintf(e.stdout, "serving %v on %s with %d workers\n", config.Mode, s.URL(), rt.Workers())
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
