package cli

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/sched"
)

type findCommand struct {
	URL         string        `arg:"" name:"url" help:"As for run."`
	SLO         []string      `name:"slo" sep:"none" placeholder:"EXPR" help:"What is to be kept, as --fail of run: 'p99<5ms'; may be repeated."`
	From        string        `default:"100" placeholder:"100" help:"Rate to begin with, in requests a second."`
	To          string        `default:"10M" placeholder:"10M" help:"Rate beyond which it is not looked."`
	Within      float64       `default:"5" placeholder:"5" help:"How close to come, in percent."`
	Trial       time.Duration `default:"3s" placeholder:"3s" help:"How long each trial measures."`
	Warmup      time.Duration `default:"500ms" placeholder:"500ms" help:"Of each trial, before that."`
	Arrivals    string        `default:"poisson" placeholder:"poisson" help:"constant or poisson."`
	Connections int           `short:"c" default:"50" help:"Connections."`
	Timeout     time.Duration `default:"5s" placeholder:"5s" help:"Limit for one connect, and for one request."`
	Size        int           `default:"64" placeholder:"64" help:"Bytes of an echo message."`
	Workers     int           `short:"w" placeholder:"N" help:"Workers of the runtime (one per core)."`
	Output      string        `short:"o" default:"text" help:"Report as text or json."`

	protocolFlags

	Agents *int `hidden:""`
}

// found is what find has come to. Its JSON is stable as a report's is.
type found struct {
	Target string   `json:"target"`
	SLO    []string `json:"slo"`
	Rate   float64  `json:"rate"` // the highest that was kept
	Broken float64  `json:"broken_rate"`
	Trials []trial  `json:"trials"`
	Kept   int      `json:"kept"` // trials at the rate that kept it, of
	Of     int      `json:"of"`
	Limit  string   `json:"limit,omitempty"` // why it did not look higher
}

// trial is one run at a rate.
type trial struct {
	Rate     float64  `json:"rate"`
	Achieved float64  `json:"achieved"`
	P99      int64    `json:"p99_ns"`
	Kept     bool     `json:"kept"`
	Broken   []string `json:"broken,omitempty"`
}

// Run implements the command.
//
// It doubles the rate until that is too much, and then halves the interval between the highest rate that was kept and the
// lowest that was not, until they are close. A rate is taken for kept, or not, when two trials of three agree; the one that
// is found is tried twice more, to tell how sure that is.
func (c *findCommand) Run(e *env) error {
	if c.Agents != nil {
		return usageError{errors.New("agents are for run: find looks for what one machine makes; give loadgen run --agents N with rates of yours")}
	}
	from, to, goals, err := c.check()
	if err != nil {
		return usageError{err}
	}
	run := runCommand{
		URL: c.URL, Connections: c.Connections, Warmup: c.Warmup, Timeout: c.Timeout, Size: c.Size, Duration: &c.Trial,
		Method: "GET", Pipeline: 1, Rate: c.From, Arrivals: c.Arrivals, Seed: 1, Interval: time.Second,
		protocolFlags: c.protocolFlags,
	}
	config, err := run.config()
	if err != nil {
		return usageError{err}
	}
	if err := needDescriptors(c.Connections); err != nil {
		return usageError{err}
	}
	return withRuntime(c.Workers, func(rt *sched.Runtime) error {
		f := &finder{e: e, rt: rt, config: config, goals: goals, tell: c.Output == "text"}
		f.Target, f.SLO = config.Target.URL, c.SLO
		if err := f.search(from, to, 1+c.Within/100); err != nil {
			return err
		}
		if c.Output == "json" {
			return stats.WriteJSON(e.stdout, &f.found)
		}
		f.text()
		return nil
	})
}

func (c *findCommand) check() (from, to float64, goals stats.Goals, err error) {
	if len(c.SLO) == 0 {
		return 0, 0, nil, errors.New("there is nothing to keep: give --slo 'p99<5ms', say")
	}
	if goals, err = stats.ParseGoals("--slo", c.SLO); err != nil {
		return 0, 0, nil, err
	}
	if from, err = engine.ParseRate(c.From); err != nil {
		return 0, 0, nil, err
	}
	if to, err = engine.ParseRate(c.To); err != nil {
		return 0, 0, nil, err
	}
	switch {
	case from < 1 || to < from:
		err = fmt.Errorf("rates from %g to %g: give two from 1 on, the lower one first", from, to)
	case !(c.Within >= 0.5 && c.Within <= 50):
		err = fmt.Errorf("within %g percent: give 0.5 to 50", c.Within)
	case c.Trial <= 0:
		err = fmt.Errorf("trials of %v: give a time above 0, such as 3s", c.Trial)
	default:
		err = checkOutput(c.Output)
	}
	return from, to, goals, err
}

