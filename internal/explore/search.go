package explore

import "math/bits"

// The search is source-DPOR with sleep sets (Abdulla, Aronis, Jonsson, Sagonas,
// "Source Sets", JACM 2017), a refinement of the dynamic partial-order reduction of
// Flanagan and Godefroid: of all schedules that differ only in the order of
// operations that do not affect each other, one is run to its end.
//
// Two operations depend on each other when they touch the same word and one of
// them writes it; a CompareAndSwap that fails is a read. A thread that waits is one
// whose next operation is guarded by the words that it has read: writing one of
// them makes it ready, and nothing but its own step makes it wait again. So no
// operation ever takes another thread's readiness away, which the algorithm needs.
//
// Under a bound on preemptions the reduction would lose schedules that are within
// the bound, so it is off then, and all schedules within the bound are run.

// set is a set of threads.
type set uint8

func (s set) has(t int) bool { return s>>t&1 != 0 }
func (s set) first() int     { return bits.TrailingZeros8(uint8(s)) }
func one(t int) set          { return 1 << t }

// node is one step of the present schedule, and what is known of the other
// choices at that point. The fields from cell on are those of the step as it was
// last taken.
type node struct {
	ready     set    // could have been chosen
	pending   uint32 // what all threads were about to do, as a hash
	backtrack set    // must be chosen once
	sleep     set    // need not be chosen (any more)
	chosen    int

	last        int // the thread that ran before, -1 at the beginning
	preemptions int // before this step

	cell   int32
	writes bool
	guard  []sight // also read
	order  clock   // the last step of each thread that comes before, and this one
}

// choose picks the thread that does the next step, books the step, and returns the
// thread, or nil when the schedule is over.
func (e *engine) choose(last int) *thread {
	if e.rec != nil {
		e.rec.completeLast()
	}
	if e.failure != nil {
		return nil
	}
	ready, pending := e.ready()
	if ready == 0 {
		return nil
	}
	if e.depth >= e.cfg.MaxSteps {
		e.failLivelock()
		return nil
	}
	if e.depth == len(e.nodes) {
		if !e.extend(ready, pending, last) {
			e.redundant = true
			return nil
		}
	}
	n := &e.nodes[e.depth]
	if n.ready != ready || n.pending != pending {
		e.failNondeterminism()
		return nil
	}
	t := e.threads[n.chosen]
	e.book(n, t)
	e.depth++
	return t
}

func (e *engine) ready() (s set, pending uint32) {
	for i, t := range e.threads[:e.count] {
		if t.ready() {
			s |= one(i)
			pending = pending*31 + uint32(t.next.cell)<<3 + uint32(t.next.op)
		}
	}
	return s, pending
}

// extend adds a node for a state not seen before. It returns false when every
// thread that is ready sleeps: the schedule would repeat another.
func (e *engine) extend(ready set, pending uint32, last int) bool {
	n := node{ready: ready, pending: pending, last: last}
	if e.depth > 0 {
		prev := &e.nodes[e.depth-1]
		n.preemptions = prev.preemptions + prev.cost(prev.chosen)
		for s := prev.sleep; e.reduce && s != 0; s &= s - 1 {
			if q := s.first(); !e.dependent(prev, e.threads[q]) {
				n.sleep |= one(q)
			}
		}
	}
	may := ready &^ n.sleep
	if may == 0 {
		return false
	}
	n.chosen = may.first()
	if last >= 0 && may.has(last) {
		n.chosen = last
	}
	if e.pick != nil {
		n.chosen = e.pick(e, ready, n.chosen)
	}
	if !ready.has(n.chosen) {
		e.failure = &Failure{Kind: Nondeterminism, Message: "the schedule to replay chooses a thread that cannot run"}
		return false
	}
	n.backtrack = one(n.chosen)
	if !e.reduce {
		n.backtrack = ready
		if e.cfg.Preemptions > 0 && n.preemptions >= e.cfg.Preemptions && last >= 0 && ready.has(last) {
			n.backtrack = one(last)
		}
	}
	if len(e.nodes) < cap(e.nodes) { // keep the guard's memory
		e.nodes = e.nodes[:len(e.nodes)+1]
		n.guard = e.nodes[e.depth].guard[:0]
		e.nodes[e.depth] = n
	} else {
		e.nodes = append(e.nodes, n)
	}
	return true
}

// cost is 1 if choosing t preempts a thread that could have gone on.
func (n *node) cost(t int) int {
	if n.last >= 0 && n.last != t && n.ready.has(n.last) {
		return 1
	}
	return 0
}

// dependent reports whether the next operation of q depends on the step n just done.
func (e *engine) dependent(n *node, q *thread) bool {
	o := &q.next
	if o.cell == n.cell && (n.writes || e.writes(o)) {
		return true
	}
	if n.writes {
		for _, s := range q.guard {
			if s.cell == n.cell {
				return true
			}
		}
	}
	if len(n.guard) > 0 && e.writes(o) {
		for _, s := range n.guard {
			if s.cell == o.cell {
				return true
			}
		}
	}
	return false
}

// book enters the next operation of t as the step n: what it depends on, which
// earlier steps it could have come before, and what it changes.
func (e *engine) book(n *node, t *thread) {
	o := &t.next
	writes := e.writes(o)
	step := int32(e.depth + 1)
	n.cell, n.writes = o.cell, writes
	n.guard = append(n.guard[:0], t.guard...)
	n.order = t.order
	e.races = e.races[:0]
	c := &e.mem.cells[o.cell]
	e.after(n, t, c, writes)
	for _, s := range n.guard {
		if s.cell != o.cell {
			e.after(n, t, &e.mem.cells[s.cell], false)
		}
	}
	n.order[t.id] = step
	if e.reduce && e.depth >= e.prefix-1 { // not done in an earlier schedule
		e.reverse(n, t)
	}
	t.order = n.order
	for _, s := range n.guard {
		e.mem.cells[s.cell].read[t.id] = step
	}
	if writes {
		c.written, c.read = step, clock{}
		c.version++
	} else {
		c.read[t.id] = step
	}
	e.synchronise(t, c, o.op, writes)
	t.guard, t.waitsFor = t.guard[:0], ""
	t.saw(o.cell, c.version, o.op != Store)
	if e.rec != nil {
		e.rec.step(t, c, writes)
	}
}

// after puts the steps of others that an access to c depends on before n, and
// notes those that nothing else ordered before it.
func (e *engine) after(n *node, t *thread, c *cell, writes bool) {
	e.afterStep(n, t, c.written)
	if writes {
		for _, step := range c.read {
			e.afterStep(n, t, step)
		}
	}
}

func (e *engine) afterStep(n *node, t *thread, step int32) {
	if step == 0 {
		return
	}
	m := &e.nodes[step-1]
	if m.chosen == t.id {
		return
	}
	if t.order[m.chosen] < step {
		e.races = append(e.races, step)
	}
	n.order.join(&m.order)
}

// backtrack goes to the deepest step with a choice that must still be made, and
// returns false when there is none.
func (e *engine) backtrack() bool {
	for len(e.nodes) > 0 {
		n := &e.nodes[len(e.nodes)-1]
		n.sleep |= one(n.chosen)
		if left := n.backtrack &^ n.sleep; left != 0 {
			n.chosen = left.first()
			return true
		}
		e.nodes = e.nodes[:len(e.nodes)-1]
	}
	return false
}
