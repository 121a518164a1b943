package cli

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
)

// load returns when requests are to begin.
func (c *runCommand) load() (l engine.Load, err error) {
	given := 0
	for _, text := range []string{c.Rate, c.Stages, c.Replay} {
		if text != "" {
			given++
		}
	}
	if given > 1 {
		return l, errors.New("rate, stages and replay exclude one another: give one of them")
	}
	switch {
	case c.Rate != "":
		rate, err := engine.ParseRate(c.Rate)
		if err != nil {
			return l, err
		}
		l.Stages = engine.Constant(rate)
	case c.Stages != "":
		if l.Stages, err = engine.ParseStages(c.Stages); err != nil {
			return l, err
		}
	case c.Replay != "":
		if l.Replay, err = readTimes(c.files, c.Replay); err != nil {
			return l, err
		}
	}
	switch c.Arrivals {
	case "", "constant":
	case "poisson":
		l.Poisson = true
	default:
		return l, fmt.Errorf("arrivals %q: accepted are constant and poisson", c.Arrivals)
	}
	l.Seed = c.Seed
	if c.Burst != nil {
		if l.Burst = *c.Burst; l.Burst < 1 {
			return l, fmt.Errorf("a burst of %d: give a number above 0", l.Burst)
		}
	}
	if c.Deadline != nil {
		if l.Deadline = *c.Deadline; l.Deadline <= 0 {
			return l, fmt.Errorf("a deadline of %v: give one above 0, such as 100ms", l.Deadline)
		}
	}
	return l, nil
}

func readTimes(files *engine.Files, name string) ([]time.Duration, error) {
	content, err := files.Read(name)
	if err != nil {
		return nil, err
	}
	times, err := engine.ReadTimes(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return times, nil
}
