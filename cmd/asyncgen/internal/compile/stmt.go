package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// enter begins the body: parameters that something points to are boxed, named results are zero.
func (c *comp) enter() {
	for i, v := range c.params {
		if v == nil || !v.captured {
			continue
		}
		p := c.temp(v.name, v.typ, v.pos)
		p.param, v.param = true, false
		c.params[i] = p
		c.add(c.known(&node{pos: v.pos, assign: &assign{lhs: []any{v}, decl: []bool{true}, rhs: []any{ref{p}}}}))
	}
	for _, v := range c.results {
		c.zero(v, v.pos)
	}
}

// leave ends the body.
func (c *comp) leave() {
	if c.cur.term == nil && (len(c.cur.nodes) == 0 || !c.cur.nodes[len(c.cur.nodes)-1].ends) {
		if c.sig.Results().Len() == 0 {
			c.to(&ret{c.known(&node{pos: c.decl.Body.Rbrace, parts: []any{retPart{}}, ends: true})}, nil)
		} else {
			c.to(&ret{&node{pos: c.decl.Body.Rbrace}}, nil) // not reached
		}
	}
}

func (c *comp) stmts(l []ast.Stmt) {
	for _, s := range l {
		c.stmt(s, "")
	}
}

// stmt lowers a statement that waits, and keeps any other one as it is.
func (c *comp) stmt(s ast.Stmt, label string) {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		c.labeled(s)
		return
	case *ast.AssignStmt:
		c.assignment(s)
		return
	case *ast.DeclStmt:
		c.declaration(s.Decl.(*ast.GenDecl))
		return
	case *ast.ReturnStmt:
		c.ret(s)
		return
	case *ast.EmptyStmt:
		return
	}
	if !c.low[s] {
		c.verbatim(s)
		return
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok && c.calls[call] != nil {
			w := c.calls[call]
			n := w.sig.Results().Len()
			c.await(w, make([]any, n), make([]bool, n))
			return
		}
		c.lift(s.X, false)
		c.add(c.known(&node{pos: s.Pos(), parts: c.parts(s.X)}))
	case *ast.BlockStmt:
		c.stmts(s.List)
	case *ast.IfStmt:
		c.ifStmt(s)
	case *ast.ForStmt:
		c.forStmt(s, label)
	case *ast.RangeStmt:
		c.rangeStmt(s, label)
	case *ast.SwitchStmt:
		c.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		c.typeSwitch(s, label)
	case *ast.SelectStmt:
		c.selectStmt(s, label)
	case *ast.IncDecStmt:
		c.lift(s.X, false)
		c.add(c.known(&node{pos: s.Pos(), parts: []any{s}}))
	case *ast.SendStmt:
		c.lift(s.Chan, c.low[s.Value])
		c.lift(s.Value, false)
		c.add(c.known(&node{pos: s.Pos(), parts: []any{s}}))
	case *ast.GoStmt:
		c.lift(s.Call.Fun, c.lowAny(s.Call.Args...))
		c.list(s.Call.Args, false)
		c.add(c.known(&node{pos: s.Pos(), parts: []any{s}}))
	case *ast.DeferStmt:
		c.deferStmt(s)
	default:
		c.refuse(s.Pos(), "await in a statement that asyncgen does not know")
	}
}

// verbatim keeps a statement. Where it leaves for elsewhere, that is rendered as a jump.
func (c *comp) verbatim(s ast.Stmt) {
	if b, ok := s.(*ast.BranchStmt); ok {
		if b.Tok == token.FALLTHROUGH {
			return // the lowered switch knows
		}
		c.to(&jump{c.target(b)}, nil)
		c.cur = c.newBlock()
		return
	}
	c.kept(s)
}

// kept adds a statement as it is, but for what has been lifted out of it.
func (c *comp) kept(s ast.Stmt) {
	n := &node{pos: s.Pos(), parts: []any{s}}
	c.leaves(s, n)
	n.ends = c.terminating(s)
	c.add(c.known(n))
}

