package agents

import (
	"sync"
	"time"
)

// pulse is what NATS's goroutines know of a member: when it was heard of, and which of its pieces came. The lock guards all.
type pulse struct {
	lock    sync.Mutex
	at      time.Time
	reading int // number of the piece that is being read, or was
	done    int // of the last one that was taken
}

func newPulse() *pulse { return &pulse{at: time.Now()} }

// felt tells that the agent lives.
func (p *pulse) felt() {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.at = time.Now()
}

// last is when it did so.
func (p *pulse) last() time.Time {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.at
}

// piece says what is to be done with a piece: only an answer, nothing, or else it is read.
func (p *pulse) piece(number int) (isCounted, isBeingRead bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.at = time.Now()
	if number <= p.done {
		return true, false
	}
	if number == p.reading {
		return false, true
	}
	p.reading = number
	return false, false
}

// counted tells that a piece was taken.
func (p *pulse) counted(number int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.done = max(p.done, number)
}
