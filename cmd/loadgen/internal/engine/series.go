package engine

import (
	"context"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/sched"
)

// ledger is what Run's goroutine keeps of the measured time, interval by interval.
type ledger struct {
	gatherer *stats.Gatherer
	series   stats.Series
	begin    time.Duration // of what is measured
	last     time.Duration // when the last interval ended
	used     stats.Usage   // until then
	first    stats.Usage   // until begin
	started  time.Time
	clock    stats.Clock // at begin
}

// measure begins the measured time.
func (r *run) measure() {
	l := &r.ledger
	l.gatherer = stats.NewGatherer(r.hasTimes)
	l.started = time.Now()
	l.clock = stats.ReadClock()
	l.first = stats.Used()
	l.used = l.first
	l.begin = r.now()
	l.last = l.begin
}

// cut ends an interval and puts it into the series.
func (r *run) cut(now time.Duration) *stats.Interval {
	l := &r.ledger
	used := stats.Used()
	spent := used.Since(l.used)
	piece := Piece{l.last - l.begin, now - l.last, spent.User + spent.System, l.gatherer.Cut(r.allShards()...)}
	if r.config.Cut != nil {
		r.config.Cut(piece)
	}
	part := piece.Counts.Interval(piece.Start, piece.Length, piece.CPU)
	if r.hasTimes {
		from := l.last
		if from == l.begin {
			from = r.config.Warmup // what was to begin from then on is counted, however late that was seen to be over
		}
		part.Asked = r.loads.Asked(from, max(now, from))
	}
	l.last, l.used = now, used
	l.series.Add(part)
	return part
}

// watch cuts the measured time into intervals until it is up, or all is over. It reports false if ctx was done first, or
// Config.Stop wants an end.
func (r *run) watch(ctx context.Context, rt *sched.Runtime, over <-chan struct{}) bool {
	c := r.config
	every := c.Every()
	for {
		next := r.ledger.begin + (r.ledger.last-r.ledger.begin)/every*every + every // on a grid, which other machines have too
		end := never
		if c.Duration > 0 {
			end = r.ledger.begin + c.Duration
		}
		if turn := min(next, end) - r.now(); turn > 0 && !wait(ctx, turn, over) {
			return false
		}
		select {
		case <-over:
			return true
		case <-ctx.Done():
			return false // even if each interval is over when the one before has been added up
		default:
		}
		now := r.now()
		switch {
		case now >= end:
			return true
		case now < next:
			continue
		}
		part := r.cut(now)
		if c.Each == nil && c.Stop == nil {
			continue
		}
		report := r.report(rt, now-r.ledger.begin, stats.Used().Since(r.ledger.first), false)
		if c.Each != nil {
			c.Each(part, report)
		}
		if c.Stop != nil && len(c.Stop(report)) > 0 {
			return false
		}
	}
}
