package compile

import (
	"go/ast"
	"go/types"
	"slices"
)

// waiting is one place where a function waits.
type waiting struct {
	kind  waitKind
	call  *ast.CallExpr
	ctor  string      // of a call: the constructor's name
	child types.Type  // what is held in the frame
	conc  bool        // child is polled without an interface
	fn    *types.Func // of a call
	sub   *comp       // of a literal
	shape shape
	sig   *types.Signature
}

type waitKind uint8

const (
	onFuture  waitKind = iota // future.Await(co, f)
	onOp                      // op.Await(co)
	onCall                    // f(co, x) of a marked function
	onYield                   // co.Yield()
	onLiteral                 // f(co, x) of a literal that is compiled, or future.Async(literal).Await(co)
	onBoxed                   // f(co, x) of what is not known: on a coroutine of its own
)

// findAwaits classifies each use of co. What is none of the known ones is refused.
func (c *comp) findAwaits() {
	c.calls, c.low = map[*ast.CallExpr]*waiting{}, map[ast.Node]bool{}
	c.asyncDefers = map[*ast.CallExpr]*asyncDefer{}
	c.asyncs = map[*ast.CallExpr]*comp{}
	c.findNamed()
	defer c.awaitedLiterals()
	known := map[*ast.Ident]bool{}
	var stack []ast.Node
	var lits []*ast.FuncLit
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		if n == nil {
			if _, ok := stack[len(stack)-1].(*ast.FuncLit); ok {
				lits = lits[:len(lits)-1]
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			if len(stack) > 2 {
				if call, ok := stack[len(stack)-2].(*ast.CallExpr); ok && (c.asyncDefers[call] != nil || c.asyncs[call] != nil || c.calls[call] != nil && c.calls[call].sub != nil) {
					stack = stack[:len(stack)-1]
					return false // a machine of its own
				}
			}
			if c.isNamed(n, stack) {
				stack = stack[:len(stack)-1]
				return false
			}
			lits = append(lits, n)
		case *ast.DeferStmt:
			if len(lits) == 0 && c.deferredCall(n.Call, known) {
				for _, s := range stack {
					c.low[s] = true
				}
				break
			}
			if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok && len(lits) == 0 {
				c.deferred[lit] = true
			}
		case *ast.GoStmt:
			if c.goesAlong(n.Call) {
				c.misuse(n.Pos(), "co is used in a go statement: it belongs to the function it was given to, and that function's goroutine; "+
					"spawn another async function, or let this one await the goroutine's result")
			}
		case *ast.CallExpr:
			if c.asyncDefers[n] != nil {
				break
			}
			if lit := c.literalOf(n); lit != nil {
				if sub := c.compiles(lit, ""); sub != nil {
					c.asyncs[n] = sub
				}
				break
			}
			w := c.classify(n, known)
			if w == nil {
				if len(lits) > 0 && !c.deferred[lits[0]] && c.mentionsContext(n) {
					c.misuse(n.Pos(), "co is used inside a function literal: give the literal a first parameter co *%s.Co instead", c.m.future)
				}
				break
			}
			if len(lits) > 0 {
				c.misuse(n.Pos(), "await inside a function literal that has no co of its own: give the literal a first parameter co *%s.Co, "+
					"so that it is an async function itself", c.m.future)
			}
			c.calls[n] = w
			for _, s := range stack {
				c.low[s] = true
			}
		case *ast.Ident:
			if c.info.Uses[n] == c.co && !known[n] {
				if len(lits) > 0 {
					c.misuse(n.Pos(), "co is used inside a function literal: give the literal a first parameter co *%s.Co instead", c.m.future)
				}
				c.badUse(n, stack)
			}
		}
		return true
	})
}

// badUse refuses a use of co that is not a wait.
func (c *comp) badUse(id *ast.Ident, stack []ast.Node) {
	switch p := stack[len(stack)-2].(type) {
	case *ast.CallExpr:
		c.refuse(id.Pos(), "co is handed to %s, which may keep it; make it the first parameter there, and mark that function %s", c.text(p.Fun), marker)
	case *ast.KeyValueExpr, *ast.CompositeLit:
		c.misuse(id.Pos(), "co is stored: it must not outlive the call of %s; pass it down as an argument instead", c.m.fn)
	case *ast.AssignStmt:
		i := slices.IndexFunc(p.Rhs, func(e ast.Expr) bool { return ast.Unparen(e) == id })
		if i < 0 {
			c.refuse(id.Pos(), "co is assigned to; wait with the co that %s was given", c.m.fn)
		}
		if to, ok := ast.Unparen(p.Lhs[i]).(*ast.Ident); !ok || c.info.Uses[to] != nil && !c.local(c.info.Uses[to]) {
			c.misuse(p.Lhs[i].Pos(), "co is stored in %s: it must not outlive the call of %s; pass it down as an argument instead", c.text(p.Lhs[i]), c.m.fn)
		}
		c.refuse(id.Pos(), "co is copied to %s; wait with co itself", c.text(p.Lhs[i]))
	case *ast.ValueSpec:
		i := slices.IndexFunc(p.Values, func(e ast.Expr) bool { return ast.Unparen(e) == id })
		c.refuse(id.Pos(), "co is copied to %s; wait with co itself", p.Names[i].Name)
	case *ast.SendStmt:
		c.misuse(id.Pos(), "co is sent to a channel: it must not outlive the call of %s; pass it down as an argument instead", c.m.fn)
	case *ast.ReturnStmt:
		c.misuse(id.Pos(), "co is returned: it must not outlive the call of %s; whoever calls that has a co", c.m.fn)
	}
	c.refuse(id.Pos(), "co is used as a value; use it only as a first argument, and for its methods")
}

// goesAlong reports whether the call of a go statement takes co to the goroutine. Its operands are
// evaluated here, and may wait.
func (c *comp) goesAlong(call *ast.CallExpr) bool {
	for _, a := range call.Args {
		if c.isCo(a) != nil {
			return true
		}
	}
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.FuncLit:
		return c.mentionsCo(f)
	case *ast.SelectorExpr:
		return c.isCo(f.X) != nil
	}
	return false
}

func (c *comp) mentionsCo(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.info.Uses[id] == c.co {
			found = true
		}
		return !found
	})
	return found
}

// mentionsContext reports whether a call is one of co.Context and the like, or is given a context.
func (c *comp) mentionsContext(call *ast.CallExpr) bool {
	if c.coText[call] != "" {
		return true
	}
	for _, a := range call.Args {
		if id := c.isCo(a); id != nil && c.coText[id] != "" {
			return true
		}
	}
	return false
}

func (c *comp) isCo(e ast.Expr) *ast.Ident {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && c.info.Uses[id] == c.co {
		return id
	}
	return nil
}

func (c *comp) text(n ast.Node) string {
	return string(c.src.whole[c.fset.Position(n.Pos()).Offset:c.fset.Position(n.End()).Offset])
}
