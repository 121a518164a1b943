package compile

import (
	"go/ast"
	"go/token"
	"go/types"
)

// terminating reports whether control does not go on after a statement, as the specification
// defines it. Go vet reports what stands behind one.
func (c *comp) terminating(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok != token.FALLTHROUGH
	case *ast.ExprStmt:
		if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok {
			id, ok := ast.Unparen(call.Fun).(*ast.Ident)
			return ok && c.info.Uses[id] == types.Universe.Lookup("panic")
		}
	case *ast.BlockStmt:
		return c.terminatingList(s.List)
	case *ast.IfStmt:
		return s.Else != nil && c.terminating(s.Body) && c.terminating(s.Else)
	case *ast.ForStmt:
		return s.Cond == nil && !breaks(s.Body, "", true)
	case *ast.LabeledStmt: // a break with the label leaves it
		return c.terminating(s.Stmt) && !breaks(s.Stmt, s.Label.Name, false)
	case *ast.SwitchStmt:
		return c.terminatingClauses(s.Body)
	case *ast.TypeSwitchStmt:
		return c.terminatingClauses(s.Body)
	case *ast.SelectStmt:
		for _, x := range s.Body.List {
			cc := x.(*ast.CommClause)
			if !c.terminatingList(cc.Body) || breaks(&ast.BlockStmt{List: cc.Body}, "", true) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *comp) terminatingList(l []ast.Stmt) bool {
	for len(l) > 0 {
		if _, ok := l[len(l)-1].(*ast.EmptyStmt); !ok {
			break
		}
		l = l[:len(l)-1]
	}
	return len(l) > 0 && c.terminating(l[len(l)-1])
}

func (c *comp) terminatingClauses(b *ast.BlockStmt) bool {
	other := false
	for _, x := range b.List {
		cc := x.(*ast.CaseClause)
		other = other || cc.List == nil
		falls := false
		if n := len(cc.Body); n > 0 {
			br, ok := cc.Body[n-1].(*ast.BranchStmt)
			falls = ok && br.Tok == token.FALLTHROUGH
		}
		if !falls && !c.terminatingList(cc.Body) || breaks(&ast.BlockStmt{List: cc.Body}, "", true) {
			return false
		}
	}
	return other
}

// breaks reports whether a break leaves the statement that n belongs to: one with its label, or,
// if implicit, one without any.
func breaks(n ast.Node, label string, implicit bool) (found bool) {
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if x.Tok == token.BREAK && (x.Label != nil && x.Label.Name == label || x.Label == nil && implicit) {
				found = true
			}
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if implicit && x != n {
				found = found || breaks(x, label, false)
				return false
			}
		}
		return true
	})
	return found
}