// target returns where a break, continue or goto leads to.
func (c *comp) target(b *ast.BranchStmt) *block {
	if b.Tok == token.GOTO {
		return c.labels[c.info.Uses[b.Label]]
	}
	for i := len(c.flows) - 1; i >= 0; i-- {
		f := c.flows[i]
		if b.Label != nil && f.label != b.Label.Name {
			continue
		}
		if b.Tok == token.CONTINUE {
			if f.cont == nil {
				continue
			}
			return f.cont
		}
		return f.brk
	}
	c.refuse(b.Pos(), "%s leads to where asyncgen does not know", b.Tok)
	return nil
}

// leaves finds the ways out of a statement that is kept: jumps to what is outside of it.
func (c *comp) leaves(s ast.Node, n *node) {
	inside := map[types.Object]bool{}
	ast.Inspect(s, func(x ast.Node) bool {
		if l, ok := x.(*ast.LabeledStmt); ok {
			inside[c.info.Defs[l.Label]] = true
		}
		return true
	})
	var walk func(x ast.Node, brk, cont bool)
	walk = func(x ast.Node, brk, cont bool) {
		ast.Inspect(x, func(y ast.Node) bool {
			if y == x {
				return true
			}
			switch y := y.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt:
				walk(y, true, true)
				return false
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				walk(y, true, cont)
				return false
			case *ast.DeferStmt:
				n.defers = true
				c.hasDefer = true
			case *ast.BranchStmt:
				if y.Label != nil {
					o := c.info.Uses[y.Label]
					if inside[o] && (y.Tok != token.GOTO || c.labels[o] == nil) {
						return false
					}
				} else if y.Tok == token.FALLTHROUGH || y.Tok == token.BREAK && brk || y.Tok == token.CONTINUE && cont {
					return false
				}
				t := c.target(y)
				c.exits[y] = t
				c.inLoop[y] = cont
				n.exits = append(n.exits, t)
				return false
			}
			return true
		})
	}
	if l, ok := s.(*ast.LabeledStmt); ok {
		s = l.Stmt
	}
	switch s.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		walk(s, true, true)
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		walk(s, true, false)
	case *ast.DeferStmt:
		n.defers = true
		c.hasDefer = true
	default:
		walk(s, false, false)
	}
}

func (c *comp) labeled(s *ast.LabeledStmt) {
	if b := c.labels[c.info.Defs[s.Label]]; b != nil {
		c.to(&jump{b}, b)
	}
	inner := s.Stmt
	if c.low[inner] {
		c.label = s
		c.stmt(inner, s.Label.Name)
		return
	}
	switch inner.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.BlockStmt:
		if c.labelUsed(s) {
			c.kept(s)
			return
		}
	}
	c.stmt(inner, "")
}

// labelUsed reports whether the label is needed by a break or continue inside its statement, which
// is kept.
func (c *comp) labelUsed(s *ast.LabeledStmt) (used bool) {
	ast.Inspect(s.Stmt, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Label != nil && b.Tok != token.GOTO && c.info.Uses[b.Label] == c.info.Defs[s.Label] {
			used = true
		}
		return true
	})
	return used
}

// assignment lowers lhs = rhs, lhs := rhs and lhs op= rhs.
func (c *comp) assignment(s *ast.AssignStmt) {
	n := &node{pos: s.Pos()}
	if id, ok := s.Lhs[0].(*ast.Ident); ok && c.named[c.info.Defs[id]] != nil {
		return // a literal that is made where it is called
	}
	if !c.low[s] && s.Tok != token.DEFINE {
		if len(s.Lhs) != 1 || s.Tok != token.ASSIGN {
			n.parts = []any{s}
			c.add(c.known(n))
			return
		}
	}
	for i, e := range s.Lhs {
		c.lift(e, c.lowAny(s.Lhs[i+1:]...) || c.lowAny(s.Rhs...))
	}
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		c.lift(s.Rhs[0], false)
		n.parts = []any{s}
		c.add(c.known(n))
		return
	}
	lhs, decl := c.targets(s.Lhs)
	if len(s.Rhs) == 1 {
		if call, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); ok && c.calls[call] != nil {
			c.await(c.calls[call], lhs, decl)
			return
		}
	}
	c.list(s.Rhs, false)
	a := &assign{lhs: lhs, decl: decl}
	for i, e := range s.Rhs {
		if i > 0 {
			a.rhs = append(a.rhs, ", ")
		}
		a.rhs = append(a.rhs, c.parts(e)...)
	}
	n.assign = a
	c.add(c.known(n))
}

