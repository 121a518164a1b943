package explore

// reverse makes the search try the step n, which is the last one so far, before
// each earlier step that it depends on, where nothing else keeps them in order.
func (e *engine) reverse(n *node, t *thread) {
	for _, a := range e.races {
		if !e.between(a) && !e.enabledBy(t, a) {
			e.tryBefore(a, n, t)
		}
	}
}

// between reports whether another candidate comes after step a, so that the order of
// a and the present step follows from that one's.
func (e *engine) between(a int32) bool {
	q := e.nodes[a-1].chosen
	for _, b := range e.races {
		if b > a && e.nodes[b-1].order[q] >= a {
			return true
		}
	}
	return false
}

// enabledBy reports whether t waits for exactly what step a did: it cannot go on
// without it.
func (e *engine) enabledBy(t *thread, a int32) bool {
	changes, last := uint32(0), int32(0)
	for _, s := range t.guard {
		c := &e.mem.cells[s.cell]
		if c.version != s.version {
			changes += c.version - s.version
			last = c.written
		}
	}
	return changes == 1 && last == a
}

// tryBefore looks at the steps after step a that do not depend on it, together
// with n: they could all be done without a, and any thread that can begin them
// leads there. Unless one of those is to be tried at a anyhow, one is added.
func (e *engine) tryBefore(a int32, n *node, t *thread) {
	at := &e.nodes[a-1]
	var begun clock // the first of those steps, for each thread
	var initials set
	for j := int(a); j < e.depth; j++ {
		m := &e.nodes[j]
		if q := m.chosen; m.order[at.chosen] < a && begun[q] == 0 {
			if !m.order.knows(&begun) {
				initials |= one(q)
			}
			begun[q] = int32(j + 1)
		}
	}
	if begun[t.id] == 0 && !n.order.knows(&begun) {
		initials |= one(t.id)
	}
	initials &= at.ready
	if initials == 0 || initials&(at.backtrack|at.sleep) != 0 {
		return
	}
	if initials.has(t.id) {
		at.backtrack |= one(t.id)
	} else {
		at.backtrack |= one(initials.first())
	}
}

// knows reports whether one of the steps in begun comes before the step whose order
// is c.
func (c *clock) knows(begun *clock) bool {
	for q, step := range begun {
		if step != 0 && c[q] >= step {
			return true
		}
	}
	return false
}
