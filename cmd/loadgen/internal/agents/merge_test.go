package agents

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
)

// counted is what so many requests come to.
func counted(n int) *stats.Total {
	s := stats.NewShard(false)
	s.Sent(n)
	for range n {
		s.Record(stats.Exchange{Latency: time.Millisecond})
	}
	return stats.Merge(s)
}

// Pieces stand in the interval in which they begin, whichever agent's come first, and an interval is told when all have come.
func TestMergingByInterval(t *testing.T) {
	m := newMerger(engine.Loads{{Interval: time.Second}})
	var told []uint64
	tell := func(i *stats.Interval) { told = append(told, i.Completed) }
	const ms = time.Millisecond
	m.add(&piece{Start: 0, Length: 1003 * ms, Counts: counted(1)})
	m.add(&piece{Start: 1003 * ms, Length: 998 * ms, Counts: counted(2)})
	m.tell(m.index(0), tell)
	if len(told) != 0 {
		t.Errorf("told %v before all have come", told)
	}
	m.add(&piece{Start: 0, Length: 2500 * ms, Counts: counted(10)}) // it was busy
	m.tell(m.index(2001*ms), tell)
	if len(told) != 2 || told[0] != 11 || told[1] != 2 {
		t.Errorf("told %v, want 11 and 2", told)
	}
	m.add(&piece{Start: 500 * ms, Length: 100 * ms, Counts: counted(20)}) // its interval is told: it goes to the next one that is not
	m.add(&piece{Start: 3001 * ms, Length: 200 * ms, Counts: counted(4)})
	m.finish(tell)
	r := m.report(3201*ms, stats.Usage{})
	if len(told) != 4 || told[2] != 20 || told[3] != 4 || r.Requests != 37 || len(r.Series) != 4 {
		t.Errorf("told %v, and %d requests in %d intervals", told, r.Requests, len(r.Series))
	}
	end := int64(0)
	for n, i := range r.Series {
		if i.Start != end {
			t.Errorf("interval %d begins at %d, and the one before ends at %d", n, i.Start, end)
		}
		end = i.Start + i.Length
	}
	if end != int64(3201*ms) {
		t.Errorf("the last interval ends at %d", end)
	}
}

// What an agent did not send is told once, with its report, though its last piece has some of that too.
func TestUnsentCountsOnce(t *testing.T) {
	c := &engine.Config{Duration: time.Second}
	c.Load.Stages = engine.Constant(1000)
	r := &run{c: &Coordinator{Loads: engine.Loads{c}}, merger: newMerger(engine.Loads{c})}
	r.members = []*member{{state: finished, done: &done{Duration: time.Second, Unsent: 5}}}
	s := stats.NewShard(true)
	s.Unsent(3)
	r.merger.add(&piece{Length: time.Second, Counts: stats.Merge(s)})
	if report, err := r.result(); err != nil || report.Rate.Unsent != 5 {
		t.Errorf("%+v, %v", report.Rate, err)
	}
}

// An interval is told when the last of those who run has told what it counted in it.
func TestIntervalWaitsForAll(t *testing.T) {
	told := 0
	all := engine.Loads{{Interval: time.Second, Each: func(*stats.Interval, *stats.Report) { told++ }}}
	r := &run{c: &Coordinator{Loads: all}, merger: newMerger(all)}
	slow, quick := &member{state: running}, &member{state: running}
	r.members = []*member{quick, slow, {state: gone}}
	quick.tally.through = 3 * time.Second
	for n := range 4 {
		slow.tally.through = time.Duration(n) * time.Second
		if r.progress(); told != n {
			t.Errorf("%d intervals are told, and one agent has told %d", told, n)
		}
	}
}

// A piece that comes twice counts once, and one that was lost on the way is waited for.
func TestPiecesCountOnce(t *testing.T) {
	var c tally
	p := newPulse()
	for _, x := range []struct {
		number                    int
		isNew, isCounted, isTwice bool
	}{{1, true, false, false}, {1, false, true, false}, {2, true, false, false}, {2, false, true, false}, {1, false, true, false}} {
		isCounted, isTwice := p.piece(x.number)
		if isCounted != x.isCounted || isTwice != x.isTwice {
			t.Errorf("piece %d: counted %v, being read %v", x.number, isCounted, isTwice)
		}
		if isNew := c.isNew(&piece{Number: x.number, Counts: counted(5)}, 0); isNew != x.isNew {
			t.Errorf("piece %d is new: %v", x.number, isNew)
		}
		p.counted(x.number)
	}
	if isNew := c.isNew(&piece{Number: 4, Counts: counted(5)}, 0); isNew {
		t.Error("piece 4 counts, and piece 3 has not come")
	}
	if p.piece(3); c.requests != 10 || c.taken != 10 {
		t.Errorf("%d requests counted, want 10", c.requests)
	}
	if isCounted, isTwice := p.piece(3); isCounted || !isTwice {
		t.Error("piece 3 is read twice at a time")
	}
}

// Heirs get of a number of requests what had not begun, and arrivals from a time on.
func TestHeirs(t *testing.T) {
	one := []engine.Portion{{Connections: 5, Requests: 100, Share: engine.Share{Index: 1, Of: 3}}}
	two := []engine.Portion{{Connections: 1, Requests: 50, Share: engine.Share{Index: 2, Of: 6}, From: time.Hour}}
	var connections int
	var requests uint64
	all := inherit([][]engine.Portion{one, two}, 120, time.Minute, 3)
	for _, heir := range all {
		for _, lot := range heir {
			connections += lot[0].Connections
			requests += lot[0].Requests
		}
		if heir[0][0].From != time.Minute || heir[1][0].From != time.Hour {
			t.Errorf("from %v and %v on", heir[0][0].From, heir[1][0].From)
		}
	}
	if len(all) != 3 || connections != 6 || requests != 30 {
		t.Errorf("%d heirs of %d connections and %d requests, want 6 and 30", len(all), connections, requests)
	}
	if one[0].Requests != 100 {
		t.Error("what they inherit was changed for the one who leaves it")
	}
}

// The estimate of another clock is never off by more than it says, whichever way is the slower one; and it is as good as the best
// exchange was.
func TestClocksAreEstimatedWithinBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		off := time.Duration(random.Int64N(1e12)) - 5e11
		wall := int64(random.Int64N(1e12)) - 5e11
		now := time.Duration(random.Int64N(1e12))
		var all []exchange
		shortest := time.Hour
		for range 1 + random.IntN(10) {
			there, back := time.Duration(random.ExpFloat64()*1e6), time.Duration(random.ExpFloat64()*1e6)
			x := exchange{before: reading{now, int64(now)}, after: reading{now + there + back, int64(now + there + back)}}
			x.other = reading{now + there + off, int64(now+there) + wall}
			all = append(all, x)
			shortest = min(shortest, there+back)
			now += there + back + time.Millisecond
		}
		e := estimate(all)
		if d := e.clock - off; max(d, -d) > e.off || e.off > shortest/2+1 {
			t.Fatalf("off by %v, and it says %v; the shortest way was %v", d, e.off, shortest)
		}
		if d := e.wall - time.Duration(wall); max(d, -d) > e.off {
			t.Fatalf("the time of day is off by %v, and it says %v", d, e.off)
		}
	}
}
