package engine

import (
	"context"
	"crypto/tls"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/stats"
	"github.com/magpie-go/magpie/internal/word"
)

// part is one of the loads of a run: a target, when requests to it begin, and connections of its own. All parts share the
// run's time, its limits and what it counts.
type part struct {
	*run
	config    *Config // its own; the run's is the first part's
	plan      plan
	tls       *tls.Config // of a target with TLS
	addresses []string
	address   word.Uint32 // of addresses, the one that took a connection last
	arrivals  *arrivals   // of an open load
	isNear    bool        // the server is on this machine
	lane      stats.Lane  // of a scenario's iterations; those of its steps follow
}

// newPart resolves the target's name, which may take a while. Without addresses the part stands beside the error.
func (r *run) newPart(ctx context.Context, c *Config) (p *part, err error) {
	p = &part{run: r, config: c}
	if p.plan, err = c.check(); err != nil {
		return nil, err
	}
	if p.tls, err = c.TLS.config(&c.Target, c.Files); err != nil {
		return nil, err
	}
	if p.addresses, err = c.Target.resolve(ctx); err != nil {
		return p, err
	}
	p.isNear = isNear(c.Target.network, p.addresses)
	if c.Load.IsOpen() {
		p.arrivals = newArrivals(c, r.loads.limit())
	}
	return p, nil
}

// take returns the next request. ok is false if there is none any more. Those of an open load that it is too late for are
// counted and passed over.
func (p *part) take(shard *stats.Shard) (s sent, ok bool) {
	if p.arrivals == nil {
		s.counted, ok = p.begin()
		return s, ok
	}
	l := &p.config.Load
	for {
		if s.at, s.n, ok = p.arrivals.next(); !ok {
			return s, false
		}
		s.counted = s.at >= p.run.config.Warmup
		if s.at >= p.loads.End() {
			s.at = never // or it would be a race with the end, which some of them win
			return s, true
		}
		if s.counted && p.limited && len(p.parts) > 1 && p.tries.Dec() < 0 {
			return s, false
		}
		if l.Deadline == 0 || p.now()-s.at <= l.Deadline {
			return s, true
		}
		if s.counted {
			shard.Shed()
		}
		if p.phase.Load() == stopping {
			return s, false
		}
	}
}
