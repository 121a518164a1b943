package compile

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"strings"
)

// A literal is a function literal inside of an async function that awaits itself. It becomes a
// machine of its own, which finds the variables of the functions around it by pointers: those are
// boxed. This file is about those that a defer statement calls; see asyncliteral.go.
type literal struct {
	lit      *ast.FuncLit
	outer    *comp
	deferred bool
	name     string     // of the variable that it is in, or ""
	typ      types.Type // of its machine, if that is awaited by value
}

// deferredCall looks at the call of a defer statement, and reports whether it awaits.
func (c *comp) deferredCall(call *ast.CallExpr, known map[*ast.Ident]bool) bool {
	lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit)
	if !ok {
		w := c.classify(call, known)
		if w == nil {
			return false
		}
		if w.kind != onCall || c.recovers(w.fn) {
			c.refuse(call.Pos(), "a deferred call that awaits, other than of a function literal or of a function that is marked %s and does not recover; put it into a literal", marker)
		}
		c.asyncDefers[call] = &asyncDefer{wait: w}
		return true
	}
	own := len(call.Args) > 0 && c.isCo(call.Args[0]) != nil
	if own {
		known[c.isCo(call.Args[0])] = true
	} else if !c.mentionsCo(lit.Body) {
		return false
	}
	name := fmt.Sprintf("%sDefer%d", strings.TrimSuffix(lower(c.m.machine), "Machine"), len(c.asyncDefers)+1)
	m := &mark{names: names{fn: c.m.fn, recv: c.m.recv, future: c.m.future, machine: c.file.reserve(name + "Machine"), title_: "a deferred function of " + c.m.title()},
		decl: &ast.FuncDecl{Name: ast.NewIdent(c.m.fn), Type: lit.Type, Body: lit.Body}}
	sub := &comp{pkg: c.pkg, info: c.info, fset: c.fset, src: c.src, file: c.file, m: m, decl: m.decl, literal: &literal{lit: lit, outer: c, deferred: true}}
	sub.prepare()
	if own {
		sub.co = sub.sig.Params().At(0)
	} else {
		sub.co = c.co
	}
	sub.findAwaits()
	if !own && len(sub.calls) == 0 && len(sub.asyncDefers) == 0 {
		return false
	}
	s := shapeOf(sub.sig.Results())
	m.values, m.hasError = s.values, s.err
	if s.values > 1 {
		c.refuse(lit.Pos(), "a deferred function literal that awaits has several results, which nobody gets; leave them out")
	}
	c.asyncDefers[call] = &asyncDefer{sub: sub, own: own}
	c.subs = append(c.subs, sub)
	return true
}

// asyncDefer is a deferred call that awaits.
type asyncDefer struct {
	wait *waiting // of a marked function
	sub  *comp    // of a literal
	own  bool     // which has a co of its own
}

// recovers reports whether a function calls recover itself.
func (c *comp) recovers(fn *types.Func) (found bool) {
	d, ok := c.file.prog.decls[fn.Origin()]
	if !ok {
		return true // nobody knows
	}
	ast.Inspect(d.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			found = found || d.info.Uses[n] == types.Universe.Lookup("recover")
		}
		return true
	})
	return found
}

// externs adds the variables of the functions around a literal that it mentions.
func (c *comp) externs() {
	if c.literal == nil {
		return
	}
	maps.Copy(c.renamed, c.literal.outer.renamed)
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		o, ok := c.info.Uses[id].(*types.Var)
		if !ok || o.IsField() || c.vars[o] != nil || c.local(o) || !c.outermost().local(o) || o == c.co {
			return true
		}
		v := c.newVar(o.Name(), o.Type(), o.Pos())
		v.obj, v.captured, v.extern = o, true, true
		c.vars[o] = v
		return true
	})
}

// shareWithLiterals keeps the variables that literals with machines of their own mention out of blocks.
func (c *comp) shareWithLiterals() {
	for _, sub := range c.subs {
		ast.Inspect(sub.decl.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if v := c.vars[c.info.Uses[id]]; v != nil {
					v.captured, v.spread = true, true
				}
			}
			return true
		})
	}
}

// asyncDeferText renders a defer statement whose call awaits.
func (r *rend) asyncDeferText(call *ast.CallExpr, d *asyncDefer) string {
	c := r.c
	var head, args []string
	recv := ""
	if d.sub == nil && d.wait.fn.Signature().Recv() != nil { // evaluated before the arguments
		sel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		x := r.parts(c.parts0(sel.X))
		if wantsPointer(c.info.Selections[sel]) {
			x = "&" + x
		}
		recv = c.fresh("f")
		head = append(head, recv+" := "+x)
	}
	for i, x := range call.Args {
		if c.isCo(x) != nil {
			continue
		}
		text := r.parts(c.parts0(x))
		if tv := c.info.Types[x]; tv.Value == nil && !tv.IsNil() {
			n := c.fresh("a")
			head = append(head, n+" := "+r.converted(call, i, x, text))
			text = n
		}
		args = append(args, text)
	}
	u, co := c.fresh("u"), c.fresh("co")
	dots := ""
	if call.Ellipsis.IsValid() {
		dots = "..."
	}
	var machine, plain string
	if d.sub != nil {
		sub := d.sub
		fs := r.around(sub)
		params := sub.params
		for i, a := range args {
			if i < len(params) && params[i] != nil && params[i].slot != nil {
				fs = append(fs, params[i].slot.name+": "+a)
			}
		}
		if sub.sig.Variadic() && dots == "" {
			c.refuse(call.Pos(), "a deferred function literal that awaits is variadic")
		}
		machine = "&" + sub.m.machine + c.targs() + "{" + strings.Join(fs, ", ") + "}"
		machine = c.glue.machine + ".Defer[" + sub.valueText() + "](" + machine + ")"
		plainRend := &rend{c: c, plainCo: co}
		if d.own {
			plainRend.plainCo = ""
		}
		plain = plainRend.node(d.sub.literal.lit, false)
		r.before = append(r.before, plainRend.before...)
		if d.own {
			args = append([]string{co}, args...)
		}
	} else {
		if recv != "" {
			plain = recv + "." + d.wait.fn.Name()
			machine = recv + "." + d.wait.ctor
		} else {
			plain = r.parts(c.parts0(call.Fun))
			ps := c.ctorCall(&waiting{call: &ast.CallExpr{Fun: call.Fun, Args: call.Args[:1]}, ctor: d.wait.ctor, fn: d.wait.fn})
			machine = strings.TrimSuffix(r.parts(ps), "()")
		}
		machine = c.glue.machine + ".Defer[" + c.file.typ(c, c.valueType(d.wait.sig)) + "](" + c.glue.machine + ".Box(" + machine + "(" + strings.Join(args, ", ") + dots + ")))"
		args = append([]string{co}, args...)
	}
	text := fmt.Sprintf("%s.defers.PushAsync(%s, func(%s *%s.Defers, %s *%s.Co) {\ndefer %s(%s%s)\n%s.Raise()\n})",
		c.glue.m, machine, u, c.glue.machine, co, c.glue.future, plain, strings.Join(args, ", "), dots, u)
	if len(head) == 0 {
		return text
	}
	return "{\n" + strings.Join(head, "\n") + "\n" + text + "\n}"
}
