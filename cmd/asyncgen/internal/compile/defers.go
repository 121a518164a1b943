package compile

import "go/ast"

func (c *comp) findDefers() {
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			c.refuse(n.Pos(), "defer")
		}
		return true
	})
}

// deferring reports whether the function has deferred calls.
func (c *comp) deferring() bool { return false }

func (c *comp) deferStmt(s *ast.DeferStmt) {}

func (r *rend) deferText(s *ast.DeferStmt) string { return "" }

func (c *comp) pendingText() string {
	return c.glue.future + ".Pending[" + c.valueText() + "]()"
}
