package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// cond lowers a condition: && and || of awaits are branches.
func (c *comp) cond(e ast.Expr, yes, no *block) {
	if c.low[e] {
		switch x := e.(type) {
		case *ast.ParenExpr:
			c.cond(x.X, yes, no)
			return
		case *ast.UnaryExpr:
			if x.Op == token.NOT {
				c.cond(x.X, no, yes)
				return
			}
		case *ast.BinaryExpr:
			if x.Op != token.LAND && x.Op != token.LOR {
				break
			}
			rest := c.newBlock()
			if x.Op == token.LAND {
				c.cond(x.X, rest, no)
			} else {
				c.cond(x.X, yes, rest)
			}
			c.cur = rest
			c.cond(x.Y, yes, no)
			return
		}
	}
	c.lift(e, false)
	c.to(&branch{node: c.known(&node{pos: e.Pos(), parts: c.parts(e)}), yes: yes, no: no, pos: e.Pos()}, nil)
}

func (c *comp) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		c.stmt(s.Init, "")
	}
	yes, after := c.newBlock(), c.newBlock()
	no := after
	if s.Else != nil {
		no = c.newBlock()
	}
	c.cond(s.Cond, yes, no)
	c.cur = yes
	c.stmts(s.Body.List)
	c.to(&jump{after}, no)
	switch e := s.Else.(type) {
	case nil:
	case *ast.BlockStmt:
		c.stmts(e.List)
		c.to(&jump{after}, after)
	default:
		c.stmt(e, "")
		c.to(&jump{after}, after)
	}
	c.cur = after
}

func (c *comp) forStmt(s *ast.ForStmt, label string) {
	if s.Init != nil {
		c.stmt(s.Init, "")
	}
	head, body, after := c.newBlock(), c.newBlock(), c.newBlock()
	cont := head
	var copies []*variable // each iteration has its own
	if a, ok := s.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE && c.file.perIteration {
		for _, e := range a.Lhs {
			if v := c.vars[c.info.Defs[e.(*ast.Ident)]]; v != nil && v.captured {
				copies = append(copies, v)
			}
		}
	}
	if s.Post != nil || len(copies) > 0 {
		cont = c.newBlock()
	}
	c.to(&jump{head}, head)
	if s.Cond != nil {
		c.cond(s.Cond, body, after)
	} else {
		c.to(&jump{body}, nil)
	}
	c.cur = body
	c.flows = append(c.flows, flow{label, after, cont})
	c.stmts(s.Body.List)
	c.flows = c.flows[:len(c.flows)-1]
	c.to(&jump{cont}, cont)
	if cont != head {
		for _, v := range copies {
			c.add(&node{pos: s.Pos(), parts: []any{rebox{v}}, reads: []*variable{v}, writes: []*variable{v}})
		}
		if s.Post != nil {
			c.stmt(s.Post, "")
		}
		c.to(&jump{head}, nil)
	}
	c.cur = after
}

// rebox renders as a copy of a variable that is boxed: a new iteration's.
type rebox struct{ v *variable }

func (c *comp) switchStmt(s *ast.SwitchStmt, label string) {
	if s.Init != nil {
		c.stmt(s.Init, "")
	}
	after := c.newBlock()
	bodies := c.clauses(s.Body)
	late := false // an await in a case
	for _, x := range s.Body.List {
		late = late || c.lowAny(x.(*ast.CaseClause).List...)
	}
	if late {
		c.cases(s, bodies, after)
	} else {
		c.nativeSwitch(s, bodies, after)
	}
	c.flows = append(c.flows, flow{label: label, brk: after})
	for i, x := range s.Body.List {
		c.cur = bodies[i]
		l := x.(*ast.CaseClause).Body
		c.stmts(l)
		next := after
		if n := len(l); n > 0 {
			if b, ok := unlabeled(l[n-1]).(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				next = bodies[i+1]
			}
		}
		c.to(&jump{next}, nil)
	}
	c.flows = c.flows[:len(c.flows)-1]
	c.cur = after
}

func unlabeled(s ast.Stmt) ast.Stmt {
	for {
		l, ok := s.(*ast.LabeledStmt)
		if !ok {
			return s
		}
		s = l.Stmt
	}
}

