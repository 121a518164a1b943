package compile

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// Deferred calls as bits. If each defer statement is reached once at most, and no call awaits, the frame
// has a bit for each statement and fields for what its call was given. The calls themselves stand in
// a method:
//
//	m.c2 = m.c             // defer c.close(n)
//	m.n2 = m.n
//	m.deferred |= 1 << 0
//
//	func (m *fMachine) Deferred(i int, e machine.Ending) {
//		switch i {
//		case 0:
//			defer m.c2.close(m.n2)
//		}
//		e.Raise()
//	}
//
// A literal that is called there finds the variables of the function in the frame, as they are then:
// so it needs neither a closure nor boxes. Results that have no names are nobody's until the calls
// have run, and go from run to Poll beside the frame.

// mostOpen is how many defer statements have a bit.
const mostOpen = 8

// openDefer is a defer statement with a bit.
type openDefer struct {
	s      *ast.DeferStmt
	bit    int
	lit    *ast.FuncLit // what is called; or
	method string       // of fun; or
	fun    *variable    // what is called; nil: it needs no evaluation
	recv   string       // before what fun is set to: &, * or nothing
	args   []*variable  // nil: it needs no evaluation
}

// findOpen decides whether the deferred calls are bits.
func (c *comp) findOpen() {
	var all []*openDefer
	possible := len(c.gotos) == 0 && (c.literal == nil || !c.literal.deferred)
	var stack []ast.Node
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			for _, p := range stack {
				switch p.(type) {
				case *ast.ForStmt, *ast.RangeStmt:
					possible = false
				}
			}
			lit, _ := ast.Unparen(n.Call.Fun).(*ast.FuncLit)
			all = append(all, &openDefer{s: n, bit: len(all), lit: lit})
		}
		stack = append(stack, n)
		return true
	})
	if !possible || len(all) == 0 || len(all) > mostOpen {
		return
	}
	for _, d := range all {
		if c.asyncDefers[d.s.Call] != nil || !c.reachable(d.lit) {
			return
		}
	}
	order := len(c.order)
	if r := refusing(c.decl.Pos(), func() {
		for _, d := range all {
			c.keepCall(d)
		}
	}); r != nil { // a type that has no name here
		c.order = c.order[:order]
		return
	}
	c.open = map[*ast.DeferStmt]*openDefer{}
	for _, d := range all {
		c.open[d.s] = d
		c.opened = append(c.opened, d)
		if d.lit == nil {
			continue
		}
		ast.Inspect(d.lit, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if v := c.vars[c.info.Uses[id]]; v != nil {
					v.held = true
				}
			}
			return true
		})
	}
}

// reachable reports whether another method can name everything that a deferred literal mentions; if
// there is none it can.
func (c *comp) reachable(lit *ast.FuncLit) bool {
	if lit == nil {
		return true
	}
	can := true
	ast.Inspect(lit, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			can = can && c.asyncs[n] == nil
		case *ast.Ident:
			o := c.info.Uses[n]
			if o == nil || !c.local(o) || lit.Pos() <= o.Pos() && o.Pos() < lit.End() || o == c.co {
				break
			}
			_, renamed := c.renamed[o]
			can = can && (c.vars[o] != nil || renamed)
		}
		return can
	})
	return can
}

// keepCall makes variables for what a deferred call is given.
func (c *comp) keepCall(d *openDefer) {
	call := d.s.Call
	if d.lit == nil && !c.static(call) {
		c.keepCallee(d, ast.Unparen(call.Fun))
	}
	for _, x := range call.Args {
		tv := c.info.Types[x]
		if _, several := tv.Type.(*types.Tuple); several {
			c.refuse(x.Pos(), "several results are the arguments")
		}
		if tv.Value != nil || tv.IsNil() || tv.IsType() {
			d.args = append(d.args, nil)
			continue
		}
		d.args = append(d.args, c.heldVar(x, tv.Type))
	}
}

