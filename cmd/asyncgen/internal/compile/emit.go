package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

const ended = 1 // machine.Ended

// emitter writes the machine of a function.
type emitter struct {
	*comp
	b      strings.Builder
	states int
	left   []*block // heads that have not been written
}

func (e *emitter) f(format string, args ...any) { fmt.Fprintf(&e.b, format, args...) }

// line says where in the source the following comes from.
func (e *emitter) line(n *node) {
	if n.pos.IsValid() {
		e.f("\n//line %s\n", e.sourceLine(n.pos))
	}
}

// jumpText renders a jump to a block.
func (c *comp) jumpText(b *block, inLoop bool) string {
	c.jumped = true
	s := fmt.Sprintf("%s = %d\n", c.glue.state, resolve(b).head().state)
	if inLoop {
		c.jumpedOut = true
		return s + "continue " + c.glue.run
	}
	return s + "continue"
}

// body writes the states and returns their text.
func (e *emitter) body() string {
	for _, b := range e.blocks {
		if b.first == nil {
			e.left = append(e.left, b)
		}
	}
	e.left[0].state = 0
	e.states = ended + 1
	if e.deferring() && e.open == nil {
		e.states++ // machine.Unwinding
	}
	for _, b := range e.left[1:] {
		b.state = e.states
		e.states++
	}
	for len(e.left) > 0 {
		e.state(e.left[0])
	}
	return e.b.String()
}

func (e *emitter) state(b *block) {
	e.left = slices.Delete(e.left, 0, 1)
	if a := b.resume; a != nil {
		e.f("case %d: // awaiting %s: %s\n", b.state, upper(a.child.base), e.at(a))
	} else {
		e.f("case %d:\n", b.state)
	}
	if b == e.blocks[0] {
		e.f("%s.state = %s.Ended\n", e.glue.m, e.glue.machine)
	}
	for b != nil {
		if b.resume != nil {
			e.poll(b)
		}
		for _, n := range b.nodes {
			e.node(n)
		}
		b = e.end(b)
	}
}

func (e *emitter) at(a *await) string {
	return a.what + ", " + e.sourceLine(a.pos).String()
}

// poll writes the poll of what is awaited.
func (e *emitter) poll(b *block) {
	a, g := b.resume, &e.glue
	child := (&rend{c: e.comp}).holder(a.child)
	e.line(&node{pos: a.pos})
	e.f("%s := %s.Poll(%s)\n", g.p, child, g.cx)
	e.f("if %s.%s() {\n", g.p, e.reads(a, "IsPending", "Waits"))
	e.f("return %s\n}\n", e.pendingText())
	e.f("%s.state = %s.Ended\n", g.m, g.machine)
	if a.tail {
		e.f("return %s\n", g.p)
		return
	}
	e.outcomeOf(a)
}

// reads chooses how the Poll of what is awaited is read: one whose value is a word at most is in registers, and
// stays there by value; others are in memory, and would be copied (see future.Poll.Waits).
func (e *emitter) reads(a *await, byValue, inPlace string) string {
	if a.shape.strct || a.shape.values == 1 && !isWord(a.results.At(0).Type()) {
		return inPlace
	}
	return byValue
}

// isWord reports whether values of a type are known to be a word.
func isWord(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Info()&(types.IsString|types.IsComplex) == 0
	case *types.Struct:
		return u.NumFields() == 0
	}
	return false
}

// outcomeOf assigns the results of what has been awaited.
func (e *emitter) outcomeOf(a *await) {
	as, p, result := a.fin.assign, e.glue.p, e.reads(a, "Result", "Outcome")
	all := true
	for _, t := range as.lhs {
		v, ok := t.(*variable)
		all = all && (t == nil || ok && !v.read)
	}
	if all {
		return
	}
	switch s := a.shape; {
	case s.strct:
		r := e.fresh("r")
		if s.err {
			er := e.fresh("err")
			e.f("%s, %s := %s.%s()\n", r, er, p, result)
			for i := range s.values {
				as.rhs = append(as.rhs, fmt.Sprintf("%s.R%d, ", r, i))
			}
			as.rhs = append(as.rhs, er)
		} else {
			e.f("%s, _ := %s.%s()\n", r, p, result)
			for i := range s.values {
				as.rhs = append(as.rhs, fmt.Sprintf("%s.R%d", r, i))
				if i < s.values-1 {
					as.rhs = append(as.rhs, ", ")
				}
			}
		}
	case s.values == 0:
		as.rhs = []any{p + ".Err()"}
	case s.err && e.unused(as.lhs[0]):
		as.lhs, as.decl = as.lhs[1:], as.decl[1:]
		as.rhs = []any{p + "." + e.reads(a, "Err", "Failure") + "()"}
	case s.err:
		as.rhs = []any{p + "." + result + "()"}
	default:
		as.lhs, as.decl = append(as.lhs, nil), append(as.decl, false)
		as.rhs = []any{p + "." + result + "()"}
	}
	e.node(a.fin)
}

func (e *emitter) unused(t any) bool {
	v, ok := t.(*variable)
	return t == nil || ok && !v.read
}

func (e *emitter) node(n *node) {
	r := &rend{c: e.comp}
	text := ""
	if n.assign != nil {
		text = e.assign(n.assign, r)
	} else {
		text = r.parts(n.parts)
	}
	for _, s := range r.before {
		e.f("%s\n", s)
	}
	if text == "" {
		return
	}
	e.line(n)
	e.f("%s\n", text)
}