// finder looks for a rate.
type finder struct {
	found
	e      *env
	rt     *sched.Runtime
	config engine.Config
	goals  stats.Goals
	tell   bool
	works  bool   // a request has succeeded
	reason string // why one has not
}

func (f *finder) search(rate, most, close float64) error {
	for f.Broken == 0 {
		kept, err := f.keeps(rate)
		if err != nil {
			return err
		}
		switch {
		case !kept:
			f.Broken = rate
		case rate >= most:
			f.Rate, f.Limit = rate, "it was not to look higher"
			return f.confirm()
		default:
			f.Rate = rate
			rate = min(2*rate, most)
		}
	}
	if f.Rate == 0 {
		f.Limit = "the lowest rate was too much"
		return nil
	}
	for f.Broken/f.Rate > close {
		rate := (f.Rate + f.Broken) / 2
		kept, err := f.keeps(rate)
		if err != nil {
			return err
		}
		if kept {
			f.Rate = rate
		} else {
			f.Broken = rate
		}
	}
	return f.confirm()
}

// keeps reports what two trials agree on.
func (f *finder) keeps(rate float64) (bool, error) {
	votes := [2]int{}
	for {
		kept, err := f.try(rate)
		if err != nil {
			return false, err
		}
		i := 0
		if kept {
			i = 1
		}
		if votes[i]++; votes[i] < 2 {
			continue
		}
		if !f.works { // it is no rate that was too much
			return false, errors.New("no request succeeded" + f.reason)
		}
		return kept, nil
	}
}

// confirm tries what was found twice more.
func (f *finder) confirm() error {
	for range 2 {
		if _, err := f.try(f.Rate); err != nil {
			return err
		}
	}
	for _, t := range f.Trials {
		if t.Rate == f.Rate {
			f.Of++
			if t.Kept {
				f.Kept++
			}
		}
	}
	return nil
}

func (f *finder) try(rate float64) (bool, error) {
	f.config.Load.Stages = engine.Constant(rate)
	f.config.Load.Seed++
	r, err := engine.Run(f.e.ctx, f.rt, f.config)
	if err != nil {
		return false, err
	}
	if f.e.ctx.Err() != nil {
		return false, errors.New("interrupted before a rate was found")
	}
	if why, ok := r.ErrorExamples[stats.DNS.String()]; ok {
		return false, errors.New(why)
	}
	f.works = f.works || r.Succeeded > 0
	most := uint64(0)
	for kind, n := range r.Errors {
		if n > most {
			most, f.reason = n, ": "+cmp.Or(r.ErrorExamples[kind], kind)
		}
	}
	t := trial{Rate: rate, Achieved: r.Rate.Achieved, P99: r.Latency.P99, Broken: f.goals.Broken(r)}
	if !r.Rate.IsKept() {
		t.Broken = append(t.Broken, fmt.Sprintf("the rate could not be kept: %.0f of %.0f a second begun", r.Rate.Achieved, r.Rate.Asked))
	}
	t.Kept = len(t.Broken) == 0
	f.Trials = append(f.Trials, t)
	if f.tell {
		verdict := "kept"
		if !t.Kept {
			verdict = t.Broken[0]
		}
		p99 := "no reply"
		if r.Requests > 0 {
			p99 = "p99 " + stats.Human(t.P99)
		}
		fmt.Fprintf(f.e.stdout, "%12.0f a second: %s, %s\n", rate, p99, verdict)
	}
	return t.Kept, nil
}

func (f *finder) text() {
	switch {
	case f.Rate == 0:
		fmt.Fprintf(f.e.stdout, "not even %.0f a second: begin lower, with --from\n", f.Broken)
	case f.Limit != "":
		fmt.Fprintf(f.e.stdout, "%.0f a second was kept in %d of %d trials; %s (--to)\n", f.Rate, f.Kept, f.Of, f.Limit)
	default:
		fmt.Fprintf(f.e.stdout, "%.0f a second was kept in %d of %d trials, and %.0f was not\n", f.Rate, f.Kept, f.Of, f.Broken)
	}
}
