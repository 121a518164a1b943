package compile

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// machineDecls returns what a compiled function becomes.
func (c *comp) machineDecls() string {
	e := &emitter{comp: c}
	body := e.body()
	var b strings.Builder
	f := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	name := c.m.machine
	for _, d := range c.hoisted {
		f("%s\n\n", d)
	}
	f("// %s is %s as a state machine.\n", name, c.m.title())
	f("type %s%s struct {\n", name, c.tparams())
	if c.unwinds {
		f("unwind *%s.Defers\n", c.glue.machine)
	}
	for _, s := range c.frame {
		f("%s %s%s\n", s.name, s.typ, s.note())
	}
	if c.open != nil {
		f("deferred %s // a bit for each deferred call\n", c.predeclared("uint8"))
	}
	if e.states > 250 {
		f("state %s\n}\n\n", c.predeclared("uint16"))
	} else {
		f("state %s\n}\n\n", c.predeclared("uint8"))
	}
	if c.literal == nil {
		f("%s", c.resultsDecl())
		f("%s", c.ctorDecl())
	} else if c.unwinds {
		f("// Unwinding tells whose deferred call it is.\nfunc (%s *%s) Unwinding(d *%s.Defers) { %s.unwind = d }\n\n", c.glue.m, c.m.machine+c.targs(), c.glue.machine, c.glue.m)
	}

	f("%s", c.pollText())
	f("%s := %s.state\n", c.glue.state, c.glue.m)
	if c.jumped {
		if c.jumpedOut {
			f("%s:\n", c.glue.run)
		}
		f("for {\n")
	}
	f("switch %s {\n%s", c.glue.state, body)
	if c.jumped {
		f("default:\npanic(%s.Over(%q))\n}\n}\n}\n\n", c.glue.machine, c.m.title())
	} else {
		f("}\npanic(%s.Over(%q))\n}\n\n", c.glue.machine, c.m.title())
	}
	f("%s", c.deferredDecl())
	f("//line back:1000000\n\n")
	f("%s", c.dropDecl())
	f("%s", c.traceDecl())
	if c.literal == nil {
		f("%s", c.awaitDecl())
	}
	for _, sub := range c.subs {
		f("%s", sub.machineDecls())
	}
	return b.String()
}

func (m *mark) title() string {
	if m.title_ != "" {
		return m.title_
	}
	if m.recv != "" {
		return m.recv + "." + m.fn
	}
	return m.fn
}

// locals declares what lives in Poll.
func (c *comp) locals() string {
	var b strings.Builder
	for _, v := range c.order {
		if v.where != inPoll {
			continue
		}
		t := c.typeOf(v)
		if v.boxed() {
			t = "*" + t
		}
		fmt.Fprintf(&b, "var %s %s\n", v.name, t)
		if !v.read {
			fmt.Fprintf(&b, "_ = %s\n", v.name)
		}
	}
	return b.String()
}