// assign renders an assignment, and the declarations it makes.
func (e *emitter) assign(a *assign, r *rend) string {
	rhs := r.parts(a.rhs)
	var lhs []string
	var fresh []*variable
	old := false
	for i, t := range a.lhs {
		switch t := t.(type) {
		case nil:
			lhs = append(lhs, "_")
		case []any:
			lhs = append(lhs, r.parts(t))
			old = true
		case *variable:
			if !t.read && len(a.rhs) > 0 && t.where != inFrame {
				lhs = append(lhs, "_")
				continue
			}
			if a.decl[i] && t.where == inBlock {
				fresh = append(fresh, t)
			} else {
				old = true
			}
			if a.decl[i] && t.boxed() {
				r.before = append(r.before, fmt.Sprintf("%s = %s(%s)", r.holder(t), e.predeclared("new"), e.typeOf(t)))
				if len(a.rhs) == 0 {
					return ""
				}
			}
			lhs = append(lhs, r.ref(t))
		}
	}
	for i := range lhs {
		lhs[i] = bare(lhs[i])
	}
	left := strings.Join(lhs, ", ")
	if len(a.rhs) == 0 {
		v := a.lhs[0].(*variable)
		if !v.read {
			return ""
		}
		if len(fresh) > 0 {
			return "var " + left + " " + e.typeOf(v)
		}
		return left + " = " + e.file.zero(e.comp, v.typ)
	}
	switch {
	case len(fresh) == 0:
		return left + " = " + rhs
	case len(lhs) == 1 && a.typed:
		if t := e.typeOf(fresh[0]); !e.plainly(fresh[0], a) {
			return "var " + left + " " + t + " = " + rhs
		}
		return left + " := " + rhs
	case !old && !a.typed:
		return left + " := " + rhs
	}
	for _, v := range fresh {
		r.before = append(r.before, "var "+v.name+" "+e.typeOf(v))
	}
	return left + " = " + rhs
}

// plainly reports whether := gives the variable its type.
func (e *emitter) plainly(v *variable, a *assign) bool {
	if len(a.rhs) != 1 {
		return false
	}
	x, ok := a.rhs[0].(raw)
	if !ok {
		return false
	}
	tv := e.info.Types[asExpr(x.Node)]
	return tv.Value == nil && tv.Type != nil && types.Identical(tv.Type, v.typ) && callOrName(x.Node)
}

// end writes how a block ends, and returns the one that goes on without a jump.
func (e *emitter) end(b *block) *block {
	switch t := b.term.(type) {
	case nil:
	case *ret:
		if t.node.parts != nil {
			e.node(t.node)
		} else if b.resume == nil || !b.resume.tail {
			e.f("panic(\"unreachable\")\n")
		}
	case *dispatch:
		e.node(t.node)
	case *await:
		if t.setup.assign != nil {
			e.node(t.setup)
		}
		for _, s := range t.clears {
			if e.file.prog.keeps(s) {
				e.f("%s.%s = %s\n", e.glue.m, s.name, e.zeroOf(s.vars[0]))
			}
		}
		e.f("%s.state = %d\n", e.glue.m, t.next.state)
		e.goOn(t.next)
	case *jump:
		if t.to.first == b {
			return t.to
		}
		e.goOn(t.to)
	case *branch:
		return e.branch(b, t)
	}
	return nil
}

// goOn goes on at a state: by falling into it where it can be written next.
func (e *emitter) goOn(b *block) {
	h := b.head()
	if len(e.left) > 0 && e.left[0] == h {
		e.f("fallthrough\n")
		return
	}
	if i := slices.Index(e.left, h); i > 0 && h.resume != nil { // its only way in
		e.left = slices.Insert(slices.Delete(e.left, i, i+1), 0, h)
		e.f("fallthrough\n")
		return
	}
	e.f("%s\n", e.jumpText(b, false))
}

func (e *emitter) branch(b *block, t *branch) *block {
	r := &rend{c: e.comp}
	cond := r.parts(t.node.parts)
	for _, s := range r.before {
		e.f("%s\n", s)
	}
	e.line(t.node)
	not := e.not(t.node, cond)
	if strings.Contains(cond, "{") { // a composite literal, perhaps, which must not stand before a block
		cond, not = "("+cond+")", "("+not+")"
	}
	if t.yes.first != b {
		e.f("if %s {\n%s\n}\n", cond, e.jumpText(t.yes, false))
		if t.no.first == b {
			return t.no
		}
		e.goOn(t.no)
		return nil
	}
	e.f("if %s {\n%s\n}\n", not, e.jumpText(t.no, false))
	return t.yes
}

// not renders the opposite of a condition.
func (e *emitter) not(n *node, text string) string {
	if len(n.parts) == 1 {
		x := n.parts[0]
		if w, ok := x.(raw); ok {
			x = w.Node
		}
		switch x := x.(type) {
		case *ast.UnaryExpr:
			if x.Op == token.NOT {
				return (&rend{c: e.comp}).node(x.X, false)
			}
		case *ast.BinaryExpr:
			op, ok := opposite[x.Op]
			b, basic := e.info.TypeOf(x.X).Underlying().(*types.Basic)
			if ok && (x.Op == token.EQL || x.Op == token.NEQ || basic && b.Info()&(types.IsInteger|types.IsString) != 0) {
				r := &rend{c: e.comp}
				return r.node(x.X, false) + " " + op.String() + " " + r.node(x.Y, false)
			}
		case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr:
			return "!" + text
		}
	}
	return "!(" + text + ")"
}

var opposite = map[token.Token]token.Token{
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR,
}

func asExpr(n ast.Node) ast.Expr {
	x, _ := n.(ast.Expr)
	return x
}

// callOrName reports whether an expression has a type of its own.
func callOrName(n ast.Node) bool {
	switch n.(type) {
	case *ast.CallExpr, *ast.Ident, *ast.SelectorExpr, *ast.SliceExpr, *ast.TypeAssertExpr:
		return true
	}
	return false
}
