package engine

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"time"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/reactor"
	"github.com/magpie-go/magpie/sched"
)

// The protocol of a run.
//
// phase goes warming → measuring → stopping, moved by Run's goroutine alone; the
// connections read it. A request is counted if measuring had begun before it. After
// the move to stopping every connection's waker is woken; a connection looks at phase
// once more after it has left its waker, so none sleeps through the end.
//
// tries counts down the requests of a closed load that may still be begun; who takes it below 0 has none. An open one ends its
// schedule instead.
//
// Invariant: when Run returns, every connection has ended and closed its descriptor.
//
// Rejected: aborting the tasks. The reply that had come but was not looked at is then
// as lost as one that never came, and so is what was wrong with it.
type run struct {
	_        word.Align64
	tries    word.Int64
	phase    word.Uint32
	limited  bool    // by a number of requests
	config   *Config // of the first part, which has what holds for all
	loads    Loads
	parts    []*part // of each of the loads
	start    time.Time
	stopped  time.Duration // when phase went to stopping, and written before it
	ledger   ledger
	fleet    fleet
	hasTimes bool  // a part has times of its own at which requests are to begin
	nowhere  error // a target's name does not resolve: the run ends as it begins

	lock   spin.Lock // guards shards
	shards []ownShard
}

const (
	warming uint32 = iota
	measuring
	stopping
)

// ownShard is the shard of whoever polls with that reactor: one worker.
type ownShard struct {
	owner *reactor.Reactor
	shard *stats.Shard
}

// Run puts the load on rt and blocks until it is over, at the latest shortly after ctx
// is done, which ends a run early but is no error. Further loads go on at the same time, each with a target, connections
// and times of its own; what holds for the whole run (its time, its limits, who is told of it) is that of the first. The
// report is complete but for its Machine. An error means that the run could not begin, or that a task panicked.
func Run(ctx context.Context, rt *sched.Runtime, config Config, further ...Config) (*stats.Report, error) {
	return LoadsOf(config, further...).Run(ctx, rt)
}

// Run is the function Run for loads.
func (l Loads) Run(ctx context.Context, rt *sched.Runtime) (*stats.Report, error) {
	config := l[0]
	r := &run{config: config, loads: l, limited: config.Requests > 0}
	for i, c := range r.loads {
		p, err := r.newPart(ctx, c)
		if unresolved := new(net.DNSError); errors.As(err, &unresolved) && ctx.Err() == nil {
			r.nowhere, err = err, nil
		}
		if err != nil {
			return nil, err
		}
		p.lane = r.loads.lane(i)
		r.parts = append(r.parts, p)
	}
	r.tries.Store(int64(min(config.Requests, 1<<62)))
	r.hasTimes = r.loads.AreOpen()
	// Made here, for a worker should not have to: it would be late for its peers.
	for range rt.Workers() {
		r.shards = append(r.shards, ownShard{shard: stats.NewShard(r.hasTimes)})
	}
	if config.Warmup == 0 {
		r.phase.Store(measuring)
	}

	var conns []*conn
	for _, p := range r.parts {
		if r.nowhere != nil {
			r.shards[0].shard.Fail(r.nowhere)
			break
		}
		for i := range p.config.Connections {
			number := len(conns)
			if p.config.Portion.Of > 0 {
				number = p.config.Portion.First + i
			}
			conns = append(conns, p.newConn(uint64(i), uint64(number)))
		}
	}
	if left := time.Until(config.At); left > 0 {
		wait(ctx, left, nil) // if it is interrupted, so is what follows
	}
	if r.start = config.At; r.start.IsZero() {
		r.start = time.Now()
	}
	r.measure()
	r.fleet.spawn(rt, conns)
	var failure error
	var ended sync.WaitGroup
	over := make(chan struct{})
	ended.Go(func() {
		defer close(over)
		failure = r.fleet.wait()
	})
	if config.More != nil {
		ended.Go(func() { r.grow(rt, over) })
	}

	interrupted := false
	if config.Warmup > 0 {
		interrupted = !wait(ctx, config.Warmup, over)
		r.measure()
		r.phase.CompareAndSwap(warming, measuring)
	}
	if !interrupted {
		interrupted = !r.watch(ctx, rt, over)
	}
	used := stats.Used().Since(r.ledger.first)
	r.stopped = r.now()
	elapsed := r.stopped - r.ledger.begin
	if r.hasTimes {
		elapsed = max(min(r.stopped, r.loads.Length())-config.Warmup, 0) // what was to begin in the warm-up is not measured
	}
	r.phase.Store(stopping)
	r.fleet.wake()
	ended.Wait()
	last := r.cut(max(r.stopped, r.ledger.last))
	report := r.report(rt, elapsed, used, interrupted)
	if config.Each != nil {
		config.Each(last, report)
	}
	return report, failure
}

// wait waits for a time, or without limit if it is 0, or until all is over. It answers
// false if ctx was done first.
func wait(ctx context.Context, d time.Duration, over <-chan struct{}) bool {
	var up <-chan time.Time
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		up = t.C
	}
	select {
	case <-up:
	case <-over:
	case <-ctx.Done():
		return false
	}
	return true
}

// begin reports whether another request may be begun, and if so whether it counts, which
// takes it off what is left.
func (r *run) begin() (counted, ok bool) {
	switch r.phase.Load() {
	case stopping:
		return false, false
	case measuring:
		return true, !r.limited || r.tries.Dec() >= 0
	}
	return false, true
}

// now is a reading of the monotonic clock.
func (r *run) now() time.Duration { return time.Since(r.start) }

// shardOf returns the shard for whoever polls with that reactor.
func (r *run) shardOf(owner *reactor.Reactor) *stats.Shard {
	r.lock.Lock()
	defer r.lock.Unlock()
	for i := range r.shards {
		s := &r.shards[i]
		if s.owner == nil {
			s.owner = owner
		}
		if s.owner == owner {
			return s.shard
		}
	}
	s := stats.NewShard(r.hasTimes)
	r.shards = append(r.shards, ownShard{owner, s})
	return s
}

// allShards returns the shards of all who count.
func (r *run) allShards() []*stats.Shard {
	r.lock.Lock()
	defer r.lock.Unlock()
	shards := make([]*stats.Shard, len(r.shards))
	for i, s := range r.shards {
		shards[i] = s.shard
	}
	return shards
}

// report tells what was cut so far.
func (r *run) report(rt *sched.Runtime, elapsed time.Duration, used stats.Usage, interrupted bool) *stats.Report {
	total := r.ledger.gatherer.Sum()
	if r.hasTimes && !r.limited && r.phase.Load() == stopping {
		for _, p := range r.parts {
			if p.arrivals != nil {
				total.Unsent(p.arrivals.due(min(r.stopped, r.loads.End())))
			}
		}
	}
	report := r.loads.Report(total, elapsed, used)
	report.Workers = rt.Workers()
	report.Interrupted = interrupted
	report.Started = r.ledger.started.UTC().Format(time.RFC3339Nano)
	report.Series = r.ledger.series
	report.Noise = stats.ReadClock().Since(r.ledger.clock, runtime.NumCPU())
	for _, p := range r.parts {
		report.Noise.SameMachine = report.Noise.SameMachine || p.isNear
	}
	return report
}
