package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// lift takes the awaits out of an expression: it adds what they need before the statement that is
// being built, and notes what stands in their places. more says that an await of the same
// statement comes after the whole of e; then what must happen before that one is kept in
// temporaries too. See "Order of evaluation" in the package comment.
func (c *comp) lift(e ast.Expr, more bool) {
	if e == nil || !c.low[e] && !more {
		return
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		c.lift(e.X, more)
	case *ast.SelectorExpr:
		c.lift(e.X, more)
	case *ast.StarExpr:
		c.lift(e.X, more)
	case *ast.UnaryExpr:
		c.lift(e.X, more)
		if e.Op == token.ARROW && more {
			c.keep(e, "got")
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			c.logical(e, more)
			return
		}
		c.lift(e.X, more || c.low[e.Y])
		c.lift(e.Y, more)
	case *ast.IndexExpr:
		c.lift(e.X, more || c.low[e.Index])
		c.lift(e.Index, more)
	case *ast.IndexListExpr:
		c.lift(e.X, more)
	case *ast.SliceExpr:
		c.lift(e.X, more || c.lowAny(e.Low, e.High, e.Max))
		c.lift(e.Low, more || c.lowAny(e.High, e.Max))
		c.lift(e.High, more || c.lowAny(e.Max))
		c.lift(e.Max, more)
		if more {
			c.keep(e, "part")
		}
	case *ast.TypeAssertExpr:
		c.lift(e.X, more)
		if more {
			c.keep(e, "as")
		}
	case *ast.CompositeLit:
		c.composite(e, more)
	case *ast.KeyValueExpr:
		c.lift(e.Key, more || c.low[e.Value])
		c.lift(e.Value, more)
	case *ast.CallExpr:
		c.call(e, more)
	}
}

func (c *comp) lowAny(es ...ast.Expr) bool {
	for _, e := range es {
		if e != nil && c.low[e] {
			return true
		}
	}
	return false
}

// list lifts expressions that are evaluated one after another.
func (c *comp) list(es []ast.Expr, more bool) {
	for i, e := range es {
		c.lift(e, more || c.lowAny(es[i+1:]...))
	}
}

func (c *comp) composite(e *ast.CompositeLit, more bool) {
	_, isStruct := core(c.info.TypeOf(e)).(*types.Struct)
	var parts []ast.Expr
	for _, x := range e.Elts {
		kv, ok := x.(*ast.KeyValueExpr)
		if !ok {
			parts = append(parts, x)
			continue
		}
		if !isStruct {
			parts = append(parts, kv.Key)
		}
		parts = append(parts, kv.Value)
	}
	c.list(parts, more)
}

// call lifts a call's function and arguments. The call itself stays where it is unless it is an
// await, or one comes after it.
func (c *comp) call(e *ast.CallExpr, more bool) {
	if w := c.calls[e]; w != nil {
		c.await(w, nil, nil)
		return
	}
	tv := c.info.Types[e.Fun]
	if !c.low[e] && more && !c.inPlace(e) {
		c.keep(e, "t") // whole
		return
	}
	if !tv.IsType() && !tv.IsBuiltin() {
		c.lift(e.Fun, more || c.lowAny(e.Args...))
	}
	args := e.Args
	if tv.IsBuiltin() && len(args) > 0 && c.info.Types[args[0]].IsType() {
		args = args[1:]
	}
	c.list(args, more)
	if more && !c.inPlace(e) {
		c.keep(e, "t")
	}
}

// inPlace reports whether a call may be evaluated later than it stands: a constant, and a
// conversion. The compiler evaluates those of strings to slices early, as it does the builtin
// functions.
func (c *comp) inPlace(e *ast.CallExpr) bool {
	if c.info.Types[e].Value != nil {
		return true
	}
	if !c.info.Types[e.Fun].IsType() {
		return false
	}
	_, slice := c.info.TypeOf(e).Underlying().(*types.Slice)
	from, _ := c.info.TypeOf(e.Args[0]).Underlying().(*types.Basic)
	return !slice || from == nil || from.Info()&types.IsString == 0
}