func (c *comp) clauses(b *ast.BlockStmt) []*block {
	out := make([]*block, len(b.List))
	for i := range out {
		out[i] = c.newBlock()
	}
	return out
}

// nativeSwitch keeps the switch, with clauses that jump.
func (c *comp) nativeSwitch(s *ast.SwitchStmt, bodies []*block, after *block) {
	n := &node{pos: s.Pos()}
	n.parts = append(n.parts, "switch ")
	if s.Tag != nil {
		c.lift(s.Tag, false)
		n.parts = append(n.parts, c.parts(s.Tag)...)
	}
	n.parts = append(n.parts, " {\n")
	hasDefault := false
	for i, x := range s.Body.List {
		cc := x.(*ast.CaseClause)
		hasDefault = hasDefault || cc.List == nil
		n.parts = append(n.parts, c.clauseHead(cc)...)
		n.parts = append(n.parts, goTo{bodies[i]}, "\n")
		n.exits = append(n.exits, bodies[i])
	}
	if !hasDefault {
		n.parts = append(n.parts, "default:\n", goTo{after}, "\n")
		n.exits = append(n.exits, after)
	}
	n.parts = append(n.parts, "}")
	c.to(&dispatch{c.known(n)}, nil)
}

// goTo renders as the statements that go on at a block.
type goTo struct{ b *block }

func (c *comp) clauseHead(cc *ast.CaseClause) []any {
	if cc.List == nil {
		return []any{"default:\n"}
	}
	parts := []any{"case "}
	for i, e := range cc.List {
		if i > 0 {
			parts = append(parts, ", ")
		}
		parts = append(parts, c.parts(e)...)
	}
	return append(parts, ":\n")
}

// cases compares one after another.
func (c *comp) cases(s *ast.SwitchStmt, bodies []*block, after *block) {
	var tag *variable
	if s.Tag != nil {
		c.lift(s.Tag, false)
		t := types.Default(c.info.TypeOf(s.Tag))
		tag = c.temp("tag", t, s.Tag.Pos())
		c.set(s.Tag.Pos(), tag, c.parts(s.Tag)...)
	}
	other := after
	for i, x := range s.Body.List {
		cc := x.(*ast.CaseClause)
		if cc.List == nil {
			other = bodies[i]
		}
		for _, e := range cc.List {
			next := c.newBlock()
			if tag == nil {
				c.cond(e, bodies[i], next)
			} else {
				c.lift(e, false)
				cond := append([]any{ref{tag}, " == ("}, append(c.parts(e), ")")...)
				c.to(&branch{node: c.known(&node{pos: e.Pos(), parts: cond}), yes: bodies[i], no: next, pos: e.Pos()}, nil)
			}
			c.cur = next
		}
	}
	c.to(&jump{other}, nil)
}

func (c *comp) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	if s.Init != nil {
		c.stmt(s.Init, "")
	}
	var x ast.Expr
	bound := false
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
		bound = true
	}
	c.lift(x, false)
	after := c.newBlock()
	bodies := c.clauses(s.Body)
	n := &node{pos: s.Pos(), parts: []any{"switch "}}
	tmp := ""
	if bound && c.anyImplicit(s) {
		tmp = c.fresh("is")
		n.parts = append(n.parts, tmp+" := ")
	}
	n.parts = append(append(n.parts, c.parts(x)...), ".(type) {\n")
	hasDefault := false
	for i, x := range s.Body.List {
		cc := x.(*ast.CaseClause)
		hasDefault = hasDefault || cc.List == nil
		n.parts = append(n.parts, c.clauseHead(cc)...)
		if v := c.vars[c.info.Implicits[cc]]; v != nil && tmp != "" {
			n.parts = append(n.parts, begin{v, tmp}, "\n")
			n.kills = append(n.kills, v)
			v.spread = true
		}
		n.parts = append(n.parts, goTo{bodies[i]}, "\n")
		n.exits = append(n.exits, bodies[i])
	}
	if !hasDefault {
		n.parts = append(n.parts, "default:\n", goTo{after}, "\n")
		n.exits = append(n.exits, after)
	}
	n.parts = append(n.parts, "}")
	c.to(&dispatch{c.known(n)}, nil)
	c.flows = append(c.flows, flow{label: label, brk: after})
	for i, x := range s.Body.List {
		c.cur = bodies[i]
		c.stmts(x.(*ast.CaseClause).Body)
		c.to(&jump{after}, nil)
	}
	c.flows = c.flows[:len(c.flows)-1]
	c.cur = after
}

