package engine

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/magpie-go/magpie/internal/spin"
)

// arrivals deals out the times at which the requests of an open load are to begin, to whichever connection asks next.
//
// The times are computed in closed form from a process of rate 1, whose n-th arrival is at n, or at the sum of n exponential
// variables: time t of a load comes where the integral of its rate up to t is as large as that. So nothing adds up that
// is rounded, and a load that falls behind is behind its schedule, which does not wait for it.
//
// Protocol: the lock guards everything. A connection takes the next time when it has room for a request, be that before the time
// or after it; so arrivals that find no connection free wait in the order of their times, as they would in front of the
// server.
//
// Rejected: a schedule for each connection, as wrk2 has it: what waits behind a slow reply is then what that connection was
// to send, while others stand idle. A task that hands times out: it would be late for one connection because it
// wakes another.
type arrivals struct {
	lock   spin.Lock
	config *Config
	limit  uint64  // measured arrivals after which the schedule ends; 0: none
	lanes  []*lane // shares of the schedule: one, and those of machines that are gone (deal.go)
}

func newArrivals(c *Config, limit uint64) *arrivals {
	return &arrivals{config: c, limit: limit, lanes: []*lane{newLane(c, limit, c.Portion)}}
}

// next returns the next time, counted from the begin of the run, and how many were before it. ok is false when there is none
// any more.
func (a *arrivals) next() (at time.Duration, n uint64, ok bool) {
	a.lock.Lock()
	defer a.lock.Unlock()
	var first *lane
	for _, s := range a.lanes {
		if !s.over && (first == nil || s.at < first.at) {
			first = s
		}
	}
	if first == nil {
		return 0, 0, false
	}
	at, n = first.at, first.n
	first.advance()
	return at, n, true
}

// due returns how many of the arrivals that are left come before a time, and takes them.
func (a *arrivals) due(before time.Duration) (n uint64) {
	for {
		at, _, ok := a.next()
		if !ok || at >= before {
			return n
		}
		n++
	}
}

// schedule is the times of a load, one after the other.
type schedule struct {
	random *rand.Rand      // of a Poisson process; nil: the arrivals are evenly spaced
	burst  int             // arrivals at a time
	taken  int             // of the burst
	last   time.Duration   // when that is
	replay []time.Duration // that are left, if the load is that

	sum           float64       // of the process of rate 1
	stages        []Stage       // that are left; sum is in the first, or beyond
	start         time.Duration // of that stage
	before, after float64       // arrivals by its begin, and by its end
}

func newSchedule(l *Load) schedule {
	a := schedule{burst: max(l.Burst, 1), replay: l.Replay, stages: l.Stages}
	a.taken = a.burst
	if len(a.stages) > 0 {
		a.after = a.stages[0].until(a.stages[0].For)
	}
	if l.Poisson {
		a.random = rand.New(rand.NewPCG(l.Seed, l.Seed^golden))
	} else {
		a.sum = -float64(a.burst) // the first is at 0
	}
	return a
}

// step goes on to the next time.
func (a *schedule) step() (at time.Duration, ok bool) {
	switch {
	case a.taken < a.burst:
		a.taken++
		return a.last, true
	case len(a.replay) > 0:
		at, a.replay = a.replay[0], a.replay[1:]
		return at, true
	}
	step := float64(a.burst)
	if a.random != nil {
		step *= a.random.ExpFloat64()
	}
	a.sum += step
	for len(a.stages) > 0 && a.sum >= a.after {
		a.start += a.stages[0].For
		a.before = a.after
		if a.stages = a.stages[1:]; len(a.stages) > 0 {
			a.after += a.stages[0].until(a.stages[0].For)
		}
	}
	if len(a.stages) == 0 {
		return 0, false
	}
	a.last, a.taken = a.start+a.stages[0].inverse(a.sum-a.before), 1
	return a.last, true
}

// until returns how many requests a stage asks for in its first t.
func (s *Stage) until(t time.Duration) float64 {
	x := t.Seconds()
	if s.Period > 0 {
		p := s.Period.Seconds() / (2 * math.Pi)
		return (s.From+s.To)/2*x - (s.To-s.From)/2*p*math.Sin(x/p)
	}
	return s.From*x + s.slope()*x*x/2
}

// slope is by how much the rate grows in a second.
func (s *Stage) slope() float64 { return (s.To - s.From) / s.For.Seconds() }

// inverse returns when a stage has asked for n requests.
func (s *Stage) inverse(n float64) time.Duration {
	if s.Period > 0 {
		low, high := time.Duration(0), s.For
		for high-low > 1 { // it grows with the time
			if mid := low + (high-low)/2; s.until(mid) < n {
				low = mid
			} else {
				high = mid
			}
		}
		return high
	}
	x := 2 * n / (s.From + math.Sqrt(max(s.From*s.From+2*s.slope()*n, 0)))
	return min(time.Duration(math.Round(x*float64(time.Second))), s.For)
}
