package waitlist

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/word"
)

// turnstile is a lock for tasks, handed from each holder to the next in line: what the list
// is for.
type turnstile struct {
	l    List
	held bool // under the list's lock
}

// enter returns whether p is in; else p waits.
func (s *turnstile) enter(p *person) bool {
	switch p.node.State() {
	case Out:
		clone := p.waker().Clone()
		h := s.l.Lock()
		if !s.held {
			s.held = true
			h.Unlock()
			clone.Drop()
			return true
		}
		h.Push(&p.node, clone)
		h.Unlock()
		return false
	default:
		return p.wait(&s.l) == Notified
	}
}

func (s *turnstile) exit() {
	h := s.l.Lock()
	first := h.First()
	if first == nil {
		s.held = false
		h.Unlock()
		return
	}
	w := h.Take(first)
	h.Unlock()
	w.Wake()
}

func (s *turnstile) giveUp(p *person) {
	if s.l.Leave(&p.node) {
		s.exit()
	}
}

// Many threads pass a turnstile or give up waiting, at random: one at a time is inside, none
// waits for ever, and no waker is kept.
func TestTurnstile(t *testing.T) {
	threads, rounds := 8, 5000
	if testing.Short() {
		rounds = 500
	}
	var s turnstile
	inside, passed := 0, 0 // the race detector looks after them
	var gaveUp word.Int64
	var all sync.WaitGroup
	for range threads {
		all.Go(func() {
			token := make(chan struct{}, 1)
			p := &person{onWake: func() {
				select {
				case token <- struct{}{}:
				default:
				}
			}}
			for range rounds {
				ok, left := s.enter(p), rand.IntN(4) == 0
				for !ok {
					if left {
						if rand.IntN(2) == 0 {
							runtime.Gosched()
						}
						s.giveUp(p)
						gaveUp.Inc()
						break
					}
					<-token
					ok = s.enter(p)
				}
				if ok {
					if inside++; inside != 1 {
						t.Error("two are inside")
					}
					passed++
					if rand.IntN(2) == 0 {
						runtime.Gosched() // for a line to form
					}
					inside--
					s.exit()
				}
			}
			if n := p.kept.Load(); n != 0 {
				t.Errorf("%d clones kept", n)
			}
		})
	}
	all.Wait()
	if int64(passed)+gaveUp.Load() != int64(threads*rounds) || s.held || s.l.head.Load() != nil {
		t.Errorf("%d passed and %d gave up of %d; held %v", passed, gaveUp.Load(), threads*rounds, s.held)
	}
}