// begin renders as an assignment, after the making of v where it is boxed.
type begin struct {
	v    *variable
	from string
}

func (c *comp) anyImplicit(s *ast.TypeSwitchStmt) bool {
	for _, x := range s.Body.List {
		if c.vars[c.info.Implicits[x]] != nil {
			return true
		}
	}
	return false
}

func (c *comp) selectStmt(s *ast.SelectStmt, label string) {
	// Channels and what is sent are evaluated before, in the order of the source.
	var ops []ast.Expr
	for _, x := range s.Body.List {
		ops = append(ops, commOperands(x.(*ast.CommClause).Comm)...)
	}
	last := -1
	for i, e := range ops {
		if c.low[e] {
			last = i
		}
	}
	for i, e := range ops {
		if i <= last {
			c.lift(e, i < last)
			if c.subst[e] == nil && i < last && !c.info.Types[e].IsNil() && c.info.Types[e].Value == nil {
				c.keep(e, "op")
			}
		}
	}
	after := c.newBlock()
	bodies := c.clauses(s.Body)
	n := &node{pos: s.Pos(), parts: []any{"select {\n"}}
	var heads []func()
	for i, x := range s.Body.List {
		cc := x.(*ast.CommClause)
		heads = append(heads, c.comm(cc, n))
		n.parts = append(n.parts, goTo{bodies[i]}, "\n")
		n.exits = append(n.exits, bodies[i])
	}
	n.parts = append(n.parts, "}")
	c.to(&dispatch{c.known(n)}, nil)
	c.flows = append(c.flows, flow{label: label, brk: after})
	for i, x := range s.Body.List {
		c.cur = bodies[i]
		if heads[i] != nil {
			heads[i]()
		}
		c.stmts(x.(*ast.CommClause).Body)
		c.to(&jump{after}, nil)
	}
	c.flows = c.flows[:len(c.flows)-1]
	c.cur = after
}

func commOperands(s ast.Stmt) []ast.Expr {
	switch s := s.(type) {
	case *ast.SendStmt:
		return []ast.Expr{s.Chan, s.Value}
	case *ast.ExprStmt:
		return []ast.Expr{ast.Unparen(s.X).(*ast.UnaryExpr).X}
	case *ast.AssignStmt:
		return []ast.Expr{ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr).X}
	}
	return nil
}

// comm renders the head of a clause of select. What is received into goes through temporaries; the
// function that it returns assigns them, at the head of the body.
func (c *comp) comm(cc *ast.CommClause, n *node) func() {
	switch s := cc.Comm.(type) {
	case nil:
		n.parts = append(n.parts, "default:\n")
	case *ast.SendStmt:
		n.parts = append(append(append(append(append(n.parts, "case "), c.parts(s.Chan)...), " <- "), c.parts(s.Value)...), ":\n")
	case *ast.ExprStmt:
		n.parts = append(append(append(n.parts, "case <-"), c.parts(commOperands(s)[0])...), ":\n")
	case *ast.AssignStmt:
		ch := commOperands(s)[0]
		elem := core(c.info.TypeOf(ch)).(*types.Chan).Elem()
		tmps := []*variable{c.temp("got", elem, s.Pos())}
		if len(s.Lhs) == 2 {
			tmps = append(tmps, c.temp("ok", types.Typ[types.Bool], s.Pos()))
		}
		n.parts = append(n.parts, "case ")
		a := &assign{}
		for i, v := range tmps {
			if i > 0 {
				n.parts = append(n.parts, ", ")
				a.rhs = append(a.rhs, ", ")
			}
			n.parts = append(n.parts, ref{v})
			n.kills = append(n.kills, v)
			v.spread = true
			a.rhs = append(a.rhs, ref{v})
		}
		n.parts = append(append(append(n.parts, " = <-"), c.parts(ch)...), ":\n")
		return func() {
			for i, e := range s.Lhs {
				c.lift(e, c.lowAny(s.Lhs[i+1:]...))
			}
			a.lhs, a.decl = c.targets(s.Lhs)
			c.add(c.known(&node{pos: s.Pos(), assign: a}))
		}
	}
	return nil
}
