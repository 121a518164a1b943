package compile

// share gives each variable of the frame a field. Variables of one type that are never both needed
// share a field. Two are needed at once if one is set, or may be, where the other's value is still
// to be read; within one statement everything that is set is taken to be in the way of everything
// that is read, since the code for it may set before it reads.
func (c *comp) share() {
	fields := unique{"Poll": true, "Drop": true, "Await": true, "Trace": true, "state": true, "run": true, "dropWaiting": true, "unwind": true}
	fields["defers"] = c.defers != nil
	fields["deferred"], fields["Deferred"] = c.open != nil, c.open != nil
	apart := c.interference()
	for _, v := range c.order {
		if v.where != inFrame {
			continue
		}
		t := c.typeOf(v)
		if v.boxed() {
			t = "*" + t
		}
		if s := c.room(v, t, apart); s != nil {
			v.slot = s
			s.vars = append(s.vars, v)
			continue
		}
		name := v.base
		if v != c.defers {
			name = fields.take(v.base)
		}
		v.slot = &slot{name: name, typ: t, vars: []*variable{v}}
		c.frame = append(c.frame, v.slot)
	}
}

// alone reports whether a variable needs a field to itself: the results of a function with deferred
// calls are read by whatever panics, and what those calls need is read whenever the function ends.
func (c *comp) alone(v *variable) bool { return v == c.defers || v.held || v.result && c.deferring() }

// room returns a field of that type in which v disturbs nothing.
func (c *comp) room(v *variable, t string, apart map[*variable]varset) *slot {
	if c.alone(v) || v.param || v.extern {
		return nil // set before the machine begins
	}
next:
	for _, s := range c.frame {
		if s.typ != t {
			continue
		}
		for _, w := range s.vars {
			if c.alone(w) || apart[v][w] {
				continue next
			}
		}
		return s
	}
	return nil
}

// interference finds for each variable of the frame those that it cannot share a field with.
func (c *comp) interference() map[*variable]varset {
	apart := map[*variable]varset{}
	part := func(v, w *variable) {
		if v == w || v.where != inFrame || w.where != inFrame {
			return
		}
		for _, p := range [][2]*variable{{v, w}, {w, v}} {
			if apart[p[0]] == nil {
				apart[p[0]] = varset{}
			}
			apart[p[0]][p[1]] = true
		}
	}
	for _, b := range c.blocks {
		live := b.out()
		b.events(func(n *node) {
			for _, x := range n.exits {
				for v := range x.in {
					live[v] = true
				}
			}
			set := append(append([]*variable{}, n.kills...), n.writes...)
			for _, v := range set {
				for w := range live {
					part(v, w)
				}
				for _, w := range n.reads {
					part(v, w)
				}
				for _, w := range set {
					part(v, w)
				}
			}
			n.before(live)
		})
	}
	// What is live at the beginning was set there, together.
	for v := range c.entry0().in {
		for w := range c.entry0().in {
			part(v, w)
		}
		for _, w := range c.params {
			if w != nil {
				part(v, w)
			}
		}
	}
	return apart
}

func (c *comp) entry0() *block { return c.blocks[0] }

// clear finds the fields that hold something dead at an await. They are cleared when its child has
// been set up, each once: so a machine keeps nothing alive from the next await on, be it ready at
// once or not, nor does one that it is in.
func (c *comp) clear() {
	dirty := map[*block]map[*slot]bool{}
	add := func(b *block, s map[*slot]bool) (grown bool) {
		if dirty[b] == nil {
			dirty[b], grown = map[*slot]bool{}, true
		}
		for x := range s {
			if !dirty[b][x] {
				dirty[b][x], grown = true, true
			}
		}
		return grown
	}
	begin := map[*slot]bool{}
	for _, v := range c.order {
		if (v.param || v.extern) && v.slot != nil {
			begin[v.slot] = true
		}
	}
	add(c.entry0(), begin)
	for work := []*block{c.entry0()}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		now := map[*slot]bool{}
		for s := range dirty[b] {
			now[s] = true
		}
		var aside []*block
		b.events(func(n *node) { // the order does not matter: nothing is cleared on the way
			aside = append(aside, n.exits...)
			n.mentions(func(v *variable) {
				if v.where == inFrame {
					now[v.slot] = true
				}
			})
		})
		for _, t := range aside {
			if add(t, now) {
				work = append(work, t)
			}
		}
		if b.term == nil {
			continue
		}
		if a, ok := b.term.(*await); ok {
			a.clears = nil
			for _, s := range c.frame {
				if now[s] && s.dead(a.next) && !c.alone(s.vars[0]) {
					delete(now, s)
					a.clears = append(a.clears, s)
				}
			}
		}
		for _, t := range b.term.targets() {
			if add(t, now) {
				work = append(work, t)
			}
		}
	}
}

// dead reports whether nothing that lives in a field is live at the head of a block.
func (s *slot) dead(b *block) bool {
	for _, v := range s.vars {
		if b.in[v] {
			return false
		}
	}
	return true
}

// zeroOf writes the zero value of a variable's field.
func (c *comp) zeroOf(v *variable) string {
	if v.typ == nil || v.byPtr || v.boxed() {
		return "nil"
	}
	return c.file.zero(c, v.typ)
}
