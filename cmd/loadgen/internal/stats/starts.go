package stats

import (
	"slices"
	"time"
)

// start is when one request of an open load began.
type start struct {
	n     uint64 // of the load's requests, counted from 0
	began time.Duration
}

// starts is a sample of when requests began: of all windows of so many neighbours, each every-th. Neighbours, as
// it is the gaps between them that tell how evenly, or how much at random, they came; and windows from all over the run.
//
// A window is kept, or not, by its number alone. So shards that have some of its requests each keep the same windows, and what
// they have adds up. When the sample is full, every doubles, and half of the windows go.
type starts struct {
	every uint64 // a power of two
	list  []start
}

const (
	window    = 32
	maxStarts = 128 * window
)

func newStarts() starts { return starts{1, make([]start, 0, maxStarts)} }

func (s *starts) reset() { s.list = s.list[:0] }

func (s *starts) add(x start) {
	for {
		if !s.has(x) {
			return
		}
		if len(s.list) < maxStarts {
			s.list = append(s.list, x)
			return
		}
		s.every *= 2
		s.list = slices.DeleteFunc(s.list, func(x start) bool { return !s.has(x) })
	}
}

// has reports whether the sample has windows like that of x.
func (s *starts) has(x start) bool { return x.n/window&(s.every-1) == 0 }

func (s *starts) merge(o *starts) {
	if o.every > s.every {
		s.every = o.every
		s.list = slices.DeleteFunc(s.list, func(x start) bool { return !s.has(x) })
	}
	for _, x := range o.list {
		s.add(x)
	}
}

// gaps returns the gaps between neighbours, in the measure that at turns times into, where a window is there as a whole.
func (s *starts) gaps(at func(time.Duration) float64) (gaps []float64) {
	all := slices.Clone(s.list)
	slices.SortFunc(all, func(a, b start) int {
		if a.n/window != b.n/window {
			return int(int64(a.n/window) - int64(b.n/window))
		}
		return int(a.began - b.began)
	})
	for len(all) >= window {
		if all[0].n/window != all[window-1].n/window {
			all = all[1:]
			continue
		}
		before := at(all[0].began)
		for _, x := range all[1:window] {
			now := at(x.began)
			gaps = append(gaps, now-before)
			before = now
		}
		all = all[window:]
	}
	return gaps
}
