package stats

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Lane is what some of a run's requests are counted in beside all others: those of one step of a scenario, or its
// iterations. Lanes are numbered from 1 on; 0 is none.
type Lane int

// laneDigits is the precision of a lane's times: within 1 percent, in 30 KB for each worker.
const laneDigits = 2

// lane is what is counted in one.
type lane struct {
	times    *hdrhistogram.Histogram
	failures [kinds]uint64
	early    uint64 // iterations that a failure ended
	open     uint64 // iterations that the end of the run found under way
}

// lane returns one of a total's, which is made when it is first asked for.
func (t *Total) lane(l Lane) *lane {
	for len(t.lanes) < int(l) {
		t.lanes = append(t.lanes, &lane{times: hdrhistogram.New(unit, limit, laneDigits)})
	}
	return t.lanes[l-1]
}

func (t *Total) addLanes(o *Total) {
	for i, from := range o.lanes {
		to := t.lane(Lane(i + 1))
		to.times.Merge(from.times)
		to.early += from.early
		to.open += from.open
		for kind, n := range from.failures {
			to.failures[kind] += n
		}
	}
}

func (t *Total) resetLanes() {
	for _, l := range t.lanes {
		l.times.Reset()
		*l = lane{times: l.times}
	}
}

// FailIn counts a failure of a request of a lane.
func (s *Shard) FailIn(in Lane, err error) {
	kind := Classify(err)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.failures[kind]++
	if s.in.examples[kind] == nil {
		s.in.examples[kind] = err
	}
	if in > 0 {
		s.in.lane(in).failures[kind]++
	}
}

// Iteration counts an iteration that is complete, and how long it took. It does not allocate, but for the first one.
func (s *Shard) Iteration(in Lane, d time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	record(s.in.lane(in).times, d)
}

// EndedEarly counts an iteration that ended because of a failure.
func (s *Shard) EndedEarly(in Lane) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.lane(in).early++
}

// Unfinished counts an iteration that is under way when the run ends.
func (s *Shard) Unfinished(in Lane) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.in.lane(in).open++
}