// targets tells what is assigned to: variables by name, _, or other expressions.
func (c *comp) targets(es []ast.Expr) (lhs []any, decl []bool) {
	for _, e := range es {
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			lhs, decl = append(lhs, c.parts(e)), append(decl, false)
			continue
		}
		if id.Name == "_" {
			lhs, decl = append(lhs, nil), append(decl, false)
			continue
		}
		if v := c.vars[c.info.Defs[id]]; v != nil {
			lhs, decl = append(lhs, v), append(decl, true)
			continue
		}
		if v := c.vars[c.info.Uses[id]]; v != nil {
			lhs, decl = append(lhs, v), append(decl, false)
			continue
		}
		lhs, decl = append(lhs, []any{raw{e}}), append(decl, false)
	}
	return lhs, decl
}

// declaration lowers var; types and constants are hoisted.
func (c *comp) declaration(d *ast.GenDecl) {
	switch d.Tok {
	case token.CONST:
		c.constants(d)
	case token.TYPE:
		c.hoisted = append(c.hoisted, (&rend{c: c}).node(d, false))
	case token.VAR:
		for _, s := range d.Specs {
			c.varSpec(s.(*ast.ValueSpec))
		}
	}
}

func (c *comp) varSpec(s *ast.ValueSpec) {
	var ids []ast.Expr
	for _, id := range s.Names {
		ids = append(ids, id)
	}
	lhs, decl := c.targets(ids)
	if len(s.Values) == 0 {
		for _, t := range lhs {
			if v, ok := t.(*variable); ok {
				c.zero(v, s.Pos())
			}
		}
		return
	}
	if len(s.Values) == 1 {
		if call, ok := ast.Unparen(s.Values[0]).(*ast.CallExpr); ok && c.calls[call] != nil {
			c.await(c.calls[call], lhs, decl).fin.assign.typed = s.Type != nil
			return
		}
	}
	c.list(s.Values, false)
	a := &assign{lhs: lhs, decl: decl, typed: s.Type != nil}
	for i, e := range s.Values {
		if i > 0 {
			a.rhs = append(a.rhs, ", ")
		}
		a.rhs = append(a.rhs, c.parts(e)...)
	}
	c.add(c.known(&node{pos: s.Pos(), assign: a}))
}

// zero declares v without a value.
func (c *comp) zero(v *variable, pos token.Pos) {
	c.add(c.known(&node{pos: pos, assign: &assign{lhs: []any{v}, decl: []bool{true}}}))
}

// ret lowers a return.
func (c *comp) ret(s *ast.ReturnStmt) {
	if len(s.Results) == 1 {
		if call, ok := ast.Unparen(s.Results[0]).(*ast.CallExpr); ok && c.tail(c.calls[call]) {
			n := c.sig.Results().Len()
			a := c.await(c.calls[call], make([]any, n), make([]bool, n))
			a.tail = true
			c.cur.term = &ret{&node{pos: s.Pos(), ends: true}}
			c.cur = c.newBlock()
			return
		}
	}
	c.list(s.Results, false)
	c.to(&ret{c.known(&node{pos: s.Pos(), parts: []any{retPart{s}}, ends: true})}, nil)
	c.cur = c.newBlock()
}

// tail reports whether the outcome of what is awaited is that of the function as it is.
func (c *comp) tail(w *waiting) bool {
	if w == nil || c.deferring() || w.shape.strct || w.shape != shapeOf(c.sig.Results()) || !w.shape.err {
		return false
	}
	for _, v := range c.results {
		if v.captured {
			return false
		}
	}
	return w.shape.values == 0 && c.pollsUnit(w) ||
		w.shape.values == 1 && types.Identical(w.sig.Results().At(0).Type(), c.sig.Results().At(0).Type())
}

// pollsUnit reports whether a wait without a value is one for a future of a Unit.
func (c *comp) pollsUnit(w *waiting) bool { return w.kind == onCall || w.kind == onBoxed }
