//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
)

// pool is a semaphore whose permits are counted while they are used.
type pool struct {
	x    *explore.Run
	s    *Semaphore
	size int32
	used word.Int32
}

// newPool asserts that all permits are free in the end, but those that were forgotten.
func newPool(x *explore.Run, size int) *pool {
	p := &pool{x: x, s: NewSemaphore(size), size: int32(size)}
	x.Label("semaphore", p.s)
	x.Finally(func() {
		v := p.s.word.Load()
		x.Assert(v>>semShift == uint64(p.size), "%d permits are free in the end, want %d", v>>semShift, p.size)
		x.Assert(v&semClosed != 0 || p.s.line.Empty(), "somebody is in line in the end")
	})
	return p
}

func (p *pool) use(ps Permits) {
	n := int32(ps.n)
	u := p.used.Add(n)
	p.x.Assert(u <= p.size, "%d of %d permits are in use", u, p.size)
	p.used.Sub(n)
	ps.Release()
}

func (p *pool) patient(n int) func() {
	return func() {
		op := p.s.Acquire(n)
		if ps, err := patient(&op); err == nil {
			p.use(ps)
		}
	}
}

// Two want more together than there is.
func TestModelSemaphore(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := newPool(x, 2)
		x.Go("two", p.patient(2))
		x.Go("one", p.patient(1))
	})
}

// Three of them, two of which fit together.
func TestModelSemaphoreThree(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		p := newPool(x, 2)
		x.Go("two", p.patient(2))
		x.Go("one", p.patient(1))
		x.Go("another", p.patient(1))
	})
}

// The first in line wants many and leaves; the one behind wants few, and gets them.
func TestModelSemaphoreFirstLeaves(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		p := newPool(x, 2)
		held, _ := p.s.TryAcquire(1)
		many, few := p.s.Acquire(2), p.s.Acquire(1)
		seated(new(testkit.Sleeper), &many)
		seated(new(testkit.Sleeper), &few)
		x.Go("leaver", many.Drop)
		x.Go("next", func() {
			ps, _ := patient(&few)
			p.use(ps)
		})
		x.Go("holder", func() { p.use(held) })
	})
}

// One gives up, perhaps when it has been given the permits.
func TestModelSemaphoreGivenUp(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := newPool(x, 1)
		x.Go("patient", p.patient(1))
		x.Go("impatient", func() {
			op := p.s.Acquire(1)
			if ps, ok := impatient(&op, 1); ok {
				p.use(ps)
			}
		})
	})
}

// It is closed while one waits, one comes, and permits come back: nobody sleeps on.
func TestModelSemaphoreClose(t *testing.T) {
	explore.Check(t, testkit.Within(3), func(x *explore.Run) {
		p := newPool(x, 1)
		held, _ := p.s.TryAcquire(1)
		op := p.s.Acquire(1)
		seated(new(testkit.Sleeper), &op)
		x.Go("waits", func() {
			if ps, err := patient(&op); err == nil {
				p.use(ps)
			}
		})
		x.Go("closes", p.s.Close)
		x.Go("holder", func() { p.use(held) })
	})
}

// Who comes when it is being closed fails, or has what it wants.
func TestModelSemaphoreCloseBesideAComer(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		p := newPool(x, 1)
		p.size = 0
		held, _ := p.s.TryAcquire(1)
		held.Forget()
		x.Go("comes", p.patient(1))
		x.Go("closes", p.s.Close)
	})
}

// Forget beside an acquire: what is forgotten is not acquired, and what is acquired not forgotten.
func TestModelSemaphoreForget(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := NewSemaphore(2)
		x.Label("semaphore", s)
		forgot, kept := 0, 0
		x.Go("forgets", func() { forgot = s.Forget(1) })
		x.Go("keeps", func() {
			if _, err := s.TryAcquire(2); err == nil {
				kept = 2
			}
		})
		x.Go("releases", func() {
			if ps, err := s.TryAcquire(1); err == nil {
				ps.Release()
			}
		})
		x.Finally(func() {
			x.Assert(s.Available() == 2-forgot-kept, "%d are left; forgot %d, kept %d", s.Available(), forgot, kept)
		})
	})
}
