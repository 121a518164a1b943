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
	random *rand.Rand // of a Poisson process; nil: the arrivals are evenly spaced
	burst  int        // arrivals at a time
	taken  int        // of the burst
	sum    float64    // of the process of rate 1
	began  bool
	stage  int     // that sum is in
	before float64 // arrivals of the stages before it
	start  time.Duration
	load   *Load
	at     time.Duration // of the present burst
}

func newArrivals(l *Load) *arrivals {
	a := &arrivals{load: l, burst: max(l.Burst, 1)}
	if l.Poisson {
		a.random = rand.New(rand.NewPCG(l.Seed, l.Seed^golden))
	}
	return a
}

// next returns the next time, counted from the begin of the run. ok is false when there is none any more.
func (a *arrivals) next() (at time.Duration, ok bool) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.taken > 0 && a.taken < a.burst {
		a.taken++
		return a.at, true
	}
	if a.load.Replay != nil {
		if a.stage == len(a.load.Replay) {
			return 0, false
		}
		a.stage++
		return a.load.Replay[a.stage-1], true
	}
	step := float64(a.burst)
	switch {
	case a.random != nil:
		a.sum += step * a.random.ExpFloat64()
	case a.began:
		a.sum += step
	}
	a.began = true
	for ; a.stage < len(a.load.Stages); a.stage++ {
		s := &a.load.Stages[a.stage]
		if n := s.until(s.For); a.sum-a.before >= n {
			a.before += n
			a.start += s.For
			continue
		}
		a.at, a.taken = a.start+s.inverse(a.sum-a.before), 1
		return a.at, true
	}
	return 0, false
}

// due returns how many of the arrivals that are left come before a time, and takes them.
func (a *arrivals) due(before time.Duration) (n uint64) {
	for {
		at, ok := a.next()
		if !ok || at >= before {
			return n
		}
		n++
	}
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
