package compile

import (
	"fmt"
	"go/parser"
	"maps"
	"strconv"
	"strings"
)

// coroutineDecls returns the same from the function as it is.
func (c *comp) coroutineDecls() string {
	g := c.glue
	self, v := c.m.machine+c.targs(), c.valueText()
	ns, own := c.coroutineNames(v)
	co, r, err := own.take("co"), own.take("r"), own.take("err")
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is %s on a coroutine of its own.\ntype %s%s struct{ %s.Coroutine[%s] }\n\n", c.m.machine, c.m.title(), c.m.machine, c.tparams(), g.machine, v)
	b.WriteString(c.resultsDecl())
	head := c.ctorHead(ns)
	call := c.m.fn + c.targs()
	args := ns
	if c.sig.Recv() != nil {
		call, args = ns[0]+"."+c.m.fn, ns[1:]
	}
	call += "(" + strings.Join(append([]string{co}, args...), ", ")
	if c.sig.Variadic() {
		call += "..."
	}
	call += ")"
	fmt.Fprintf(&b, "// %s returns %s as a future.\n%s {\nreturn %s{%s.NewCoroutine(func(%s *%s.Co) (%s, error) {\n", c.m.ctor, c.m.title(), head, self, g.machine, co, g.future, v)
	unit := g.future + ".Unit{}"
	switch s := shapeOf(c.sig.Results()); {
	case s.values == 1 && s.err:
		fmt.Fprintf(&b, "return %s\n", call)
	case s.values == 1:
		fmt.Fprintf(&b, "return %s, nil\n", call)
	case s.values == 0 && s.err:
		fmt.Fprintf(&b, "return %s, %s\n", unit, call)
	case s.values == 0:
		fmt.Fprintf(&b, "%s\nreturn %s, nil\n", call, unit)
	default:
		fmt.Fprintf(&b, "var %s %s\nvar %s error\n", r, v, err)
		var rs []string
		for i := range s.values {
			rs = append(rs, fmt.Sprintf("%s.R%d", r, i))
		}
		if s.err {
			rs = append(rs, err)
		}
		fmt.Fprintf(&b, "%s = %s\nreturn %s, %s\n", strings.Join(rs, ", "), call, r, err)
	}
	b.WriteString("})}\n}\n\n")
	return b.String()
}

// coroutineNames returns names for the parameters of a constructor that calls the function itself,
// and all that are taken there.
func (c *comp) coroutineNames(value string) ([]string, unique) {
	ns, all := c.namesBeside(value, c.m.results, c.glue.future, c.glue.machine, "error", "nil")
	for i, n := range ns {
		if n == "_" {
			ns[i] = all.take("a" + strconv.Itoa(i))
		}
	}
	return ns, all
}

// namesBeside returns names for the parameters of a constructor, and all that are taken there. A
// parameter may be called as the function is, as its receiver's type or that of its result: all of
// which the constructor mentions where the parameter is in scope. Then it gets another name.
func (c *comp) namesBeside(mentioned ...string) ([]string, unique) {
	others := unique{}
	for _, text := range append(mentioned, c.m.fn, c.m.recv, c.m.machine) {
		if x, err := parser.ParseExpr(text); err == nil {
			others.identsOf(x)
		}
	}
	if c.sig.Recv() != nil {
		delete(others, c.m.fn) // r.fn finds it whatever is called fn
	}
	ns, all := c.paramNames(), maps.Clone(others)
	for _, n := range ns {
		all[n] = true
	}
	for i, n := range ns {
		if others[n] {
			ns[i] = all.take(n)
		}
	}
	return ns, all
}
