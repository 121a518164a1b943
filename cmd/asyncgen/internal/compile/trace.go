package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// traced is the name of a function in traces.
func (c *comp) traced() string {
	if c.literal != nil {
		if c.literal.deferred {
			return c.literal.outer.traced() + ".defer"
		}
		return c.literal.outer.traced() + ".func"
	}
	return c.m.title()
}

// traceDecl returns the method that tells where a machine stands.
func (c *comp) traceDecl() string {
	g := c.glue
	var b strings.Builder
	fmt.Fprintf(&b, "// Trace tells where %s stands.\nfunc (%s *%s) Trace(t *%s.Tracer) {\nswitch %s.state {\n",
		c.m.title(), g.m, c.m.machine+c.targs(), g.future, g.m)
	at := func(pos token.Pos, child string) {
		p := c.sourceLine(pos)
		file := p.file
		if !filepath.IsAbs(file) {
			file = c.pkg.PkgPath + "/" + file
		}
		fmt.Fprintf(&b, "t.At(%q, %q, %d, %s)\n", c.pkg.PkgPath+"."+c.traced(), file, p.line, child)
	}
	fmt.Fprintf(&b, "case 0:\n")
	at(c.decl.Pos(), "nil")
	for _, a := range c.awaits {
		if !a.next.seen {
			continue
		}
		child := (&rend{c: c}).holder(a.child)
		if !a.child.byPtr && !types.IsInterface(a.child.typ) {
			if _, ptr := types.Unalias(a.child.typ).(*types.Pointer); !ptr {
				child = "&" + child
			}
		}
		fmt.Fprintf(&b, "case %d:\n", a.next.state)
		at(a.pos, child)
	}
	if c.defers != nil {
		fmt.Fprintf(&b, "case %s.Unwinding:\n", g.machine)
		at(c.decl.Body.Rbrace, g.m+".defers.Current()")
	}
	b.WriteString("}\n}\n\n")
	return b.String()
}
