package engine

import "time"

// sent is a request that a connection has taken on, and is under way once it was begun.
type sent struct {
	n       uint64        // of an open load's requests
	at      time.Duration // when it was to begin; in a closed load when it began
	begun   time.Duration
	counted bool // it belongs to what is measured
	waited  bool // the connection was waiting for that time
	onward  bool // it goes on with an iteration, at once
	size    int  // bytes of the request
}

// flight is the requests of a connection that have no complete reply, oldest first. It is a ring of as many as may be
// under way at a time.
type flight struct {
	ring  []sent
	first int
	n     int
}

func newFlight(depth int) flight { return flight{ring: make([]sent, depth)} }

func (f *flight) isFull() bool { return f.n == len(f.ring) }

func (f *flight) push(s sent) {
	f.ring[f.index(f.n)] = s
	f.n++
}

// at returns the i-th.
func (f *flight) at(i int) *sent { return &f.ring[f.index(i)] }

func (f *flight) index(i int) int {
	if i += f.first; i >= len(f.ring) {
		i -= len(f.ring)
	}
	return i
}

// pop takes the oldest away.
func (f *flight) pop() (s sent) {
	s = f.ring[f.first]
	f.first = f.index(1)
	f.n--
	return s
}

// remove takes the i-th away.
func (f *flight) remove(i int) (s sent) {
	s = *f.at(i)
	for ; i > 0; i-- {
		*f.at(i) = *f.at(i - 1)
	}
	f.pop()
	return s
}
