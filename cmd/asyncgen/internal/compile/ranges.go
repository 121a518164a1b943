package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// A range statement becomes a loop over a counter that the program does not see.
//
//	x := e               evaluated once; an array is copied, if its elements are wanted
//	i := 0
//	for i < len(x) {     of a slice the length is taken once
//		key, value := i, x[i]
//		...
//		i++
//	}
func (c *comp) rangeStmt(s *ast.RangeStmt, label string) {
	if !c.loops(s) { // only what is ranged over awaits
		c.lift(s.X, false)
		if l := c.label; l != nil && l.Stmt == s && c.labelUsed(l) {
			c.kept(l)
		} else {
			c.kept(s)
		}
		return
	}
	t := c.info.TypeOf(s.X)
	if s.Tok == token.DEFINE && !c.file.perIteration {
		c.refuse(s.Pos(), "await in a range loop of a file for a Go before 1.22, whose iterations share their variables")
	}
	c.lift(s.X, false)
	var r ranger
	switch u := core(t).(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			r = c.rangeString(s)
		} else {
			r = c.rangeInt(s)
		}
	case *types.Slice:
		r = c.rangeSlice(s)
	case *types.Array:
		r = c.rangeArray(s, u, false)
	case *types.Pointer:
		r = c.rangeArray(s, core(u.Elem()).(*types.Array), true)
	case *types.Map:
		r = c.rangeMap(s, u)
	case *types.Chan:
		r = c.rangeChan(s, u)
	case *types.Signature:
		c.refuse(s.Pos(), "await in the body of a range over a function: the body is called by %s, which cannot be suspended; collect what it yields first, and wait in a range over that", c.text(s.X))
	default:
		c.refuse(s.Pos(), "await in the body of a range over a type parameter whose types differ")
	}
	head, body, after, next := c.newBlock(), c.newBlock(), c.newBlock(), c.newBlock()
	c.to(&jump{head}, head)
	if r.fetch != nil {
		r.fetch()
	}
	c.to(&branch{node: c.known(&node{pos: s.Pos(), parts: r.cond}), yes: body, no: after, pos: s.Pos()}, body)
	c.element(s, r)
	c.flows = append(c.flows, flow{label, after, next})
	c.stmts(s.Body.List)
	c.flows = c.flows[:len(c.flows)-1]
	c.to(&jump{next}, next)
	if r.next != nil {
		r.next()
	}
	c.to(&jump{head}, after)
}

// loops reports whether the loop itself awaits, not only what it ranges over.
func (c *comp) loops(s *ast.RangeStmt) bool {
	return c.low[s.Body] || c.lowAny(s.Key, s.Value)
}

// A ranger is how one kind of range goes on.
type ranger struct {
	fetch      func() // at the head of the loop
	cond       []any  // whether there is another element
	key, value []any
	next       func() // to the next one
}

// element sets the key and the value. Both are evaluated before either is set.
func (c *comp) element(s *ast.RangeStmt, r ranger) {
	var es []ast.Expr
	var rhs []any
	for i, e := range []ast.Expr{s.Key, s.Value} {
		if e == nil || isBlank(e) {
			continue
		}
		if len(es) > 0 {
			rhs = append(rhs, ", ")
		}
		es = append(es, e)
		rhs = append(rhs, [][]any{r.key, r.value}[i]...)
	}
	if len(es) == 0 {
		return
	}
	for i, e := range es {
		c.lift(e, c.lowAny(es[i+1:]...))
	}
	a := &assign{rhs: rhs}
	a.lhs, a.decl = c.targets(es)
	c.add(c.known(&node{pos: s.Pos(), assign: a}))
}

func isBlank(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "_"
}

func (c *comp) used(e ast.Expr) bool { return e != nil && !isBlank(e) }

func (c *comp) index(s *ast.RangeStmt, t types.Type) *variable {
	v := c.temp("i", t, s.Pos())
	c.set(s.Pos(), v, "0")
	return v
}

func (c *comp) increment(s *ast.RangeStmt, i *variable) func() {
	return func() { c.add(c.known(&node{pos: s.Pos(), parts: []any{ref{i}, "++"}})) }
}

