package server

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/draw"
	"github.com/magpie-go/magpie/waker"
)

// Faults is what a server does wrong on purpose, and how long it takes. The zero Faults is nothing of that.
type Faults struct {
	Latency draw.Time     // before each answer
	Jitter  time.Duration // up to this much more, each as likely as the other
	Errors  float64       // share of requests that are answered by an error: of HTTP by 500, of Redis by -ERR, of echo by other bytes, of UDP by nothing
	Closes  float64       // share of answers instead of which the connection is closed
	Resets  float64       // share of answers instead of which it is reset
}

// Phase is faults that hold for a part of the time, counted from the server's begin.
type Phase struct {
	From, To time.Duration
	Faults
}

// faultNames are how faults are called in a schedule.
const faultNames = "accepted are latency=DIST, jitter=TIME, errors=SHARE, closes=SHARE and resets=SHARE"

// Set sets one of the faults, by the name that flags and schedules have for it.
func (f *Faults) Set(name, value string) (err error) {
	switch name {
	case "latency":
		if f.Latency, err = draw.Parse(value); err != nil {
			return fmt.Errorf("latency %w", err)
		}
		return nil
	case "jitter":
		if f.Jitter, err = time.ParseDuration(value); err != nil || f.Jitter < 0 {
			return fmt.Errorf("jitter %q: give a time, such as 1ms", value)
		}
		return nil
	}
	share := map[string]*float64{"errors": &f.Errors, "closes": &f.Closes, "resets": &f.Resets}[name]
	if share == nil {
		return fmt.Errorf("%q: %s", name, faultNames)
	}
	number, percent := strings.CutSuffix(value, "%")
	if *share, err = strconv.ParseFloat(number, 64); percent {
		*share /= 100
	}
	if err != nil || !(*share >= 0 && *share <= 1) {
		return fmt.Errorf("%s %q: give a share from 0 to 100%%, such as 1%% or 0.01", name, value)
	}
	return nil
}

// ParsePhase reads FROM-TO:NAME=VALUE;NAME=VALUE, such as 10s-20s:errors=5%;latency=fixed(50ms).
func ParsePhase(text string) (p Phase, err error) {
	times, faults, ok := strings.Cut(text, ":")
	from, to, both := strings.Cut(times, "-")
	if ok && both {
		if p.From, err = time.ParseDuration(from); err == nil {
			p.To, err = time.ParseDuration(to)
		}
	}
	if !ok || !both || err != nil || p.From < 0 || p.To <= p.From {
		return p, fmt.Errorf("schedule %q: give FROM-TO:NAME=VALUE;…, such as '10s-20s:errors=5%%;latency=fixed(50ms)'", text)
	}
	for part := range strings.SplitSeq(faults, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if err := p.Set(name, value); err != nil {
			return p, fmt.Errorf("schedule %q: %w", text, err)
		}
	}
	return p, nil
}

// chaos is a server's faults in the course of time.
type chaos struct {
	always Faults
	phases []Phase
}

// isCalm reports whether there are none, at any time.
func (c *chaos) isCalm() bool { return c.always == (Faults{}) && len(c.phases) == 0 }

// at returns the faults at a time: those of the first phase that it is in, or those that always hold.
func (c *chaos) at(since time.Duration) *Faults {
	for i := range c.phases {
		if p := &c.phases[i]; since >= p.From && since < p.To {
			return &p.Faults
		}
	}
	return &c.always
}

// fate is what becomes of an answer.
type fate uint8

const (
	sent fate = iota
	closed
	reset
)

func (f *Faults) draw(r *rand.Rand) (fate, time.Duration) {
	switch x := r.Float64(); {
	case x < f.Closes:
		return closed, 0
	case x < f.Closes+f.Resets:
		return reset, 0
	}
	d := f.Latency.From(r)
	if f.Jitter > 0 {
		d += time.Duration(r.Int64N(int64(f.Jitter)))
	}
	return sent, d
}

// isTrue calls a function if there is one.
func isTrue(f func() bool) bool { return f != nil && f() }

// fails draws whether a request is to be answered by an error.
func (c *conn) fails() bool {
	share := c.server.chaos.at(time.Since(c.server.begun)).Errors
	return share > 0 && c.random.Float64() < share
}

// held draws, once for each answer, what is to become of it. It reports whether the answer has to wait, with the waker left for the
// end of that; an error ends the connection.
func (c *conn) held(cx *waker.Context) (bool, error) {
	if c.random == nil {
		return false, nil
	}
	if !c.fated {
		c.fated = true
		what, delay := c.server.chaos.at(time.Since(c.server.begun)).draw(c.random)
		switch what {
		case reset:
			_ = c.nc.SetLinger(0) // where that is not possible it is closed
			return false, errOver
		case closed:
			return false, errOver
		}
		if delay == 0 {
			return false, nil
		}
		c.timer.Reset(delay)
		c.delayed = true
	}
	if c.delayed && c.timer.Poll(cx).IsPending() {
		return true, nil
	}
	c.delayed = false
	return false, nil
}
