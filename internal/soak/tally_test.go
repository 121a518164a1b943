package soak

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// tally is what a round has seen of its futures. Each of them ends once: it is ready, or
// it is dropped.
type tally struct {
	begun, ended     atomic.Int64
	panics, aborts   atomic.Int64
	messages         atomic.Int64
	conns, cut       atomic.Int64 // connections that ended well, and by an error
	refused, answers atomic.Int64 // handles that answered ErrShutdown, and all

	mu     sync.Mutex
	errors []string
}

// wrong notes what must not happen.
func (s *tally) wrong(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errors) < 20 {
		s.errors = append(s.errors, fmt.Sprintf(format, args...))
	}
}

// probe wraps a future and checks how it is treated: polled by one thread at a time, not
// after its end, and ended once. At random its poll panics.
type probe[T any] struct {
	s       *tally
	f       future.Future[T]
	panicIn int // polls until it panics; never if 0
	busy    atomic.Bool
	over    bool
}

// errPanic is what a bad poll panics with.
var errPanic = fmt.Errorf("a poll that panics at random")

func probed[T any](s *tally, random *rand.Rand, f future.Future[T]) future.Future[T] {
	s.begun.Add(1)
	p := &probe[T]{s: s, f: f}
	if random.IntN(25) == 0 {
		p.panicIn = 1 + random.IntN(4)
	}
	return p
}

func (p *probe[T]) enter(what string) {
	if !p.busy.CompareAndSwap(false, true) {
		p.s.wrong("a future was %s by two threads at once", what)
	}
	if p.over {
		p.s.wrong("a future was %s after its end", what)
	}
}

func (p *probe[T]) leave() { p.busy.Store(false) }

func (p *probe[T]) Poll(cx *waker.Context) future.Poll[T] {
	p.enter("polled")
	defer p.leave()
	if p.panicIn > 0 {
		if p.panicIn--; p.panicIn == 0 {
			p.s.panics.Add(1)
			panic(errPanic)
		}
	}
	r := p.f.Poll(cx)
	if r.IsReady() {
		p.end()
	}
	return r
}

func (p *probe[T]) end() {
	p.over = true
	p.s.ended.Add(1)
}

func (p *probe[T]) Drop() {
	p.enter("dropped")
	defer p.leave()
	p.end()
	future.Drop(p.f)
}
