package kv

import (
	"math"
	"math/big"
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

func incrbyfloat(c *call) {
	e, ok := c.of(aString)
	if !ok {
		return
	}
	sum, ok := new(big.Float).SetPrec(floatBits), true
	if e != nil {
		sum, ok = parseFloat(e.value.text)
	}
	by, isFloat := parseFloat(c.args[2])
	switch {
	case !ok || !isFloat:
		c.fail("ERR value is not a valid float")
		return
	case sum.IsInf() || by.IsInf() || isHuge(sum.Add(sum, by)):
		c.fail("ERR increment would produce NaN or Infinity")
		return
	}
	e = c.make(e, aString)
	e.value.text = appendFloat(nil, sum)
	c.bulk(e.value.text)
	if e.value.at != 0 {
		c.log([]byte("SET"), c.args[1], e.value.text, []byte("KEEPTTL"))
	} else {
		c.log([]byte("SET"), c.args[1], e.value.text)
	}
}
