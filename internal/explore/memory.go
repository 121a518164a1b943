package explore

import "unsafe"

// clock holds one number for each thread.
type clock [MaxThreads]int32

func (c *clock) join(o *clock) {
	for i, v := range o {
		c[i] = max(c[i], v)
	}
}

// cell is what the controller knows of one word or one annotated piece of memory
// in the present schedule. Steps are counted from 1 here, so that 0 means none.
type cell struct {
	p       unsafe.Pointer // keeps the memory from being used again
	kind    Kind
	version uint32 // how often it was written
	written int32  // the last step that wrote it
	read    clock  // the last step of each thread that read it since

	sync clock // what a thread that reads it is synchronised with

	plainWriter int32 // who wrote last, plus 1
	plainWrite  int32 // at which time of his
	plainRead   clock // when each thread read since
}

// memory finds cells by address. Within one schedule cells are numbered by their
// first use, which is the same whenever the schedule is run.
type memory struct {
	cells []cell
	slots []slot
	round uint32
}

type slot struct {
	round uint32
	cell  int32
	addr  uintptr
}

func (m *memory) reset() {
	clear(m.cells)
	m.cells = m.cells[:0]
	if m.round++; m.round == 0 || m.slots == nil {
		m.slots, m.round = make([]slot, 256), 1
	}
}

func (m *memory) word(p unsafe.Pointer, k Kind) int32 {
	i := m.find(p)
	if k != plain {
		m.cells[i].kind = k
	}
	return i
}

func (m *memory) find(p unsafe.Pointer) int32 {
	addr := uintptr(p)
	mask := uintptr(len(m.slots) - 1)
	// Words lie 4 or 8 bytes apart, often a cache line or two.
	for h := addr>>2 ^ addr>>7; ; h++ {
		s := &m.slots[h&mask]
		if s.round != m.round {
			if len(m.cells) > len(m.slots)/2 {
				m.grow()
				return m.find(p)
			}
			*s = slot{m.round, int32(len(m.cells)), addr}
			m.cells = append(m.cells, cell{p: p})
			return s.cell
		}
		if s.addr == addr {
			return s.cell
		}
	}
}

func (m *memory) grow() {
	old := m.slots
	m.slots = make([]slot, 2*len(old))
	mask := uintptr(len(m.slots) - 1)
	for _, s := range old {
		if s.round != m.round {
			continue
		}
		h := s.addr>>2 ^ s.addr>>7
		for m.slots[h&mask].round == m.round {
			h++
		}
		m.slots[h&mask] = s
	}
}

// synchronise follows Go's memory model: a read is synchronised with the write
// that it sees, and an operation that reads and writes passes on what it saw.
func (e *engine) synchronise(t *thread, c *cell, op Op, writes bool) {
	if op != Store {
		t.sync.join(&c.sync)
	}
	if writes {
		c.sync = t.sync
		t.sync[t.id]++
	}
}

// plainAccess checks an access to plain memory against those that came before: two
// accesses, one of them a write, must be ordered by synchronisation.
func (e *engine) plainAccess(t *thread, p unsafe.Pointer, writes bool) {
	i := e.mem.word(p, plain)
	c := &e.mem.cells[i]
	if e.rec != nil {
		e.rec.plain(t, i, writes)
	}
	if w := c.plainWriter - 1; w >= 0 && t.sync[w] < c.plainWrite {
		e.race(t, i, writes, int(w), true)
	}
	if writes {
		for r, at := range c.plainRead {
			if t.sync[r] < at {
				e.race(t, i, true, r, false)
			}
		}
		c.plainWriter, c.plainWrite, c.plainRead = int32(t.id+1), t.sync[t.id], clock{}
		return
	}
	c.plainRead[t.id] = t.sync[t.id]
}
