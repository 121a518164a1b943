//go:build explore

package coord

import (
	"testing"

	"github.com/magpie-go/magpie/internal/explore"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/internal/word"
)

// shelf is what an RWLock protects: who is there notes so, a writer as 16 readers.
type shelf struct {
	x  *explore.Run
	l  *RWLock
	at word.Int32
}

func newShelf(x *explore.Run, most uint32) *shelf {
	s := &shelf{x: x, l: &RWLock{most: most}}
	x.Label("lock", s.l)
	x.Finally(func() {
		v := s.l.word.Load()
		x.Assert(v&(rwInUse|rwWaits) == 0 && s.l.line.Empty(), "in use or waited for in the end: %x", v)
	})
	return s
}

func (s *shelf) readWith(g ReadGuard) {
	n := s.at.Inc()
	s.x.Assert(n < 16 && (s.l.most == 0 || n <= int32(s.l.most)), "%d are there beside a reader", n)
	s.at.Dec()
	g.Unlock()
}

func (s *shelf) writeWith(g WriteGuard) {
	n := s.at.Add(16)
	s.x.Assert(n == 16, "%d are there beside a writer", n-16)
	s.at.Sub(16)
	g.Unlock()
}

func (s *shelf) read() {
	op := s.l.Read()
	g, _ := patient(&op)
	s.readWith(g)
}

func (s *shelf) write() {
	op := s.l.Write()
	g, _ := patient(&op)
	s.writeWith(g)
}

func TestModelRWLock(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newShelf(x, 0)
		x.Go("reads", s.read)
		x.Go("writes", s.write)
	})
}

func TestModelRWLockThree(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		s := newShelf(x, 0)
		x.Go("reads", s.read)
		x.Go("reads, too", s.read)
		x.Go("writes", s.write)
	})
}

// A writer that leaves the line lets the reader behind it come.
func TestModelRWLockWriterLeaves(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		s := newShelf(x, 0)
		held, _ := s.l.TryRead()
		w, r := s.l.Write(), s.l.Read()
		seated(new(testkit.Sleeper), &w)
		seated(new(testkit.Sleeper), &r)
		x.Go("leaves", w.Drop)
		x.Go("reads", func() {
			g, _ := patient(&r)
			s.readWith(g)
		})
		x.Go("holds", func() { s.readWith(held) })
	})
}

func TestModelRWLockGivenUp(t *testing.T) {
	for name, writer := range map[string]bool{"reader": false, "writer": true} {
		t.Run(name, func(t *testing.T) {
			explore.Check(t, explore.Config{}, func(x *explore.Run) {
				s := newShelf(x, 0)
				x.Go("writes", s.write)
				x.Go("leaves", func() {
					if writer {
						op := s.l.Write()
						if g, ok := impatient(&op, 1); ok {
							s.writeWith(g)
						}
						return
					}
					op := s.l.Read()
					if g, ok := impatient(&op, 1); ok {
						s.readWith(g)
					}
				})
			})
		})
	}
}

// A writer becomes a reader while another one and a writer come.
func TestModelRWLockDowngrade(t *testing.T) {
	explore.Check(t, testkit.Within(2), func(x *explore.Run) {
		s := newShelf(x, 0)
		g, _ := s.l.TryWrite()
		x.Go("downgrades", func() { s.readWith(g.Downgrade()) })
		x.Go("reads", s.read)
		x.Go("writes", s.write)
	})
}

// One reader at a time has room.
func TestModelRWLockMaxReaders(t *testing.T) {
	explore.Check(t, explore.Config{}, func(x *explore.Run) {
		s := newShelf(x, 1)
		x.Go("a", s.read)
		x.Go("b", s.read)
	})
}
