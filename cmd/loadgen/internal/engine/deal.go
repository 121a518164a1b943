package engine

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// How a load is dealt out to several machines.
//
// An open load is one schedule, and each machine computes all of it: of k machines the i-th sends the arrivals i, i+k, i+2k … So
// together they send what one would have sent, at the same times: evenly spaced, or the same Poisson process of the same
// seed, through ramps and bursts. To pass over what is another's costs some 20 ns.
//
// Rejected: a schedule of its own for each machine, of a k-th of the rate. Poisson processes do add up to one, but to another for each
// number of machines; even ones add up to clumps of k, unless each is shifted by its part of a gap, which ramps do not have.
//
// Connections, and the requests of a closed load, are numbers, and are split: each machine gets a k-th, and the first ones
// one more.
//
// When a machine is gone its share is split among those that are left in the same way: of the arrivals r, r+k, r+2k … the j-th
// of m others sends r+jk, r+jk+mk … Each is somebody's, and of one only.

// Share is the part of a schedule that one machine has: of each Of arrivals that of number Index. The zero Share is all.
type Share struct{ Index, Of uint64 }

// has reports whether the n-th arrival is in it.
func (s Share) has(n uint64) bool { return s.Of <= 1 || n%s.Of == s.Index }

// Split returns the i-th of n parts of a share.
func (s Share) Split(i, n int) Share {
	of := max(s.Of, 1)
	return Share{s.Index + uint64(i)*of, of * uint64(n)}
}

// divide returns the i-th of n parts of a number: they differ by 1 at most, and add up to it.
func divide[N int | uint64](of N, i, n int) N {
	part := of / N(n)
	if N(i) < of%N(n) {
		part++
	}
	return part
}

// Portion is what one machine of several has of a load. The zero Portion is all.
type Portion struct {
	Index, Of   int           // which, of how many there were at the begin
	First       int           // number of its first connection, of all machines'
	Connections int           // that it opens
	Requests    uint64        // of a closed load that has a number of them
	Share       Share         // of an open load
	From        time.Duration // arrivals before this time, since the begin of the run, are not taken
}

// Deal deals loads out to n machines: each gets a portion of each load.
func (l Loads) Deal(n int) ([][]Portion, error) {
	if n < 1 {
		return nil, fmt.Errorf("%d agents: give a number above 0", n)
	}
	var all []Portion
	first := 0
	for _, c := range l {
		whole := Portion{First: first, Connections: c.Connections}
		first += c.Connections
		if !c.Load.IsOpen() { // the schedule of an open one ends behind the last request
			whole.Requests = c.Requests
		}
		switch {
		case c.Connections < n:
			return nil, fmt.Errorf("%d connections on %d agents: give each one at least", c.Connections, n)
		case whole.Requests > 0 && whole.Requests < uint64(n):
			return nil, fmt.Errorf("%d requests on %d agents: give each one at least", c.Requests, n)
		case c.Requests > 0 && len(l) > 1:
			return nil, errors.New("a number of requests, several loads and several agents: give a duration, as it is not known which agent and load has how many")
		}
		all = append(all, whole)
	}
	return Split(all, n), nil
}

// Split splits portions of loads, for n others to take.
func Split(all []Portion, n int) [][]Portion {
	parts := make([][]Portion, n)
	for _, p := range all {
		for i := range parts {
			one := Portion{i, n, p.First, divide(p.Connections, i, n), divide(p.Requests, i, n), p.Share.Split(i, n), p.From}
			parts[i] = append(parts[i], one)
			p.First += one.Connections
		}
	}
	return parts
}

// Take returns the loads with what one machine has of them.
func (l Loads) Take(portions []Portion) (taken Loads) {
	for i, c := range l {
		one := *c
		if one.Portion = portions[i]; !one.Load.IsOpen() {
			one.Requests = one.Portion.Requests
		}
		one.Connections = one.Portion.Connections
		taken = append(taken, &one)
	}
	return taken
}

// Due returns how many requests that some portions have of open loads are to begin, measured, before a time since the begin of
// the run.
func (l Loads) Due(before time.Duration, portions ...[]Portion) (n uint64) {
	before = min(before, l.End())
	for i, c := range l {
		if !c.Load.IsOpen() {
			continue
		}
		a := &arrivals{config: c, limit: l.limit()}
		for _, p := range portions {
			a.add(p[i])
		}
		for {
			at, _, ok := a.next()
			if !ok || at >= before {
				break
			}
			if at >= l[0].Warmup {
				n++
			}
		}
	}
	return n
}

// limit is how many requests the schedule of a single open load has. Several loads count what is left as they go on.
func (l Loads) limit() uint64 {
	if len(l) > 1 {
		return 0
	}
	return l[0].Requests
}

// lane is a share of a schedule. What comes next is looked up in advance.
type lane struct {
	schedule
	share   Share
	from    time.Duration
	warmup  time.Duration
	limit   uint64 // measured arrivals of the whole schedule, after which it ends; 0: none
	counted uint64 // of them, how many there were

	n    uint64        // arrivals of the whole schedule before it
	at   time.Duration // of the next one
	over bool          // there is none
}

func newLane(c *Config, limit uint64, p Portion) *lane {
	s := &lane{schedule: newSchedule(&c.Load), share: p.Share, from: p.From, warmup: c.Warmup, limit: limit}
	s.n-- // before the first one
	s.advance()
	return s
}

// advance goes on to the next arrival of the share.
func (s *lane) advance() {
	for {
		at, ok := s.step()
		s.n++
		if ok && at >= s.warmup {
			s.counted++
		}
		if !ok || s.limit > 0 && s.counted > s.limit {
			s.over = true
			return
		}
		if at >= s.from && s.share.has(s.n) {
			s.at = at
			return
		}
	}
}

// add adds a share to those that are dealt out.
func (a *arrivals) add(p Portion) {
	s := newLane(a.config, a.limit, p)
	a.lock.Lock()
	defer a.lock.Unlock()
	a.lanes = slices.DeleteFunc(a.lanes, func(s *lane) bool { return s.over })
	a.lanes = append(a.lanes, s)
}