// keep evaluates e here, into a temporary.
func (c *comp) keep(e ast.Expr, hint string) {
	t := c.info.TypeOf(e)
	if c.info.Types[e].Value != nil || c.info.Types[e].IsVoid() {
		return
	}
	if tuple, ok := t.(*types.Tuple); ok { // of f(g()): g's results
		var parts []any
		n := &node{pos: e.Pos()}
		a := &assign{rhs: c.parts(e)}
		for i := range tuple.Len() {
			v := c.temp(hint, tuple.At(i).Type(), e.Pos())
			a.lhs, a.decl = append(a.lhs, v), append(a.decl, true)
			if i > 0 {
				parts = append(parts, ", ")
			}
			parts = append(parts, ref{v})
		}
		n.assign = a
		c.add(c.known(n))
		c.subst[e] = parts
		return
	}
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return
	}
	v := c.temp(hint, types.Default(t), e.Pos())
	c.set(e.Pos(), v, c.parts(e)...)
	c.subst[e] = []any{ref{v}}
}

// parts returns what renders as e at this point: with what has been noted to stand in the place
// of its parts so far, and not what is noted later.
func (c *comp) parts(e ast.Node) []any {
	if s, ok := c.subst[e]; ok {
		return s
	}
	return []any{raw{e}}
}

// set adds v := parts, or v = parts where v was declared before.
func (c *comp) set(pos token.Pos, v *variable, parts ...any) {
	decl := !v.made
	v.made = true
	c.add(c.known(&node{pos: pos, assign: &assign{lhs: []any{v}, decl: []bool{decl}, rhs: parts, typed: true}}))
}

// logical evaluates x && y, or x || y, of which y awaits, as what it is: an if.
func (c *comp) logical(e *ast.BinaryExpr, more bool) {
	if !c.low[e] {
		c.keep(e, "ok") // whole: what of it is evaluated depends on it
		return
	}
	if !c.low[e.Y] {
		c.lift(e.X, false)
		if more {
			c.keep(e, "ok")
		}
		return
	}
	v := c.temp("ok", types.Default(c.info.TypeOf(e)), e.Pos())
	c.lift(e.X, false)
	c.set(e.Pos(), v, c.parts(e.X)...)
	rest, after := c.newBlock(), c.newBlock()
	cond := c.known(&node{pos: e.Pos(), parts: []any{ref{v}}})
	if e.Op == token.LAND {
		c.to(&branch{node: cond, yes: rest, no: after}, rest)
	} else {
		c.to(&branch{node: cond, yes: after, no: rest}, rest)
	}
	c.lift(e.Y, false)
	c.set(e.Pos(), v, c.parts(e.Y)...)
	c.to(&jump{after}, after)
	c.subst[e] = []any{ref{v}}
}

// await adds a wait. Its results go to the targets, or into temporaries that stand in its place.
func (c *comp) await(w *waiting, lhs []any, decl []bool) *await {
	call := w.call
	a := &await{wait: w, pos: call.Pos(), what: oneLine(c.text(call)), shape: w.shape, results: w.sig.Results(), n: len(c.awaits) + 1}
	a.setup = &node{pos: call.Pos()}
	c.setup(w, a)
	if lhs == nil {
		var parts []any
		for i := range a.results.Len() {
			v := c.temp(resultHint(w, i), a.results.At(i).Type(), call.Pos())
			lhs, decl = append(lhs, v), append(decl, true)
			if i > 0 {
				parts = append(parts, ", ")
			}
			parts = append(parts, ref{v})
		}
		c.subst[call] = parts
	}
	a.result, a.decl = lhs, decl
	c.awaits = append(c.awaits, a)
	c.known(a.setup)
	a.next = c.newBlock()
	a.next.resume = a
	c.to(a, a.next)
	a.fin = c.known(&node{pos: call.Pos(), assign: &assign{lhs: lhs, decl: decl}})
	return a
}

func resultHint(w *waiting, i int) string {
	if w.shape.err && i == w.sig.Results().Len()-1 {
		return "err"
	}
	return "v"
}
