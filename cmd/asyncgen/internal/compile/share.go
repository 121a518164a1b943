package compile

// share gives each variable of the frame a field.
func (c *comp) share() {
	fields := unique{"Poll": true, "Drop": true, "Await": true, "Trace": true, "state": true}
	for _, v := range c.order {
		if v.where != inFrame {
			continue
		}
		t := c.typeOf(v)
		if v.boxed() {
			t = "*" + t
		}
		v.slot = &slot{name: fields.take(v.base), typ: t, vars: []*variable{v}}
		c.frame = append(c.frame, v.slot)
	}
}
