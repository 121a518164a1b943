//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
)

// section is what a Mutex protects: who is inside notes so.
type section struct {
	x      *explore.Run
	m      Mutex
	inside word.Int32
}

func newSection(x *explore.Run) *section {
	s := &section{x: x}
	x.Label("mutex", &s.m)
	x.Finally(func() {
		v := s.m.word.Load()
		x.Assert(v&(mutexHeld|mutexWaits) == 0 && s.m.line.Empty(), "held or waited for in the end: %b", v)
	})
	return s
}

func (s *section) pass(g Guard) {
	s.x.Assert(s.inside.Inc() == 1, "two hold the lock")
	s.inside.Dec()
	g.Unlock()
}

func (s *section) patient() {
	op := s.m.Lock()
	g, _ := patient(&op)
	s.pass(g)
}

// Two take it in turns.
func TestModelMutex(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSection(x)
		x.Go("a", s.patient)
		x.Go("b", s.patient)
	})
}

// One gives up, perhaps when it has been handed the lock.
func TestModelMutexGivenUp(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSection(x)
		x.Go("patient", s.patient)
		x.Go("impatient", func() {
			op := s.m.Lock()
			if g, ok := impatient(&op, 1); ok {
				s.pass(g)
			}
		})
	})
}

// A holder, one in line who leaves, and one who comes by.
func TestModelMutexThree(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSection(x)
		g, _ := s.m.TryLock()
		op := s.m.Lock()
		seated(new(testkit.Sleeper), &op)
		x.Go("holder", func() { s.pass(g) })
		x.Go("leaver", op.Drop)
		x.Go("comer", s.patient)
	})
}

// TryLock beside the lock that is handed on.
func TestModelMutexTryLock(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSection(x)
		g, _ := s.m.TryLock()
		op := s.m.Lock()
		seated(new(testkit.Sleeper), &op)
		x.Go("holder", func() { s.pass(g) })
		x.Go("next", func() {
			g, _ := patient(&op)
			s.pass(g)
		})
		x.Go("tries", func() {
			if g, ok := s.m.TryLock(); ok {
				s.pass(g)
			}
		})
	})
}

// Of two that unlock one hold one is told that it must not.
func TestModelMutexUnlockedTwice(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newSection(x)
		g, _ := s.m.TryLock()
		op := s.m.Lock()
		seated(new(testkit.Sleeper), &op)
		var caught word.Int32
		unlock := func() {
			defer func() {
				if v, ok := recover().(string); ok && v != "" {
					caught.Inc()
				}
			}()
			g.Unlock()
		}
		x.Go("a", unlock)
		x.Go("b", unlock)
		x.Go("next", func() {
			g, _ := patient(&op)
			s.pass(g)
		})
		x.Finally(func() { x.Assert(caught.Load() == 1, "%d of two were caught", caught.Load()) })
	})
}
