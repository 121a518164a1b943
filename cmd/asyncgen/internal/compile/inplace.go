package compile

import (
	"go/ast"
	"go/types"
)

// A variable whose type says that its methods keep no pointer to it (machine.InPlace) is called on where it is, in
// the frame, though a method wants its address: the frame does not move during a call, and afterwards nothing
// points into it. That holds for a call alone. The value of a method, a go statement, and a defer statement
// that has no bit keep the address.

// calledInPlace reports whether the last on the stack is a method, selected for such a call.
func (c *comp) calledInPlace(stack []ast.Node) bool {
	if len(stack) < 3 {
		return false
	}
	sel, ok := stack[len(stack)-1].(*ast.SelectorExpr)
	if !ok || !c.keepsNothing(sel) {
		return false
	}
	call, ok := stack[len(stack)-2].(*ast.CallExpr)
	if !ok || call.Fun != ast.Expr(sel) {
		return false
	}
	switch s := stack[len(stack)-3].(type) {
	case *ast.GoStmt:
		return false
	case *ast.DeferStmt:
		d := c.open[s]
		return d != nil && d.recv == ""
	}
	return true
}

// keepsNothing reports whether a selected method wants the address of a value of such a type, and is not awaited.
func (c *comp) keepsNothing(sel *ast.SelectorExpr) bool {
	s := c.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || !wantsPointer(s) {
		return false
	}
	sig := s.Obj().(*types.Func).Signature()
	for i := range sig.Params().Len() {
		if isNamed(pointee(sig.Params().At(i).Type()), futurePath, "Co") {
			return false
		}
	}
	u, ok := pointee(sig.Recv().Type()).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range u.NumFields() {
		if isNamed(u.Field(i).Type(), machinePath, "InPlace") {
			return true
		}
	}
	return false
}

// pointee returns what a pointer points to; other types are returned as they are.
func pointee(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func isNamed(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path && n.Obj().Name() == name
}