// keepCallee keeps a function, or the receiver of a method.
func (c *comp) keepCallee(d *openDefer, fun ast.Expr) {
	sel, ok := fun.(*ast.SelectorExpr)
	if ok {
		s := c.info.Selections[sel]
		if s != nil && s.Kind() == types.MethodVal && len(s.Index()) == 1 && !types.IsInterface(s.Recv()) {
			_, isPtr := types.Unalias(s.Recv()).(*types.Pointer)
			_, wants := types.Unalias(s.Obj().(*types.Func).Signature().Recv().Type()).(*types.Pointer)
			t := s.Recv()
			switch {
			case wants && !isPtr:
				d.recv, t = "&", types.NewPointer(t)
			case !wants && isPtr:
				d.recv, t = "*", types.Unalias(t).(*types.Pointer).Elem()
			}
			d.method = sel.Sel.Name
			if v := c.ownVar(sel.X); v != nil && c.keepsNothing(sel) {
				d.recv, d.fun = "", v
				v.held, v.read = true, true
				return
			}
			if d.recv == "" {
				d.fun = c.heldVar(sel.X, t)
			} else {
				d.fun = c.held(sel.X, t)
			}
			return
		}
	}
	d.fun = c.heldVar(fun, c.info.TypeOf(fun))
}

// ownVar returns the variable of this function that an expression is, or nil.
func (c *comp) ownVar(x ast.Expr) *variable {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if v := c.vars[c.info.Uses[id]]; v != nil && !v.extern {
			return v
		}
	}
	return nil
}

// heldVar returns a variable for what an expression comes to now: the one that the expression is, if
// it never changes.
func (c *comp) heldVar(x ast.Expr, t types.Type) *variable {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if v := c.vars[c.info.Uses[id]]; v != nil && v.param && !v.extern && types.Identical(v.typ, t) && !c.changes(id) {
			v.held, v.read = true, true
			return v
		}
	}
	return c.held(x, t)
}

func (c *comp) held(x ast.Expr, t types.Type) *variable {
	c.file.typ(c, t) // refuses what cannot be written
	hint := "kept"
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		hint = id.Name
	}
	v := c.temp(hint, t, x.Pos())
	v.held, v.read = true, true
	return v
}

// changes reports whether a variable may be set after its declaration.
func (c *comp) changes(id *ast.Ident) (found bool) {
	o := c.info.Uses[id]
	is := func(e ast.Expr) {
		if e == nil {
			return
		}
		// A part of it, too: of a struct or an array.
		for {
			switch x := ast.Unparen(e).(type) {
			case *ast.SelectorExpr:
				e = x.X
				continue
			case *ast.IndexExpr:
				e = x.X
				continue
			case *ast.Ident:
				found = found || c.info.Uses[x] == o
			}
			return
		}
	}
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				is(e)
			}
		case *ast.IncDecStmt:
			is(n.X)
		case *ast.RangeStmt:
			is(n.Key)
			is(n.Value)
		}
		is(c.addressee(n))
		return !found
	})
	return found
}

// openText renders a defer statement with a bit.
func (r *rend) openText(d *openDefer) string {
	c, call := r.c, d.s.Call
	var text []string
	keep := func(v *variable, value string) {
		if name := r.ref(v); name != value {
			text = append(text, bare(name)+" = "+value)
		}
	}
	switch {
	case d.fun == nil:
	case d.method != "":
		x := ast.Unparen(call.Fun).(*ast.SelectorExpr).X
		value := d.recv + r.parts(c.parts0(x))
		if id, ok := ast.Unparen(x).(*ast.Ident); ok && d.recv == "&" {
			if v := c.vars[c.info.Uses[id]]; v != nil && v.boxed() {
				value = r.pointer(v)
			}
		}
		keep(d.fun, value)
	default:
		keep(d.fun, r.parts(c.parts0(call.Fun)))
	}
	for i, x := range call.Args {
		if v := d.args[i]; v != nil {
			keep(v, r.converted(call, i, x, r.parts(c.parts0(x))))
		}
	}
	return strings.Join(append(text, fmt.Sprintf("%s.deferred |= 1 << %d", c.glue.m, d.bit)), "\n")
}

