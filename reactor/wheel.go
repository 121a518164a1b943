package reactor

import (
	"math"
	"math/bits"
)

// The wheel: 7 levels of 64 slots, a slot of level n being 64^n ticks wide. A timer
// stands on the lowest level whose slots tell its tick from the current one, and moves
// down as time comes nearer: at most 6 times. Inserting and removing touch one list;
// the next slot to come is found by one bit scan a level.
//
// A tick is 16 µs: two thirds of a wake-up, so finer ones would buy nothing. 64^7
// ticks are 2 years; what is further off waits on the top level for several rounds.
//
// After G. Varghese and T. Lauck, "Hashed and hierarchical timing wheels", SOSP 1987;
// the choice of the level by the highest differing bit is tokio's (time/wheel).
//
// A wheel belongs to one reactor, whose lock guards it.

const (
	tickBits   = 14 // 2^14 ns
	levelBits  = 6
	slots      = 1 << levelBits
	levels     = 7
	never      = math.MaxInt64
	wheelRange = uint64(1) << (levels * levelBits)
)

// tickAfter returns the first tick that begins no earlier than time t (nanoseconds
// since start).
func tickAfter(t int64) uint64 { return uint64(t+1<<tickBits-1) >> tickBits }

type wheel struct {
	now      uint64 // ticks that have been processed
	count    int
	occupied [levels]uint64
	slot     [levels][slots]*Timer
}

// insert puts t in the slot for t.tick, which the caller has set.
func (w *wheel) insert(t *Timer) {
	tick := t.tick
	if tick <= w.now {
		tick = w.now + 1 // due: the next slot
	} else if tick-w.now >= wheelRange {
		tick = w.now + wheelRange - 1
	}
	level := (bits.Len64(w.now^tick|(slots-1)) - 1) / levelBits
	if level >= levels { // the top level wraps round
		level = levels - 1
	}
	i := tick >> (level * levelBits) & (slots - 1)
	t.level, t.slot = uint8(level), uint8(i)
	head := w.slot[level][i]
	t.prev, t.next = nil, head
	if head != nil {
		head.prev = t
	}
	w.slot[level][i] = t
	w.occupied[level] |= 1 << i
	w.count++
}

// remove takes t out of its slot.
func (w *wheel) remove(t *Timer) {
	if t.next != nil {
		t.next.prev = t.prev
	}
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		w.slot[t.level][t.slot] = t.next
		if t.next == nil {
			w.occupied[t.level] &^= 1 << t.slot
		}
	}
	t.prev, t.next = nil, nil
	w.count--
}

// next returns the level and slot that comes next and the tick it begins with.
func (w *wheel) next() (level, slot int, tick uint64, ok bool) {
	for level = range levels {
		if w.occupied[level] == 0 {
			continue
		}
		shift := level * levelBits
		at := int(w.now>>shift) & (slots - 1)
		// Slots from the current one on, in the order of time. On levels above the
		// lowest the current slot has been emptied, so one that is occupied again is
		// a whole round away: look at it last.
		first := at
		if level > 0 {
			first = at + 1
		}
		rotated := bits.RotateLeft64(w.occupied[level], -first)
		slot = (first + bits.TrailingZeros64(rotated)) & (slots - 1)
		width := uint64(1) << shift
		round := w.now &^ (width*slots - 1)
		tick = round + uint64(slot)*width
		if tick <= w.now && (level > 0 || tick < w.now) {
			tick += width * slots
		}
		return level, slot, tick, true
	}
	return 0, 0, 0, false
}

// any returns some timer of the wheel, nil if it is empty.
func (w *wheel) any() *Timer {
	level, slot, _, ok := w.next()
	if !ok {
		return nil
	}
	return w.slot[level][slot]
}

// deadline returns when the wheel has to be advanced next (nanoseconds since start), at
// the latest: a timer on an upper level may be due later than its slot begins.
func (w *wheel) deadline() int64 {
	_, _, tick, ok := w.next()
	if !ok {
		return never
	}
	return int64(tick << tickBits)
}

// earliest returns the deadline that comes first; never if there is none. It looks at all timers of one
// slot, which a paused clock can afford. The wheel does not advance.
func (w *wheel) earliest() int64 {
	for {
		level, slot, _, ok := w.next()
		if !ok {
			return never
		}
		if !w.spread(level, slot) {
			first := int64(never)
			for t := w.slot[level][slot]; t != nil; t = t.next {
				first = min(first, t.when.Load())
			}
			return first
		}
	}
}

// spread moves the timers of a slot that were pushed back to where they belong, and reports whether
// there were any.
func (w *wheel) spread(level, slot int) (some bool) {
	for t := w.slot[level][slot]; t != nil; {
		next := t.next
		if tick := tickAfter(t.when.Load()); tick != t.tick {
			w.remove(t)
			t.tick = tick
			w.insert(t)
			some = true
		}
		t = next
	}
	return some
}

// takeDue takes out a timer that is due at a time on a paused clock, to the nanosecond; nil if none is.
// The wheel does not advance.
func (w *wheel) takeDue(now int64) *Timer {
	for {
		level, slot, _, ok := w.next()
		if !ok {
			return nil
		}
		for t := w.slot[level][slot]; t != nil; t = t.next {
			if t.when.Load() <= now {
				w.remove(t)
				return t
			}
		}
		if !w.spread(level, slot) {
			return nil
		}
	}
}

// advance advances to tick `to` and returns a due timer taken out of the wheel, or nil
// when all that are due have been returned.
func (w *wheel) advance(to uint64) *Timer {
	for {
		level, slot, tick, ok := w.next()
		if !ok || tick > to {
			w.now = max(w.now, to)
			return nil
		}
		w.now = tick
		if level == 0 {
			t := w.slot[0][slot]
			w.remove(t)
			return t
		}
		// Move a slot's timers down to where its ticks are told apart.
		t := w.slot[level][slot]
		w.slot[level][slot] = nil
		w.occupied[level] &^= 1 << slot
		for t != nil {
			next := t.next
			w.count--
			if t.tick <= w.now {
				w.insertDue(t)
			} else {
				w.insert(t)
			}
			t = next
		}
	}
}

// insertDue puts a timer whose tick is the current one in the current slot.
func (w *wheel) insertDue(t *Timer) {
	i := w.now & (slots - 1)
	t.level, t.slot = 0, uint8(i)
	head := w.slot[0][i]
	t.prev, t.next = nil, head
	if head != nil {
		head.prev = t
	}
	w.slot[0][i] = t
	w.occupied[0] |= 1 << i
	w.count++
}
