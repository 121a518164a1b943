package compile

import "slices"

// varset is a set of variables.
type varset map[*variable]bool

// link finds out which blocks are reached, and merges those that only one other block leads to
// into it, so that what is left are the states.
func (c *comp) link() {
	for _, b := range c.blocks {
		if i := slices.IndexFunc(b.nodes, func(n *node) bool { return n.ends }); i >= 0 {
			b.nodes, b.term = b.nodes[:i+1], nil
		}
		if b.term == nil && b.n == 0 {
			c.seq++
			b.n = c.seq
		}
	}
	for _, b := range c.blocks {
		switch t := b.term.(type) {
		case *jump:
			t.to = resolve(t.to)
		case *branch:
			t.yes, t.no = resolve(t.yes), resolve(t.no)
		}
	}
	entry := resolve(c.entry)
	entry.preds = 2
	reach(entry)
	c.blocks = slices.DeleteFunc(c.blocks, func(b *block) bool { return !b.seen })
	slices.SortStableFunc(c.blocks, func(a, b *block) int { return a.n - b.n })
	if i := slices.Index(c.blocks, entry); i > 0 {
		c.blocks = slices.Insert(slices.Delete(c.blocks, i, i+1), 0, entry)
	}
	for _, b := range c.blocks {
		switch t := b.term.(type) {
		case *jump:
			merge(t.to, b)
		case *branch:
			if !merge(t.yes, b) {
				merge(t.no, b)
			}
		}
	}
	for _, b := range c.blocks {
		b.head()
	}
}

func merge(b, into *block) bool {
	if b.preds != 1 || b.resume != nil {
		return false
	}
	b.first = into
	return true
}

// head returns the block that b is merged into, with others.
func (b *block) head() *block {
	for b.first != nil {
		b = b.first
	}
	return b
}

// resolve follows jumps of empty blocks.
func resolve(b *block) *block {
	for range 1000 {
		j, ok := b.term.(*jump)
		if !ok || len(b.nodes) > 0 || b.resume != nil {
			break
		}
		b = j.to
	}
	return b
}

func reach(b *block) {
	if b.seen {
		return
	}
	b.seen = true
	for _, n := range b.nodes {
		for i, x := range n.exits {
			n.exits[i] = resolve(x)
			n.exits[i].preds += 2 // reached by a jump in the middle of a statement
			reach(n.exits[i])
		}
	}
	if b.term == nil {
		return
	}
	if d, ok := b.term.(*dispatch); ok {
		for i, x := range d.node.exits {
			d.node.exits[i] = resolve(x)
			d.node.exits[i].preds += 2
			reach(d.node.exits[i])
		}
		return
	}
	for _, t := range b.term.targets() {
		t.preds++
		reach(t)
	}
}

// events calls f for what happens in a block, from its end to its head.
func (b *block) events(f func(*node)) {
	switch t := b.term.(type) {
	case *branch:
		f(t.node)
	case *dispatch:
		f(t.node)
	case *ret:
		f(t.node)
	case *await:
		f(t.setup)
	}
	for i := len(b.nodes) - 1; i >= 0; i-- {
		f(b.nodes[i])
	}
	if b.resume != nil {
		f(b.resume.fin)
		f(&node{reads: []*variable{b.resume.child}})
	}
}

// place decides where each variable lives.
func (c *comp) place() {
	c.liveness()
	used := varset{}
	for _, b := range c.blocks {
		b.events(func(n *node) {
			n.mentions(func(v *variable) {
				used[v] = true
				v.blocks[b.head()] = true
			})
			for _, v := range n.reads {
				v.read = true
			}
		})
	}
	kept := map[*variable]string{}
	for _, b := range c.blocks {
		if b.resume == nil {
			continue
		}
		for v := range b.in {
			if kept[v] == "" {
				kept[v] = "lives across the await of " + b.resume.what
			}
		}
	}
	for _, v := range c.order {
		switch {
		case v == c.defers:
		case v.extern:
			v.where, v.why = inFrame, "variable of the function around"
		case v.param:
			v.where, v.why = inFrame, "parameter"
		case v.child:
			v.where, v.why = inFrame, "what is awaited"
		case v.result && c.deferring():
			v.where, v.why = inFrame, "result, which deferred functions see"
		case v.held:
			v.where, v.why = inFrame, "a deferred call needs it"
		case kept[v] != "":
			v.where, v.why = inFrame, kept[v]
		case len(v.blocks) <= 1 && !v.spread:
			v.where = inBlock
		default:
			v.where = inPoll
		}
	}
	c.order = slices.DeleteFunc(c.order, func(v *variable) bool { return !used[v] && !v.param && !c.alone(v) })
	c.share()
}

// liveness finds the variables that are live at the head of each block, by going backwards until
// nothing changes.
func (c *comp) liveness() {
	for _, b := range c.blocks {
		b.in = varset{}
	}
	for changed := true; changed; {
		changed = false
		for i := len(c.blocks) - 1; i >= 0; i-- {
			b := c.blocks[i]
			live := b.out()
			b.events(func(n *node) { n.before(live) })
			if len(live) > len(b.in) {
				b.in, changed = live, true
			}
		}
	}
}

// out returns what is live at the end of a block.
func (b *block) out() varset {
	live := varset{}
	if b.term != nil {
		for _, t := range b.term.targets() {
			for v := range t.in {
				live[v] = true
			}
		}
	}
	return live
}

// before makes what is live after a node what is live before it.
func (n *node) before(live varset) {
	for _, x := range n.exits {
		for v := range x.in {
			live[v] = true
		}
	}
	for _, v := range n.kills {
		delete(live, v)
	}
	for _, v := range n.reads {
		live[v] = true
	}
}
