package stats

import "time"

// Noise is what else the machine did while a run measured. What it does not tell is 0.
type Noise struct {
	Busy        float64 `json:"busy_cores"`             // mean number of cores busy, with this process or others
	Steal       float64 `json:"steal_share"`            // of all cores' time, that a hypervisor gave to other machines
	Preemptions uint64  `json:"preemptions"`            // how often this process lost a core that it wanted to keep
	SameMachine bool    `json:"server_on_this_machine"` // and not kept to cores that this process does not use
}

// Clock is readings of the machine's clocks of CPU time.
type Clock struct {
	at          time.Time
	busy, steal time.Duration // of all cores
	preemptions uint64
}

// ReadClock reads them.
func ReadClock() Clock {
	c := Clock{at: time.Now(), preemptions: preemptions()}
	c.busy, c.steal = machineTimes()
	return c
}

// least is how much time has to pass between two readings: the clocks go by hundredths of a second, so of a millisecond they say
// that more cores were busy than there are.
const least = 100 * time.Millisecond

// Since returns what happened since an earlier reading, on so many cores.
func (c Clock) Since(before Clock, cores int) (n Noise) {
	n.Preemptions = c.preemptions - before.preemptions
	if d := c.at.Sub(before.at); d >= least {
		s := d.Seconds()
		n.Busy = min((c.busy-before.busy).Seconds()/s, float64(cores))
		n.Steal = (c.steal - before.steal).Seconds() / (s * float64(cores))
	}
	return n
}