func (c *comp) rangeInt(s *ast.RangeStmt) ranger {
	t := types.Default(c.info.TypeOf(s.X))
	if c.used(s.Key) && c.info.Types[s.X].Value != nil {
		t = c.info.TypeOf(s.Key) // of an untyped constant
		if id, ok := s.Key.(*ast.Ident); ok && c.info.Defs[id] != nil {
			t = c.info.Defs[id].Type()
		}
	}
	var n []any
	if c.info.Types[s.X].Value != nil {
		n = c.parts(s.X)
	} else {
		v := c.temp("n", t, s.Pos())
		c.set(s.Pos(), v, c.parts(s.X)...)
		n = []any{ref{v}}
	}
	i := c.index(s, t)
	return ranger{
		cond: append([]any{ref{i}, " < "}, n...),
		key:  []any{ref{i}},
		next: c.increment(s, i),
	}
}

func (c *comp) rangeSlice(s *ast.RangeStmt) ranger {
	x := c.temp("list", c.info.TypeOf(s.X), s.Pos())
	c.set(s.Pos(), x, c.parts(s.X)...)
	n := c.temp("n", types.Typ[types.Int], s.Pos())
	c.set(s.Pos(), n, c.predeclared("len")+"(", ref{x}, ")")
	i := c.index(s, types.Typ[types.Int])
	return ranger{
		cond:  []any{ref{i}, " < ", ref{n}},
		key:   []any{ref{i}},
		value: []any{ref{x}, "[", ref{i}, "]"},
		next:  c.increment(s, i),
	}
}

func (c *comp) rangeArray(s *ast.RangeStmt, a *types.Array, ptr bool) ranger {
	r := ranger{}
	length := itoa(a.Len())
	if c.used(s.Value) || c.hasCall(s.X) {
		x := c.temp("list", c.info.TypeOf(s.X), s.Pos())
		c.set(s.Pos(), x, c.parts(s.X)...)
		r.value = []any{ref{x}, "["}
	}
	i := c.index(s, types.Typ[types.Int])
	r.cond = []any{ref{i}, " < " + length}
	r.key = []any{ref{i}}
	r.value = append(r.value, ref{i}, "]")
	r.next = c.increment(s, i)
	return r
}

// hasCall reports whether e must be evaluated though only its length is wanted. A conversion is no
// call.
func (c *comp) hasCall(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || c.info.Types[n].Value == nil && !c.info.Types[n.Fun].IsType()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

func (c *comp) rangeString(s *ast.RangeStmt) ranger {
	x := c.temp("text", types.Default(c.info.TypeOf(s.X)), s.Pos())
	c.set(s.Pos(), x, c.parts(s.X)...)
	i := c.index(s, types.Typ[types.Int])
	char := c.temp("char", types.Universe.Lookup("rune").Type(), s.Pos())
	size := c.temp("size", types.Typ[types.Int], s.Pos())
	return ranger{
		cond: []any{ref{i}, " < " + c.predeclared("len") + "(", ref{x}, ")"},
		fetch: func() {
			// The first of a string is what range itself finds there.
			n := &node{pos: s.Pos(), assign: &assign{lhs: []any{char, size}, decl: []bool{true, true},
				rhs: []any{c.glue.machine + ".Rune(" + c.predeclared("string") + "(", ref{x}, "), ", ref{i}, ")"}}}
			c.add(c.known(n))
		},
		key:   []any{ref{i}},
		value: []any{ref{char}},
		next:  func() { c.add(c.known(&node{pos: s.Pos(), parts: []any{ref{i}, " += ", ref{size}}})) },
	}
}

// rangeMap goes on in the map's own iteration, which package reflect can leave and enter again.
func (c *comp) rangeMap(s *ast.RangeStmt, m *types.Map) ranger {
	it := c.temp("each", nil, s.Pos())
	it.typText = "*" + c.glue.machine + ".MapRange[" + c.file.typ(c, m.Key()) + ", " + c.file.typ(c, m.Elem()) + "]"
	c.set(s.Pos(), it, append(append([]any{c.glue.machine + ".RangeMap("}, c.parts(s.X)...), ")")...)
	return ranger{
		cond:  []any{ref{it}, ".Next()"},
		key:   []any{ref{it}, ".Key()"},
		value: []any{ref{it}, ".Value()"},
	}
}

func (c *comp) rangeChan(s *ast.RangeStmt, ch *types.Chan) ranger {
	x := c.temp("ch", c.info.TypeOf(s.X), s.Pos())
	c.set(s.Pos(), x, c.parts(s.X)...)
	v := c.temp("got", ch.Elem(), s.Pos())
	ok := c.temp("ok", types.Typ[types.Bool], s.Pos())
	return ranger{
		fetch: func() {
			c.add(c.known(&node{pos: s.Pos(), assign: &assign{lhs: []any{v, ok}, decl: []bool{true, true}, rhs: []any{"<-", ref{x}}}}))
		},
		cond: []any{ref{ok}},
		key:  []any{ref{v}},
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
