package serve

import (
	"net/netip"
	"slices"

	"github.com/magpie-go/magpie/internal/spin"
	"github.com/magpie-go/magpie/internal/wake"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// registry knows the connections of a server and those who accept for it.
//
// Protocol: phase goes from serving to draining, ending and cutting, in steps that may be left out, before those whom it concerns are
// woken. It is written under the lock and read without; the lock guards everything else. A connection is counted (enter) before its task is spawned. The task links it
// into the ring with its waker at its first poll (link), and looks at the phase after that; so whoever moves the phase and
// then walks the ring under the lock finds the waker, or the task finds the phase. A task's waker is the same all its life, so
// later polls leave none. It leaves the ring when its connection has ended (leave), or goes on in another task that links itself
// (unlink, after a handshake), under the lock, so nobody wakes it afterwards but for a wake-up that is under way, which a task that has
// ended ignores. Between two tasks a connection is counted and in no ring: the second looks at the phase as the first did. Acceptors do the same
// (begin, wait, end); one that begins when over is closed, is refused. over is closed under the lock by whoever finds that the phase is past serving and that no connection and
// no acceptor is left.
//
// Invariant: open is the number of connections that were entered and have not left, at most limit; a slot that
// becomes free when an acceptor waits for one wakes all that wait.
//
// Rejected: to leave and enter again between two tasks: the place, at the limit, could be somebody else's by then, and a server that drains
// could be over in between. A waker left in a cell at each poll, as futures do that may move between tasks: two read-modify-writes a
// poll. A channel or a set of wakers for the phase: another allocation for each connection.
type registry struct {
	phase word.Uint32

	lock      spin.Lock
	ring      link // its neighbours are the connections
	open      int
	limit     int // of open; 0: none
	peers     map[netip.Prefix]int
	perPeer   int // limit of each; 0: none, and peers is not kept
	acceptors []*waiting
	counts    Metrics
	err       error // of the first acceptor that failed
	over      chan struct{}
	isOver    bool
	batch     int // of connections that are looked at without letting go of the lock
}

const (
	serving  uint32 = iota
	draining        // connections end as soon as they owe nothing; those that are new have time for a first request
	ending          // that time is over
	cutting         // connections end
)

// link is a connection's place in the ring.
type link struct {
	before, after *link
	waker         waker.Waker
	state         word.Uint32
	mark          bool // no connection, but where somebody is in the ring
	nothing       bool // there was nothing to read, see Server.read; the task's alone
	left          bool // it has been taken out; the task's alone
}

// waiting is an acceptor.
type waiting struct {
	waker waker.Waker
	full  bool // waits until a connection leaves
}

func (r *registry) init(limit, perPeer int) {
	r.ring.before, r.ring.after = &r.ring, &r.ring
	r.limit, r.perPeer = limit, perPeer
	if perPeer > 0 {
		r.peers = map[netip.Prefix]int{}
	}
	r.over = make(chan struct{})
	r.batch = 64
}

// verdict is what becomes of a connection that was accepted.
type verdict uint8

const (
	entered verdict = iota
	full            // the acceptor is woken when there is room
	refused         // its peer has too many
)

// enter takes a connection in.
func (r *registry) enter(a *waiting, peer netip.Prefix) verdict {
	r.lock.Lock()
	defer r.lock.Unlock()
	a.full = r.limit > 0 && r.open >= r.limit
	if a.full {
		return full
	}
	if r.perPeer > 0 && peer.IsValid() {
		if r.peers[peer] >= r.perPeer {
			r.counts.Refused++
			return refused
		}
		r.peers[peer]++
	}
	r.open++
	r.counts.Accepted++
	return entered
}

// hasRoom reports whether there is room for a connection; else the acceptor is woken when there is.
func (r *registry) hasRoom(a *waiting) bool {
	if r.limit == 0 {
		return true
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	if was := a.full; r.open >= r.limit {
		if a.full = true; !was {
			r.counts.Full++
		}
		return false
	}
	a.full = false
	return true
}

// link puts a connection into the ring, with the waker of its task.
func (r *registry) link(l *link, w waker.Waker) {
	l.waker = w.Clone()
	r.lock.Lock()
	defer r.lock.Unlock()
	l.insert(r.ring.before)
}

// unlink takes a connection out of the ring that goes on in another task, which links it again. It stays counted.
func (r *registry) unlink(l *link) {
	r.lock.Lock()
	l.remove()
	r.lock.Unlock()
	l.waker.Drop()
	l.waker = waker.Waker{}
}

// leave takes a connection out, whether it was linked or not.
func (r *registry) leave(l *link, peer netip.Prefix, add func(*Metrics)) {
	var few [4]waker.Waker
	wakers := few[:0]
	r.lock.Lock()
	if l.after != nil {
		l.remove()
	}
	r.open--
	if r.perPeer > 0 && peer.IsValid() {
		if r.peers[peer]--; r.peers[peer] == 0 {
			delete(r.peers, peer)
		}
	}
	add(&r.counts)
	for _, a := range r.acceptors {
		if a.full {
			a.full = false
			wakers = append(wakers, a.waker.Clone())
		}
	}
	r.settle()
	r.lock.Unlock()
	l.waker.Drop()
	l.waker = waker.Waker{}
	wake.All(wakers, nil)
}

// begin enters an acceptor, which looks at the phase after that, and reports whether it may accept: nothing is over before it ends.
func (r *registry) begin(a *waiting, w waker.Waker) bool {
	a.waker = w.Clone()
	r.lock.Lock()
	defer r.lock.Unlock()
	r.acceptors = append(r.acceptors, a)
	return !r.isOver
}

// end takes an acceptor out.
func (r *registry) end(a *waiting, err error) {
	r.lock.Lock()
	if i := slices.Index(r.acceptors, a); i >= 0 {
		r.acceptors = slices.Delete(r.acceptors, i, i+1)
	}
	if r.err == nil {
		r.err = err
	}
	r.settle()
	r.lock.Unlock()
	a.waker.Drop()
	a.waker = waker.Waker{}
}

// settle is called under the lock after something has left.
func (r *registry) settle() {
	if !r.isOver && r.open == 0 && len(r.acceptors) == 0 && r.phase.Load() != serving {
		r.isOver = true
		close(r.over)
	}
}

// move goes on to a phase, and has everybody see it.
func (r *registry) move(phase uint32) {
	r.lock.Lock()
	r.phase.Store(max(r.phase.Load(), phase))
	wakers := make([]waker.Waker, 0, r.batch)
	for _, a := range r.acceptors {
		wakers = append(wakers, a.waker.Clone())
	}
	r.settle()
	r.lock.Unlock()
	wake.All(wakers, nil)
	wakers = wakers[:0]
	r.each(func(l *link) { wakers = append(wakers, l.waker.Clone()) }, func() {
		wake.All(wakers, nil)
		wakers = wakers[:0]
	})
}

// each visits the connections that are linked when it begins and have not left until it comes to them. It holds the lock while
// it calls visit, and not while it calls between, after each batch. A link of its own marks the place.
func (r *registry) each(visit func(*link), between func()) {
	here := link{mark: true}
	r.lock.Lock()
	here.insert(&r.ring)
	for n := 1; ; n++ {
		next := here.after
		here.remove()
		if next == &r.ring {
			break
		}
		here.insert(next)
		if !next.mark {
			visit(next)
		}
		if n%r.batch == 0 {
			r.lock.Unlock()
			between()
			r.lock.Lock()
		}
	}
	r.lock.Unlock()
	between()
}

func (l *link) insert(after *link) {
	l.before, l.after = after, after.after
	l.before.after, l.after.before = l, l
}

func (l *link) remove() {
	l.before.after, l.after.before = l.after, l.before
	l.before, l.after = nil, nil
}

// metrics returns the figures.
func (r *registry) metrics() Metrics {
	var active, idle int
	r.each(func(l *link) {
		switch State(l.state.Load()) {
		case StateActive:
			active++
		case StateIdle:
			idle++
		}
	}, func() {})
	r.lock.Lock()
	defer r.lock.Unlock()
	m := r.counts
	m.Open, m.Active, m.Idle = r.open, active, idle
	return m
}
