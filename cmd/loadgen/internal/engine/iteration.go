package engine

import (
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// turn is the iteration that a connection has taken on, if its protocol is a stepper.
type turn struct {
	at      time.Duration // when it was to begin
	counted bool          // it belongs to what is measured
}

// goesOn reports whether an iteration has begun that is not over.
func (c *conn) goesOn() bool {
	if c.stepper == nil {
		return false
	}
	_, midway := c.stepper.step()
	return midway
}

// lane is where requests of the present step are counted in beside all others.
func (c *conn) lane() stats.Lane {
	if c.stepper == nil {
		return 0
	}
	i, _ := c.stepper.step()
	return c.run.lane + 1 + stats.Lane(i)
}

// stepped goes on to the next step.
func (c *conn) stepped(now time.Duration, refusal error) {
	if c.stepper == nil {
		return
	}
	pause, end := c.stepper.advance(refusal)
	if pause > 0 {
		c.ready = now + pause
	}
	switch {
	case !c.turn.counted:
	case end == completed:
		c.shard.Iteration(c.run.lane, now-c.turn.at)
	case end == endedEarly:
		c.shard.EndedEarly(c.run.lane)
	}
}

// giveUp ends the iteration, if one has begun, because of a failure.
func (c *conn) giveUp() {
	if !c.goesOn() {
		return
	}
	c.stepper.giveUp()
	if c.turn.counted {
		c.shard.EndedEarly(c.run.lane)
	}
}

// lane is where iterations of the i-th load's scenario are counted in. Those of its steps follow.
func (l Loads) lane(i int) stats.Lane {
	lane := stats.Lane(1)
	for _, c := range l[:i] {
		if c.Scenario != nil {
			lane += stats.Lane(1 + len(c.Scenario.Steps))
		}
	}
	return lane
}

// Iterations is where iterations of a single load are counted in; 0, if it is no scenario, or there are several loads.
func (l Loads) Iterations() stats.Lane {
	if len(l) > 1 || l[0].Scenario == nil {
		return 0
	}
	return l.lane(0)
}

// scenarios says what came of the loads that are scenarios.
func (l Loads) scenarios(total *stats.Total, elapsed time.Duration) (all []stats.Scenario) {
	for i, c := range l {
		if c.Scenario == nil {
			continue
		}
		s := stats.Scenario{Name: c.Scenario.Name, Target: c.Target.URL, Load: c.Load.String(), Connections: c.Connections}
		for _, step := range c.Scenario.Steps {
			s.Steps = append(s.Steps, stats.Step{Name: step.Name})
		}
		s.Fill(total, l.lane(i), elapsed)
		all = append(all, s)
	}
	return all
}
