package agents

import (
	"slices"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// merger adds up what agents count.
//
// Time is cut into slots of one interval each, from the begin of what is measured. Agents cut at the ends of slots, each by its own
// clock, so a piece belongs to the slot in which it begins, even if its agent was so busy that it spans more than one. A
// slot is told when all agents that still run have sent what they counted in it.
type merger struct {
	loads  engine.Loads
	every  time.Duration
	isOpen bool
	sum    *stats.Total // of the slots that were told
	slots  map[int]*slot
	spare  []*stats.Total
	told   int // slots before this one are in the series
	series stats.Series
}

// slot is what was counted in one interval.
type slot struct {
	counts *stats.Total
	end    time.Duration
	cpu    time.Duration
}

func newMerger(loads engine.Loads) *merger {
	m := &merger{loads: loads, every: loads[0].Every(), isOpen: loads.AreOpen(), slots: map[int]*slot{}}
	m.sum = stats.NewTotal(m.isOpen)
	return m
}

// index is the slot whose begin is closest to a time.
func (m *merger) index(at time.Duration) int { return int((at + m.every/2) / m.every) }

// add adds a piece.
func (m *merger) add(p *piece) {
	i := max(m.index(p.Start), m.told)
	s := m.slots[i]
	if s == nil {
		s = &slot{}
		if n := len(m.spare); n > 0 {
			s.counts, m.spare = m.spare[n-1], m.spare[:n-1]
		} else {
			s.counts = stats.NewTotal(m.isOpen)
		}
		m.slots[i] = s
	}
	p.Counts.ClearUnsent() // an agent's report has all of them, and of one that is lost it is what was due and not taken
	s.counts.Add(p.Counts)
	s.end = max(s.end, p.Start+p.Length)
	s.cpu += p.CPU
}

// tell moves slots before one into the series, and calls each for each of them.
func (m *merger) tell(before int, each func(*stats.Interval)) { m.move(before, false, each) }

// finish moves what is left. The last interval is as long as what was counted in it.
func (m *merger) finish(each func(*stats.Interval)) {
	last := m.told - 1
	for i := range m.slots {
		last = max(last, i)
	}
	m.move(last+1, true, each)
}

func (m *merger) move(before int, isEnd bool, each func(*stats.Interval)) {
	for m.told < before {
		i := m.told
		m.told++
		begin := time.Duration(i) * m.every
		end := begin + m.every
		s := m.slots[i]
		switch {
		case s == nil:
			s = &slot{counts: stats.NewTotal(m.isOpen)}
		case isEnd && m.told == before:
			end = max(s.end, begin)
		}
		delete(m.slots, i)
		m.sum.Add(s.counts)
		part := s.counts.Interval(begin, end-begin, s.cpu)
		if m.isOpen {
			warmup := m.loads[0].Warmup
			part.Asked = m.loads.Asked(warmup+begin, warmup+end)
		}
		m.series.Add(part)
		each(part)
		s.counts.Reset()
		m.spare = append(m.spare, s.counts)
	}
}

// report is what was counted so far.
func (m *merger) report(elapsed time.Duration, used stats.Usage) *stats.Report {
	r := m.loads.Report(m.sum, elapsed, used)
	r.Series = m.series
	if r.Series == nil {
		r.Series = stats.Series{}
	}
	return r
}

// tally is what is known of one agent's counting.
type tally struct {
	last     int           // number of the last piece that counted
	through  time.Duration // until when it has told what it counted
	taken    uint64        // requests, or iterations, that it has begun, or shed
	requests uint64
	failed   uint64
	cpu      time.Duration
}

// isNew reports whether a piece has not come before, and counts it if so. Iterations of a scenario are counted in a lane.
func (t *tally) isNew(p *piece, iterations stats.Lane) bool {
	if p.Number != t.last+1 {
		return false
	}
	t.last = p.Number
	t.through = max(t.through, p.Start+p.Length)
	t.taken += p.Counts.Taken(iterations)
	t.requests += p.Counts.Requests()
	t.failed += p.Counts.Failed()
	t.cpu += p.CPU
	return true
}

// inherit returns, for each of some survivors, what it is to take over of the portions of an agent that is gone: from a
// time of the load on, and of a number of requests what it had not begun.
func inherit(portions [][]engine.Portion, taken uint64, from time.Duration, survivors int) (each [][][]engine.Portion) {
	each = make([][][]engine.Portion, survivors)
	for _, lot := range portions {
		lot = slices.Clone(lot)
		for i := range lot {
			p := &lot[i]
			p.From = max(p.From, from)
			begun := min(p.Requests, taken)
			p.Requests -= begun
			taken -= begun
		}
		for i, share := range engine.Split(lot, survivors) {
			each[i] = append(each[i], share)
		}
	}
	return each
}
