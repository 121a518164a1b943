package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Deferred calls that cannot be bits (open.go) are kept in a list in the frame. A defer statement becomes
//
//	m.defers.Push(func(u *machine.Defers) { defer f(a); u.Raise() })
//
// with f and a evaluated before. The body is then a method of its own, run, that is left by a
// return, a wait or a panic; Poll runs the deferred calls after it, and tells the results. Those
// live in the frame: a call may change them.

// findDefers looks for defer statements of the function itself.
func (c *comp) findDefers() {
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			c.hasDefer = true
		}
		return true
	})
	if !c.hasDefer || c.open != nil {
		return
	}
	c.defers = &variable{base: "defers", where: inFrame, typText: c.glue.machine + ".Defers", why: "deferred calls"}
	c.order = append(c.order, c.defers)
	if len(c.results) == 0 {
		for i := range c.sig.Results().Len() {
			v := c.temp("result", c.sig.Results().At(i).Type(), c.decl.Pos())
			v.result = true
			c.results = append(c.results, v)
		}
	}
	for _, v := range c.results {
		v.read = true
	}
}

// deferring reports whether the function has deferred calls.
func (c *comp) deferring() bool { return c.hasDefer }

func (c *comp) deferStmt(s *ast.DeferStmt) {
	call := s.Call
	c.lift(call.Fun, c.lowAny(call.Args...))
	c.list(call.Args, false)
	c.add(c.known(&node{pos: s.Pos(), parts: []any{s}}))
}

// deferText renders a defer statement.
func (r *rend) deferText(s *ast.DeferStmt) string {
	c, call := r.c, s.Call
	if d := c.open[s]; d != nil {
		return r.openText(d)
	}
	if d := c.asyncDefers[call]; d != nil {
		return r.asyncDeferText(call, d)
	}
	var head []string
	keep := func(hint, text string) string {
		n := c.fresh(hint)
		head = append(head, n+" := "+text)
		return n
	}
	u := c.fresh("u")
	before := r.unwind
	fun := ""
	switch x := ast.Unparen(call.Fun).(type) {
	case *ast.FuncLit:
		r.unwind = u
		fun = r.node(x, false)
		r.unwind = before
	default:
		fun = r.parts(c.parts0(call.Fun))
		if !c.static(call) {
			fun = keep("f", fun)
		}
	}
	var args []string
	for i, x := range call.Args {
		text := r.parts(c.parts0(x))
		tv := c.info.Types[x]
		if tuple, ok := tv.Type.(*types.Tuple); ok {
			var ns []string
			for range tuple.Len() {
				ns = append(ns, c.fresh("a"))
			}
			head = append(head, strings.Join(ns, ", ")+" := "+text)
			args = append(args, ns...)
			break
		}
		if tv.Value != nil || tv.IsNil() || tv.IsType() {
			args = append(args, text)
			continue
		}
		if text = r.converted(call, i, x, text); text == "" {
			continue
		}
		args = append(args, keep("a", text))
	}
	dots := ""
	if call.Ellipsis.IsValid() {
		dots = "..."
	}
	text := c.glue.m + ".defers.Push(func(" + u + " *" + c.glue.machine + ".Defers) {\ndefer " + fun + "(" + strings.Join(args, ", ") + dots + ")\n" + u + ".Raise()\n})"
	if len(head) == 0 {
		return text
	}
	return "{\n" + strings.Join(head, "\n") + "\n" + text + "\n}"
}

// static reports whether what a call calls needs no evaluation.
func (c *comp) static(call *ast.CallExpr) bool {
	if c.info.Types[call.Fun].IsBuiltin() {
		return true
	}
	fn, _ := c.callee(call)
	return fn != nil && fn.Signature().Recv() == nil
}

// converted renders an argument that is kept in a variable, with the type it has in the call.
func (r *rend) converted(call *ast.CallExpr, i int, x ast.Expr, text string) string {
	c := r.c
	t := c.info.TypeOf(x)
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		return "(" + c.file.typ(c, t) + ")(" + text + ")"
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		if x.Op == token.SHL || x.Op == token.SHR {
			return "(" + c.file.typ(c, t) + ")(" + text + ")"
		}
	}
	return text
}

func (c *comp) pendingText() string {
	pending := c.glue.future + ".Pending[" + c.valueText() + "]()"
	switch {
	case c.open != nil:
		return c.leaveOpen("Waiting", pending)
	case c.deferring():
		return c.glue.machine + ".Waiting"
	}
	return pending
}

// deferredReturn renders a return of a function with deferred calls.
func (r *rend) deferredReturn(vals []string, byName bool) string {
	if r.c.open != nil && len(r.c.results) == 0 {
		return "return " + r.c.leaveOpen("Returned", r.c.outcome(shapeOf(r.c.sig.Results()), vals))
	}
	var names []string
	for _, v := range r.c.results {
		names = append(names, r.ref(v))
	}
	head := ""
	if len(vals) > 0 && !byName {
		head = setResults(names, vals)
	}
	if r.c.open != nil {
		return head + "return " + r.c.leaveOpen("Returned", "")
	}
	return head + "return " + r.c.glue.machine + ".Returned"
}

// pollText is the head of the machine's methods, up to the states.
func (c *comp) pollText() string {
	g, self := c.glue, c.m.machine+c.targs()
	signature := "func (" + g.m + " *" + self + ") Poll(" + g.cx + " *" + g.waker + ".Context) " + g.future + ".Poll[" + c.valueText() + "] {\n"
	doc := "// Poll goes on with " + c.m.title() + ", up to where it waits.\n"
	if !c.deferring() {
		return doc + signature + c.locals()
	}
	if c.open != nil {
		return c.openPoll(doc, signature)
	}
	var names []string
	r := &rend{c: c}
	for _, v := range c.results {
		names = append(names, bare(r.ref(v)))
	}
	pending := "return " + g.future + ".Pending[" + c.valueText() + "]()\n"
	poll := doc + signature +
		"if " + g.m + ".state != " + g.machine + ".Unwinding {\n" +
		"switch " + g.m + ".run(" + g.cx + ") {\ncase " + g.machine + ".Waiting:\n" + pending +
		"case " + g.machine + ".Panicked:\n" + g.machine + ".Quietly(" + g.m + ".dropWaiting)\n}\n}\n" +
		g.m + ".state = " + g.machine + ".Ended\n" +
		"if !" + g.m + ".defers.Unwind(" + g.cx + ") {\n" + g.m + ".state = " + g.machine + ".Unwinding\n" + pending + "}\n" +
		"return " + c.outcome(shapeOf(c.sig.Results()), names) + "\n}\n\n"
	step := c.fresh("step")
	return poll + "// run is the body. Poll runs the deferred calls after it.\n" +
		"func (" + g.m + " *" + self + ") run(" + g.cx + " *" + g.waker + ".Context) (" + step + " " + g.machine + ".Step) {\n" +
		"defer " + g.m + ".defers.Caught(&" + step + ")\n" + c.locals()
}
