package kv

import (
	"strings"

	"github.com/magpie-go/magpie/wire/resp"
)

// What commands answer.

func (c *call) simple(s string) { c.out = resp.AppendSimple(c.out, s) }
func (c *call) ok()             { c.out = append(c.out, "+OK\r\n"...) }
func (c *call) fail(s string)   { c.out = resp.AppendError(c.out, strings.Trim(s, "\r\n")) } // as Redis does
func (c *call) int(n int64)     { c.out = resp.AppendInt(c.out, n) }
func (c *call) count(n int)     { c.out = resp.AppendInt(c.out, int64(n)) }
func (c *call) bulk(p []byte)   { c.out = resp.AppendBulk(c.out, p) }
func (c *call) text(s string)   { c.out = resp.AppendBulk(c.out, s) }
func (c *call) null()           { c.out = c.v.AppendNull(c.out) }
func (c *call) array(n int)     { c.out = resp.AppendArray(c.out, n) }

// flag answers 1 or 0.
func (c *call) flag(t bool) {
	if t {
		c.int(1)
	} else {
		c.int(0)
	}
}

const (
	notAnInt    = "ERR value is not an integer or out of range"
	syntaxError = "ERR syntax error"
	noSuchKey   = "ERR no such key"
)

// unknown answers a command that there is not, with what it began with.
func (c *call) unknown() {
	const most = 128
	var b strings.Builder
	b.WriteString("ERR unknown command '")
	b.Write(c.args[0][:min(len(c.args[0]), most)])
	b.WriteString("', with args beginning with: ")
	for i, n := 1, 0; i < len(c.args) && n < most; i++ {
		a := c.args[i][:min(len(c.args[i]), most-n)]
		b.WriteString("'")
		b.Write(a)
		b.WriteString("' ")
		n += len(a) + 3
	}
	c.fail(b.String())
}
