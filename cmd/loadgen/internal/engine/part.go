package engine

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"
	"time"

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
}

// newPart resolves the target's name, which may take a while.
func (r *run) newPart(ctx context.Context, c *Config) (p *part, err error) {
	p = &part{run: r, config: c}
	if p.plan, err = c.check(); err != nil {
		return nil, err
	}
	if p.tls, err = c.TLS.config(&c.Target); err != nil {
		return nil, err
	}
	if p.addresses, err = c.Target.resolve(ctx); err != nil {
		return nil, err
	}
	p.isNear = isNear(c.Target.network, p.addresses)
	if c.Load.IsOpen() {
		p.arrivals = newArrivals(&c.Load)
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
		if s.counted && p.limited && p.tries.Dec() < 0 {
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

// isOpen reports whether any of the loads has times of its own.
func (r *run) isOpen() bool {
	for _, p := range r.parts {
		if p.arrivals != nil {
			return true
		}
	}
	return false
}

// length is how long the loads last; never, if one of them has no end of its own.
func (r *run) length() (d time.Duration) {
	for _, p := range r.parts {
		if p.arrivals == nil {
			return never
		}
		d = max(d, p.config.Load.Length())
	}
	return d
}

// asked is how many requests the loads have in a part of their time.
func (r *run) asked(from, to time.Duration) (n float64) {
	for _, p := range r.parts {
		n += p.config.Load.Asked(from, to)
	}
	return n
}

// named says what the run is put on, which load that is, and on how many connections.
func (r *run) named() (target, load string, connections int) {
	var targets, loads []string
	for _, p := range r.parts {
		connections += p.config.Connections
		if url := p.config.Target.URL; !slices.Contains(targets, url) {
			targets = append(targets, url)
		}
		loads = append(loads, p.config.Load.String())
	}
	return strings.Join(targets, ", "), strings.Join(loads, "; "), connections
}
