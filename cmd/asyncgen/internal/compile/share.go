package compile

// share gives each variable of the frame a field.
func (c *comp) share() {
	fields := unique{"Poll": true, "Drop": true, "Await": true, "Trace": true, "state": true, "run": true, "dropWaiting": true}
	if c.defers != nil {
		fields["defers"] = true
	}
	for _, v := range c.order {
		if v.where != inFrame {
			continue
		}
		t := c.typeOf(v)
		if v.boxed() {
			t = "*" + t
		}
		name := v.base
		if v != c.defers {
			name = fields.take(v.base)
		}
		v.slot = &slot{name: name, typ: t, vars: []*variable{v}}
		c.frame = append(c.frame, v.slot)
	}
}
