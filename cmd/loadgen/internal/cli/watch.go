package cli

import (
	"fmt"
	"runtime"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/live"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/prom"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// watchers are told of a run while it goes on.
type watchers struct {
	out  *outputs
	prom *prom.Server // or nil
	live live.Shower  // or nil
}

// watch begins what the flags ask for.
func (c *runCommand) watch(e *env, configs []engine.Config, out *outputs) (w *watchers, err error) {
	w = &watchers{out: out}
	if c.Prometheus != "" {
		if w.prom, err = prom.Serve(c.Prometheus); err != nil {
			return nil, usageError{fmt.Errorf("prometheus %q: %w", c.Prometheus, err)}
		}
		if c.Output == "text" {
			fmt.Fprintf(e.stderr, "metrics on http://%s/metrics\n", w.prom.Addr())
		}
	}
	if c.Live {
		config := &configs[0]
		run := live.Run{
			Title: config.Target.URL, Load: config.Load.String(), Workers: c.Workers,
			Duration: config.Duration, Requests: config.Requests,
		}
		for i := range configs {
			run.Connections += configs[i].Connections
		}
		if run.Workers == 0 {
			run.Workers = runtime.NumCPU()
		}
		if p := config.Target.Protocol; p == engine.HTTP || p == engine.HTTP2 {
			run.Title = config.Method + " " + run.Title
		}
		if c.Scenario != "" {
			run.Title, run.Load, run.Requests = c.Scenario, fmt.Sprintf("%d scenarios", len(configs)), 0
		}
		if run.Duration == 0 && config.Load.Ends() {
			for i := range configs {
				run.Duration = max(run.Duration, configs[i].Load.Length()-config.Warmup)
			}
		}
		w.live = live.New(e.ctx, e.stderr, run)
	}
	return w, nil
}

// add is told of an interval as it ends.
func (w *watchers) add(i *stats.Interval, r *stats.Report) {
	w.out.interval(i)
	if w.prom != nil {
		w.prom.Add(i)
	}
	if w.live != nil {
		w.live.Add(i, r)
	}
}

// close ends what was begun; more than once is the same as once.
func (w *watchers) close() {
	if w.live != nil {
		w.live.Close()
		w.live = nil
	}
	if w.prom != nil {
		_ = w.prom.Close() // who asks after that is told nothing
		w.prom = nil
	}
}
