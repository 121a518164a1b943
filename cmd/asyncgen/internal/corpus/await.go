package corpus

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// stmts puts a wait before each statement, or before some.
func (r *rewriter) stmts(list []ast.Stmt) {
	for _, s := range list {
		if e, ok := s.(*ast.EmptyStmt); ok && e.Implicit {
			continue
		}
		if r.async && r.chance(s, r.Steps) {
			r.insert(r.at(s.Pos()), between, r.step())
		}
		r.stmt(s)
	}
}

// step returns a wait as a statement, in each of the forms that waiting has.
func (r *rewriter) step() string {
	r.steps++
	switch r.steps % 4 {
	case 1:
		return fmt.Sprintf("%s.Step(%s); ", r.leaf, r.co)
	case 2:
		return fmt.Sprintf("%s.Await[%[1]s.Unit](%[2]s, %[3]s.Later()); ", r.future, r.co, r.leaf)
	default:
		return fmt.Sprintf("%s.Tick().Await(%s); ", r.leaf, r.co)
	}
}

func (r *rewriter) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		r.inner(s.X)
	case *ast.SendStmt:
		r.value(s.Chan)
		r.value(s.Value)
	case *ast.IncDecStmt:
		r.place(s.X)
		t := r.spell(r.info.Types[s.X].Type, s.Pos())
		if r.async && t != "" && r.chance(s, r.Density) {
			r.replace(r.at(s.TokPos), r.at(s.TokPos)+2, fmt.Sprintf(" %c= %s.Of[%s](%s, 1)", s.Tok.String()[0], r.leaf, t, r.co))
		}
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			for _, l := range s.Lhs {
				r.place(l)
			}
		}
		for _, v := range s.Rhs {
			r.operand(v, len(s.Lhs) == len(s.Rhs))
		}
	case *ast.GoStmt:
		r.goStmt(s)
	case *ast.DeferStmt:
		r.call(s.Call)
	case *ast.ReturnStmt:
		for _, v := range s.Results {
			r.value(v)
		}
	case *ast.BlockStmt:
		r.stmts(s.List)
	case *ast.IfStmt:
		r.simple(s.Init)
		r.value(s.Cond)
		r.stmts(s.Body.List)
		if s.Else != nil {
			r.stmt(s.Else)
		}
	case *ast.SwitchStmt:
		r.simple(s.Init)
		if s.Tag != nil {
			r.value(s.Tag)
		}
		r.clauses(s.Body, func(e ast.Expr) { r.value(e) })
	case *ast.TypeSwitchStmt:
		r.simple(s.Init)
		x := s.Assign
		if a, ok := x.(*ast.AssignStmt); ok {
			r.value(ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X)
		} else {
			r.value(ast.Unparen(x.(*ast.ExprStmt).X).(*ast.TypeAssertExpr).X)
		}
		r.clauses(s.Body, r.typ)
	case *ast.SelectStmt:
		for _, c := range s.Body.List {
			c := c.(*ast.CommClause)
			r.comm(c.Comm)
			r.stmts(c.Body)
		}
	case *ast.ForStmt:
		r.simple(s.Init)
		if s.Cond != nil {
			r.value(s.Cond)
		}
		r.simple(s.Post)
		r.stmts(s.Body.List)
	case *ast.RangeStmt:
		if s.Tok == token.ASSIGN {
			r.place(s.Key)
			if s.Value != nil {
				r.place(s.Value)
			}
		}
		switch r.info.Types[s.X].Type.Underlying().(type) {
		case *types.Array:
			if s.Value != nil || r.hasCall(s.X) { // else it is not evaluated
				r.place(s.X)
			}
		case *types.Signature:
			r.place(s.X)
		case *types.Pointer:
			if s.Value == nil {
				r.place(s.X) // which is not evaluated
				break
			}
			r.value(s.X)
		default:
			r.value(s.X)
		}
		r.stmts(s.Body.List)
	case *ast.LabeledStmt:
		r.stmt(s.Stmt)
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			r.spec(spec)
		}
	}
}

// comm rewrites the communication of a select's case, which must go on being one.
func (r *rewriter) comm(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.SendStmt:
		r.stmt(s)
	case *ast.ExprStmt:
		r.inner(s.X)
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			for _, l := range s.Lhs {
				r.place(l)
			}
		}
		r.inner(s.Rhs[0])
	}
}

// simple rewrites the statement in the head of another one, if there is one.
func (r *rewriter) simple(s ast.Stmt) {
	if s != nil {
		r.stmt(s)
	}
}

func (r *rewriter) clauses(body *ast.BlockStmt, each func(ast.Expr)) {
	for _, c := range body.List {
		c := c.(*ast.CaseClause)
		for _, e := range c.List {
			each(e)
		}
		r.stmts(c.Body)
	}
}

// goStmt lets the callee run on a goroutine of its own with a Co of its own.
func (r *rewriter) goStmt(s *ast.GoStmt) {
	n := r.d.callee(ast.Unparen(s.Call.Fun))
	if tv := r.info.Types[s.Call.Fun]; n == nil || !n.async() || tv.IsBuiltin() || tv.IsType() {
		r.call(s.Call)
		return
	}
	sig := coreSig(r.info.Types[s.Call.Fun].Type)
	result := ""
	if sig.Results().Len() > 0 {
		result = "R"
	}
	r.insert(r.at(s.Call.Fun.Pos()), opening, fmt.Sprintf("%s.Go%d%s(", r.leaf, sig.Params().Len(), result))
	r.fun(s.Call.Fun)
	r.insert(r.at(s.Call.Fun.End()), closing, ")")
	for _, a := range s.Call.Args {
		r.value(a)
	}
}

// hasCall reports whether an array must be evaluated though only its length is wanted.
func (r *rewriter) hasCall(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || r.info.Types[n].Value == nil && !r.info.Types[n.Fun].IsType()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}
