package kv

import (
	"math"
	"strconv"
)

var numberCommands = []command{
	{"incr", 2, 1, 1, 1, writes, func(c *call) { incr(c, 1) }},
	{"decr", 2, 1, 1, 1, writes, func(c *call) { incr(c, -1) }},
	{"incrby", 3, 1, 1, 1, writes, incrby},
	{"decrby", 3, 1, 1, 1, writes, decrby},
	{"incrbyfloat", 3, 1, 1, 1, writes, incrbyfloat},
}

const overflows = "ERR increment or decrement would overflow"

// add returns a sum, if there is one.
func add(a, b int64) (sum int64, ok bool) {
	return a + b, !(b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b)
}

func incrby(c *call) {
	if n, ok := c.number(c.args[2]); ok {
		incr(c, n)
	}
}

func decrby(c *call) {
	n, ok := c.number(c.args[2])
	if !ok {
		return
	}
	if n == math.MinInt64 {
		c.fail("ERR decrement would overflow")
		return
	}
	incr(c, -n)
}

func incr(c *call, by int64) {
	e, ok := c.of(aString)
	if !ok {
		return
	}
	n := int64(0)
	if e != nil {
		if n, ok = c.number(e.value.text); !ok {
			return
		}
	}
	if n, ok = add(n, by); !ok {
		c.fail(overflows)
		return
	}
	e = c.make(e, aString)
	var room [20]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	if cap(e.value.text) <= inPlace {
		e.value.text = append(e.value.text[:0], digits...)
	} else {
		e.value.text = append([]byte(nil), digits...)
	}
	c.int(n)
	c.dirty = true
}

// parseFloat reads a number as Redis does: no blanks, no names but inf.
func parseFloat(p []byte) (float64, bool) {
	f, err := strconv.ParseFloat(string(p), 64)
	return f, err == nil && !math.IsNaN(f) && len(p) > 0
}

func incrbyfloat(c *call) {
	by, ok := parseFloat(c.args[2])
	if !ok {
		c.fail("ERR value is not a valid float")
		return
	}
	e, ok := c.of(aString)
	if !ok {
		return
	}
	f := 0.0
	if e != nil {
		if f, ok = parseFloat(e.value.text); !ok {
			c.fail("ERR value is not a valid float")
			return
		}
	}
	if f += by; math.IsInf(f, 0) || math.IsNaN(f) {
		c.fail("ERR increment would produce NaN or Infinity")
		return
	}
	e = c.make(e, aString)
	e.value.text = strconv.AppendFloat(nil, f, 'f', -1, 64)
	c.bulk(e.value.text)
	if e.value.at != 0 {
		c.log([]byte("SET"), c.args[1], e.value.text, []byte("KEEPTTL"))
	} else {
		c.log([]byte("SET"), c.args[1], e.value.text)
	}
}
