package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// findGotos notes which labels a goto names.
func (c *comp) findGotos() {
	c.gotos = map[types.Object]bool{}
	c.low[c.decl.Body] = true
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			c.gotos[c.info.Uses[b.Label]] = true
		}
		return true
	})
}

// findCaptured marks the variables that something may point to: closures that mention them, and
// whatever takes their address, be it that of a part.
func (c *comp) findCaptured() {
	depth := 0
	open := false // the literal around is called in a method of the machine
	c.own = map[*ast.ReturnStmt]bool{}
	var stack []ast.Node
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		if n == nil {
			if _, ok := stack[len(stack)-1].(*ast.FuncLit); ok {
				depth--
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			if depth++; depth == 1 {
				open = c.isOpen(n)
			}
		case *ast.ReturnStmt:
			c.own[n] = depth == 0
		case *ast.Ident:
			if v := c.vars[c.info.Uses[n]]; v != nil && depth > 0 && !(depth == 1 && open) {
				v.captured = true
			}
			if depth == 0 && c.literal != nil && c.literal.deferred && c.info.Uses[n] == types.Universe.Lookup("recover") {
				c.unwinds = true
			}
		}
		if x := c.addressee(n); x != nil && !c.calledInPlace(stack) {
			c.addressed(x)
		}
		return true
	})
}

// addressee returns what an expression takes the address of: x in &x, in x[:] if x is an array, and
// in x.M if M wants a pointer. It returns nil for others.
func (c *comp) addressee(n ast.Node) ast.Expr {
	switch n := n.(type) {
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return n.X
		}
	case *ast.SliceExpr:
		if isArray(c.info.TypeOf(n.X)) {
			return n.X
		}
	case *ast.SelectorExpr:
		if s := c.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && wantsPointer(s) {
			return n.X
		}
	}
	return nil
}

// isOpen reports whether a literal is called by a defer statement with a bit.
func (c *comp) isOpen(lit *ast.FuncLit) bool {
	for _, d := range c.opened {
		if d.lit == lit {
			return true
		}
	}
	return false
}

// wantsPointer reports whether a method that is selected gets the address of what it is selected of.
func wantsPointer(s *types.Selection) bool {
	r := s.Obj().(*types.Func).Signature().Recv()
	if r == nil {
		return false
	}
	_, ptr := types.Unalias(r.Type()).(*types.Pointer)
	if !ptr {
		return false
	}
	_, already := s.Recv().Underlying().(*types.Pointer)
	return !already
}

func isArray(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Array)
	if !ok {
		if tp, isParam := types.Unalias(t).(*types.TypeParam); isParam {
			_, ok = core(tp).(*types.Array)
		}
	}
	return ok
}

// addressed marks the variable that e is, or is a part of.
func (c *comp) addressed(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v := c.vars[c.info.Uses[e]]; v != nil {
			v.captured = true
		}
	case *ast.SelectorExpr:
		if s := c.info.Selections[e]; s != nil && s.Kind() == types.FieldVal {
			if _, ptr := c.info.TypeOf(e.X).Underlying().(*types.Pointer); !ptr {
				c.addressed(e.X)
			}
		}
	case *ast.IndexExpr:
		if isArray(c.info.TypeOf(e.X)) {
			c.addressed(e.X)
		}
	}
}

// core returns the one underlying type of all of a type parameter's types, or nil.
func core(t types.Type) types.Type {
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	var one types.Type
	i, _ := tp.Constraint().Underlying().(*types.Interface)
	if i == nil {
		return nil
	}
	for k := range i.NumEmbeddeds() {
		terms := []types.Type{i.EmbeddedType(k)}
		if u, ok := i.EmbeddedType(k).(*types.Union); ok {
			terms = nil
			for j := range u.Len() {
				terms = append(terms, u.Term(j).Type())
			}
		}
		for _, t := range terms {
			u := t.Underlying()
			if types.IsInterface(u) {
				return nil
			}
			if one != nil && !types.Identical(one, u) {
				return nil
			}
			one = u
		}
	}
	return one
}