func (c *comp) resultsDecl() string {
	if c.m.results == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is what %s returns.\ntype %s%s struct {\n", c.m.results, c.m.title(), c.m.results, c.tparams())
	for i := range c.m.values {
		fmt.Fprintf(&b, "R%d %s\n", i, c.file.typ(c, c.sig.Results().At(i).Type()))
	}
	b.WriteString("}\n\n")
	return b.String()
}

// paramNames returns the names of the parameters but for co, the receiver first. Those that the
// function does not name are called _.
func (c *comp) paramNames() (ns []string) {
	if r := c.sig.Recv(); r != nil {
		ns = append(ns, cmp.Or(r.Name(), "_"))
	}
	for i := 1; i < c.sig.Params().Len(); i++ {
		ns = append(ns, cmp.Or(c.sig.Params().At(i).Name(), "_"))
	}
	return ns
}

// ctorHead returns the constructor up to its body, with these names for its parameters.
func (c *comp) ctorHead(ns []string) string {
	var ps []string
	recv, tparams := "", c.tparams()
	if r := c.sig.Recv(); r != nil {
		recv = fmt.Sprintf("(%s %s) ", ns[0], c.recvType(r))
		tparams, ns = "", ns[1:]
	}
	for i, n := range ns {
		t := c.sig.Params().At(i + 1).Type()
		if c.sig.Variadic() && i == len(ns)-1 {
			ps = append(ps, n+" ..."+c.file.typ(c, t.(*types.Slice).Elem()))
		} else {
			ps = append(ps, n+" "+c.file.typ(c, t))
		}
	}
	return fmt.Sprintf("func %s%s%s(%s) %s", recv, c.m.ctor, tparams, strings.Join(ps, ", "), c.m.machine+c.targs())
}

// recvType is the type of a receiver.
func (c *comp) recvType(r *types.Var) string {
	t, star := types.Unalias(r.Type()), ""
	if p, ok := t.(*types.Pointer); ok {
		t, star = types.Unalias(p.Elem()), "*"
	}
	return star + t.(*types.Named).Obj().Name() + c.targs()
}

func (c *comp) ctorDecl() string {
	ns, _ := c.namesBeside()
	head := c.ctorHead(ns)
	var fs []string
	for i, v := range c.params {
		if v != nil && v.slot != nil {
			fs = append(fs, v.slot.name+": "+ns[i])
		}
	}
	return fmt.Sprintf("// %s returns %s as a future.\n%s {\n%sreturn %s{%s}\n}\n\n", c.m.ctor, c.m.title(), head, c.sourceUse(), c.m.machine+c.targs(), strings.Join(fs, ", "))
}

// sourceUse mentions the function itself, which nobody calls in this build, so that no linter takes
// it for unused. Exported ones are never taken for that.
func (c *comp) sourceUse() string {
	if ast.IsExported(c.m.fn) {
		return ""
	}
	source := c.m.fn + c.targs()
	if r := c.sig.Recv(); r != nil {
		source = "(" + c.recvType(r) + ")." + c.m.fn
	}
	return fmt.Sprintf("_ = %s // what this is made of\n", source)
}

func (c *comp) dropDecl() string {
	var b strings.Builder
	g := c.glue
	fmt.Fprintf(&b, "// Drop gives up %s, and what it waits for.\nfunc (%s *%s) Drop() {\n", c.m.title(), g.m, c.m.machine+c.targs())
	var cases strings.Builder
	for _, a := range c.awaits {
		if !a.next.seen || a.drop == noDrop {
			continue
		}
		child := (&rend{c: c}).holder(a.child)
		if a.drop == dropAny {
			if !a.child.byPtr && !types.IsInterface(a.child.typ) {
				child = "&" + child
			}
			fmt.Fprintf(&cases, "case %d:\n%s.Drop(%s)\n", a.next.state, g.future, child)
		} else {
			fmt.Fprintf(&cases, "case %d:\n%s.Drop()\n", a.next.state, child)
		}
	}
	if c.deferring() {
		drop := g.m + ".defers.Drop()"
		if c.open != nil {
			drop = g.machine + ".DropDeferred(" + g.m + ", &" + g.m + ".deferred)"
		}
		fmt.Fprintf(&b, "defer %s\n%s.dropWaiting()\n}\n\n", drop, g.m)
		fmt.Fprintf(&b, "// dropWaiting drops what %s waits for.\nfunc (%s *%s) dropWaiting() {\n", c.m.title(), g.m, c.m.machine+c.targs())
	}
	if cases.Len() > 0 {
		fmt.Fprintf(&b, "%s := %s.state\n", g.state, g.m)
	}
	fmt.Fprintf(&b, "%s.state = %s.Ended\n", g.m, g.machine)
	if cases.Len() > 0 {
		fmt.Fprintf(&b, "switch %s {\n%s}\n", g.state, cases.String())
	}
	b.WriteString("}\n\n")
	return b.String()
}

// awaitDecl returns the Await of a machine, for functions that are on a coroutine. future.AwaitOp would save the one allocation, but has
// six functions of its own for each type of machine: it made half of the time that compiling a generated package takes.
func (c *comp) awaitDecl() string {
	g := c.glue
	wait := fmt.Sprintf("%s.Await[%s](co, &%s)", g.future, c.valueText(), g.m)
	return fmt.Sprintf("// Await waits for %s in another async function.\nfunc (%s %s) Await(co *%s.Co) (%s, error) {\nreturn %s\n}\n\n",
		c.m.title(), g.m, c.m.machine+c.targs(), g.future, c.valueText(), wait)
}

// note names the other variables that live in a field.
func (s *slot) note() string {
	var also []string
	for _, v := range s.vars[1:] {
		if v.base != s.vars[0].base && !slices.Contains(also, v.base) {
			also = append(also, v.base)
		}
	}
	if len(also) == 0 {
		return ""
	}
	return " // also " + strings.Join(also, ", ")
}