// deferredDecl is the method that makes the deferred calls.
func (c *comp) deferredDecl() string {
	if c.open == nil {
		return ""
	}
	g := c.glue
	i, e := c.fresh("i"), c.fresh("e")
	var b strings.Builder
	fmt.Fprintf(&b, "// Deferred makes a deferred call of %s.\nfunc (%s *%s) Deferred(%s %s, %s %s.Ending) {\nswitch %s {\n",
		c.m.title(), g.m, c.m.machine+c.targs(), i, c.predeclared("int"), e, g.machine, i)
	for _, d := range c.opened {
		r := &rend{c: c, unwind: e, open: true}
		call := d.s.Call
		fun := ""
		switch {
		case d.lit != nil:
			fun = r.node(d.lit, false)
		case d.method != "":
			fun = r.ref(d.fun) + "." + d.method
		case d.fun != nil:
			fun = r.ref(d.fun)
		default:
			fun = r.parts(c.parts0(call.Fun))
		}
		var args []string
		for i, x := range call.Args {
			if v := d.args[i]; v != nil {
				args = append(args, r.ref(v))
			} else {
				args = append(args, r.parts(c.parts0(x)))
			}
		}
		dots := ""
		if call.Ellipsis.IsValid() {
			dots = "..."
		}
		fmt.Fprintf(&b, "case %d:\n", d.bit)
		for _, s := range r.before {
			fmt.Fprintf(&b, "%s\n", s)
		}
		fmt.Fprintf(&b, "\n//line %s\ndefer %s(%s%s)\n", c.sourceLine(d.s.Pos()), fun, strings.Join(args, ", "), dots)
	}
	fmt.Fprintf(&b, "}\n%s.Raise()\n}\n\n", e)
	return b.String()
}

// openPoll is Poll, and the head of run, of a function whose deferred calls are bits.
func (c *comp) openPoll(doc, signature string) string {
	g, self, value := c.glue, c.m.machine+c.targs(), c.valueText()
	r := &rend{c: c}
	step, panicked, out := c.fresh("step"), c.fresh("caught"), c.fresh("out")
	results := step + " " + g.machine + ".Step, " + panicked + " *" + g.machine + ".Panic"
	left := "&" + g.m + ".deferred"
	var names []string
	got, end, zero := step+", "+panicked, "", ""
	if len(c.results) > 0 {
		for _, v := range c.results {
			names = append(names, bare(r.ref(v)))
		}
		end = c.outcome(shapeOf(c.sig.Results()), names)
	} else {
		for i := range c.sig.Results().Len() {
			names = append(names, c.file.zero(c, c.sig.Results().At(i).Type()))
		}
		got += ", " + out
		results += ", " + out + " " + g.future + ".Poll[" + value + "]"
		end, zero = out, out+" = "+c.outcome(shapeOf(c.sig.Results()), names)+"\n"
	}
	return doc + signature +
		got + " := " + g.m + ".run(" + g.cx + ")\n" +
		"switch " + step + " {\ncase " + g.machine + ".Waiting:\nreturn " + g.future + ".Pending[" + value + "]()\n" +
		"case " + g.machine + ".Panicked:\n" + g.machine + ".Quietly(" + g.m + ".dropWaiting)\n" + zero + "}\n" +
		g.m + ".state = " + g.machine + ".Ended\n" +
		g.machine + ".Unwind(" + g.m + ", " + left + ", " + g.cx + ", " + panicked + ")\n" +
		"return " + end + "\n}\n\n" +
		"// run is the body. Poll runs the deferred calls after it.\n" +
		"func (" + g.m + " *" + self + ") run(" + g.cx + " *" + g.waker + ".Context) (" + results + ") {\n" +
		"defer " + g.machine + ".Catch(" + g.m + ", " + left + ", &" + step + ", &" + panicked + ")\n" + c.locals()
}

// leaveOpen renders how the body of such a function is left: it waits, or returns what out tells.
func (c *comp) leaveOpen(how, out string) string {
	text := c.glue.machine + "." + how + ", nil"
	if len(c.results) == 0 {
		text += ", " + out
	}
	return text
}
