package agents

import (
	"time"
)

// Clocks.
//
// Machines' clocks differ, and move while one looks at them. So all times of a run are of monotonic clocks, which nobody sets, and
// each agent is told its start in terms of its own. How far its clock is from the coordinator's is estimated as NTP does it: the
// coordinator reads its clock (a), asks the agent for its own (x), and reads again (b). When the agent looked, the coordinator's
// was somewhere from a to b; taken to be in the middle, the offset x-(a+b)/2 is wrong by (b-a)/2 at most. Of some exchanges the one
// with the shortest way there and back is the best, whatever delayed the others.
//
// What a report shows is the same for the clocks of the day, which users know, and how far the start may be off.

// exchanges is how many are tried.
const exchanges = 12

// clock reads a monotonic clock and that of the day.
func clock() reading {
	now := time.Now()
	return reading{now.Sub(epoch), now.UnixNano()}
}

// epoch is what this process counts from.
var epoch = time.Now()

// at is the time at which the clock shows that.
func at(clock time.Duration) time.Time { return epoch.Add(clock) }

// exchange is one look at another clock.
type exchange struct {
	before, after reading
	other         reading
}

// offset is how far another clock is from one's own.
type offset struct {
	clock time.Duration // monotonic
	wall  time.Duration // of the day
	off   time.Duration // both may be wrong by
}

// trip is the way there and back.
func (x *exchange) trip() time.Duration { return x.after.Clock - x.before.Clock }

// estimate returns what exchanges say, of which there is at least one.
func estimate(all []exchange) offset {
	best := all[0]
	for _, x := range all[1:] {
		if x.trip() < best.trip() {
			best = x
		}
	}
	half := best.trip() / 2
	return offset{
		clock: best.other.Clock - best.before.Clock - half,
		wall:  time.Duration(best.other.Wall-best.before.Wall) - half,
		off:   best.trip() - half,
	}
}
