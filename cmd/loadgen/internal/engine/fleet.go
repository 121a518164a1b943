package engine

import (
	"context"
	"sync"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/sched"
)

// fleet is the connections of a run, to which others may come while it goes on.
//
// The lock guards everything. wait goes through the handles; when there is none left it closes the fleet under the
// lock, so that no connection comes that nobody waits for. Nor does one come that nobody tells to stop: who stops the run sets
// its phase before it takes the lock.
type fleet struct {
	lock    sync.Mutex
	conns   []*conn
	handles []sched.JoinHandle[future.Unit]
	closed  bool
}

// spawn starts connections, unless the run is over.
func (f *fleet) spawn(rt *sched.Runtime, conns []*conn) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.closed || len(conns) == 0 || conns[0].run.phase.Load() == stopping {
		return
	}
	for _, c := range conns {
		f.conns = append(f.conns, c)
		f.handles = append(f.handles, sched.Spawn[future.Unit](rt, c))
	}
}

// wait waits until all have ended, and returns the first failure of one.
func (f *fleet) wait() (failure error) {
	for i := 0; ; i++ {
		f.lock.Lock()
		if f.closed = i == len(f.handles); f.closed {
			f.lock.Unlock()
			return failure
		}
		h := f.handles[i]
		f.lock.Unlock()
		if _, err := h.Wait(context.Background()); err != nil && failure == nil {
			failure = err
		}
	}
}

// wake wakes all, for them to see that the run stops.
func (f *fleet) wake() {
	f.lock.Lock()
	defer f.lock.Unlock()
	for _, c := range f.conns {
		c.stop.Wake()
	}
}

// grow adds what comes from Config.More until the run is over.
func (r *run) grow(rt *sched.Runtime, over <-chan struct{}) {
	for {
		select {
		case more := <-r.config.More:
			for i, p := range more {
				r.parts[i].add(rt, p)
			}
		case <-over:
			return
		}
	}
}

// add adds the portion of a machine that is gone: its schedule, its requests, its connections.
func (p *part) add(rt *sched.Runtime, more Portion) {
	if p.arrivals != nil {
		p.arrivals.add(more)
	} else if p.limited {
		for left := p.tries.Load(); !p.tries.CompareAndSwap(left, max(left, 0)+int64(more.Requests)); {
			left = p.tries.Load()
		}
	}
	conns := make([]*conn, more.Connections)
	for i := range conns {
		conns[i] = p.newConn(0, uint64(more.First+i))
	}
	p.fleet.spawn(rt, conns)
}
