package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// rend renders one node. What is kept of the source is its text, with edits: so its layout and its
// comments stay.
type rend struct {
	c       *comp
	before  []string // statements that have to come first
	aliases map[*variable]string
	lits    int    // inside so many function literals
	plainCo string // what co is called in what is rendered to run uncompiled
	unwind  string // inside a deferred literal: the name of its *machine.Defers or machine.Ending
	open    bool   // inside a deferred literal that is called by a method of the machine
}

func (r *rend) parts(ps []any) string {
	var b strings.Builder
	for _, p := range ps {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case ref:
			b.WriteString(r.ref(p.v))
		case begin:
			b.WriteString(r.begin(p))
		case rebox:
			b.WriteString(r.rebox(p.v))
		case goTo:
			b.WriteString(r.c.jumpText(p.b, false))
		case retPart:
			b.WriteString(r.returnText(p.s))
		case making:
			b.WriteString(r.making(p))
		case raw:
			b.WriteString(r.node(p.Node, true))
		case ast.Node:
			b.WriteString(r.node(p, false))
		default:
			panic(fmt.Sprintf("asyncgen: part %T", p))
		}
	}
	return b.String()
}

// holder returns the name of where a variable, or its box, is.
func (r *rend) holder(v *variable) string {
	if v.where == inFrame {
		return r.c.glue.m + "." + v.slot.name
	}
	return v.name
}

func (r *rend) ref(v *variable) string {
	if !v.boxed() {
		return r.holder(v)
	}
	return "(*" + r.pointer(v) + ")"
}

// bare leaves out parentheses where nothing follows that would need them.
func bare(s string) string {
	if strings.HasPrefix(s, "(*") && strings.IndexByte(s, ')') == len(s)-1 {
		return s[1 : len(s)-1]
	}
	return s
}

// pointer returns the pointer to a boxed variable. A closure gets one of its own: the field, or
// the variable of Poll, will point to the next one's box when there is a next one.
func (r *rend) pointer(v *variable) string {
	if r.lits == 0 || r.open && r.lits == 1 {
		return r.holder(v)
	}
	if a := r.aliases[v]; a != "" {
		return a
	}
	a := r.c.fresh(v.name)
	if r.aliases == nil {
		r.aliases = map[*variable]string{}
	}
	r.aliases[v] = a
	r.before = append(r.before, a+" := "+r.holder(v))
	return a
}

func (r *rend) begin(p begin) string {
	if !p.v.read {
		return "_ = " + p.from
	}
	s := ""
	if p.v.boxed() {
		s = r.holder(p.v) + " = " + r.c.predeclared("new") + "(" + r.c.typeOf(p.v) + ")\n"
	}
	return s + r.ref(p.v) + " = " + p.from
}

func (r *rend) rebox(v *variable) string {
	if !v.boxed() {
		return ""
	}
	old := r.c.fresh("last")
	return fmt.Sprintf("%s := %s\n%s = %s(%s)\n*%s = *%s", old, r.holder(v), r.holder(v), r.c.predeclared("new"), r.c.typeOf(v), r.holder(v), old)
}

type edit struct {
	from, to token.Pos
	text     string
}

// node renders what is kept of the source.
func (r *rend) node(root ast.Node, asItIs bool) string {
	c := r.c
	var edits []edit
	put := func(n ast.Node, text string) { edits = append(edits, edit{n.Pos(), n.End(), text}) }
	var stack []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			if _, ok := stack[len(stack)-1].(*ast.FuncLit); ok {
				r.lits--
			}
			stack = stack[:len(stack)-1]
			return true
		}
		if s, ok := c.subst[n]; ok && !(asItIs && n == root) {
			put(n, r.parts(s))
			return false
		}
		if t, ok := c.coText[n]; ok && r.plainCo == "" {
			switch {
			case t == "\x00cx" && r.unwind != "":
				t = r.unwind + ".Context()"
			case t == "\x00cx":
				t = c.glue.cx
			case r.unwind != "": // co.Dropped()
				t = r.unwind + ".Dropped()"
			}
			put(n, t)
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			if sub := c.asyncs[n]; sub != nil {
				put(n, r.asyncText(sub))
				return false
			}
		case *ast.Ident:
			if r.plainCo != "" && c.info.Uses[n] == c.co {
				put(n, r.plainCo)
			} else if t, ok := r.ident(n); ok {
				if len(stack) > 0 {
					switch p := stack[len(stack)-1].(type) {
					case *ast.CallExpr:
						if p.Fun != n {
							t = bare(t)
						}
					case *ast.AssignStmt:
						t = bare(t)
					}
				}
				put(n, t)
			}
		case *ast.UnaryExpr:
			if id, ok := n.X.(*ast.Ident); ok && n.Op == token.AND {
				if v := c.vars[c.info.Uses[id]]; v != nil && v.boxed() {
					put(n, r.pointer(v))
					return false
				}
			}
		case *ast.ReturnStmt:
			if c.own[n] {
				put(n, r.returnText(n))
				return false
			}
		case *ast.BranchStmt:
			if b := c.exits[n]; b != nil {
				put(n, c.jumpText(b, c.inLoop[n]))
			}
			return false
		case *ast.DeferStmt:
			if r.lits == 0 {
				put(n, r.deferText(n))
				return false
			}
		case *ast.FuncLit:
			r.lits++
		}
		stack = append(stack, n)
		return true
	})
	return c.edited(root, edits)
}

func (c *comp) edited(root ast.Node, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return int(a.from - b.from) })
	var b strings.Builder
	at := root.Pos()
	for _, e := range edits {
		b.WriteString(c.text(span{at, e.from}))
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(c.text(span{at, root.End()}))
	return b.String()
}

func (r *rend) ident(id *ast.Ident) (string, bool) {
	c := r.c
	o := c.info.Uses[id]
	if o == nil {
		o = c.info.Defs[id]
	}
	if o == nil {
		return "", false
	}
	if n, ok := c.renamed[o]; ok {
		return n, true
	}
	if v := c.vars[o]; v != nil {
		return r.ref(v), true
	}
	if c.literal != nil && c.literal.deferred && r.lits == 0 && o == types.Universe.Lookup("recover") {
		return c.glue.m + ".unwind.Recover", true
	}
	return "", false
}

// returnText renders a return, or the end of the body.
func (r *rend) returnText(s *ast.ReturnStmt) string {
	c := r.c
	sh := shapeOf(c.sig.Results())
	var vals []string
	head := ""
	if s != nil {
		for _, e := range s.Results {
			vals = append(vals, r.parts(c.parts0(e)))
		}
	}
	if c.deferring() {
		return r.deferredReturn(vals, s == nil || len(vals) == 0)
	}
	if len(vals) > 0 && c.returnsByName(s) { // something else may look at the results
		var names []string
		for _, v := range c.results {
			names = append(names, r.ref(v))
		}
		head = setResults(names, vals)
		vals = names
	}
	if len(vals) == 0 {
		for _, v := range c.results {
			vals = append(vals, r.ref(v))
		}
	}
	return head + "return " + c.outcome(sh, vals)
}

// setResults assigns to the results what a return statement has; but not themselves, as go vet
// takes that for a mistake.
func setResults(names, vals []string) string {
	var left, right []string
	for i, n := range names {
		if len(vals) == len(names) {
			if vals[i] == n {
				continue
			}
			right = append(right, vals[i])
		}
		left = append(left, bare(n))
	}
	switch {
	case len(left) == 0:
		return ""
	case right == nil: // one call returns them all
		right = vals
	}
	return strings.Join(left, ", ") + " = " + strings.Join(right, ", ") + "\n"
}

// parts0 is parts for what may have been replaced as a whole.
func (c *comp) parts0(e ast.Expr) []any {
	if s, ok := c.subst[e]; ok {
		return s
	}
	return []any{e}
}

// outcome renders the Poll that tells results, or one call of what returns them.
func (c *comp) outcome(s shape, vals []string) string {
	f, t := c.glue.future, c.valueText()
	spread := len(vals) == 1 && c.sig.Results().Len() > 1
	switch {
	case s.values == 0 && !s.err:
		return f + ".Ready(" + f + ".Unit{})"
	case s.values == 0:
		if vals[0] == "nil" {
			return f + ".Ready(" + f + ".Unit{})"
		}
		return f + ".Done(" + f + ".Unit{}, " + vals[0] + ")"
	case s.values == 1 && !s.err:
		return f + ".Ready[" + t + "](" + vals[0] + ")"
	case s.values == 1:
		if !spread && vals[1] == "nil" {
			return f + ".Ready[" + t + "](" + vals[0] + ")"
		}
		return f + ".Done[" + t + "](" + strings.Join(vals, ", ") + ")"
	case spread:
		return c.spreadText(s, vals[0])
	case s.err:
		return f + ".Done(" + t + "{" + strings.Join(vals[:s.values], ", ") + "}, " + vals[s.values] + ")"
	}
	return f + ".Ready(" + t + "{" + strings.Join(vals, ", ") + "})"
}

// spreadText renders the return of a call of what returns all the results.
func (c *comp) spreadText(s shape, call string) string {
	var ps, rs []string
	for i := range s.values {
		ps = append(ps, fmt.Sprintf("r%d %s", i, c.file.typ(c, c.sig.Results().At(i).Type())))
		rs = append(rs, fmt.Sprintf("r%d", i))
	}
	if s.err {
		ps = append(ps, "err error")
		rs = append(rs, "err")
	}
	return fmt.Sprintf("func(%s) %s.Poll[%s] { return %s }(%s)", strings.Join(ps, ", "), c.glue.future, c.valueText(), c.outcome(s, rs), call)
}

// valueText returns the type of the machine's value.
func (c *comp) valueText() string {
	switch {
	case c.m.values == 0:
		return c.glue.future + ".Unit"
	case c.m.values == 1:
		return c.file.typ(c, c.sig.Results().At(0).Type())
	case c.literal != nil:
		return c.file.typ(c, c.valueType(c.sig))
	}
	return c.m.results + c.targs()
}

func (c *comp) typeParams() *types.TypeParamList {
	if c.literal != nil {
		return c.literal.outer.typeParams()
	}
	if c.sig.Recv() != nil {
		return c.sig.RecvTypeParams()
	}
	return c.sig.TypeParams()
}

// targs returns the type arguments of the machine inside its own methods, such as [K, V].
func (c *comp) targs() string {
	l := c.typeParams()
	if l.Len() == 0 {
		return ""
	}
	var ns []string
	for i := range l.Len() {
		ns = append(ns, notBlank(l.At(i).Obj().Name(), i))
	}
	return "[" + strings.Join(ns, ", ") + "]"
}

func (c *comp) tparams() string {
	l := c.typeParams()
	if l.Len() == 0 {
		return ""
	}
	var ns []string
	for i := range l.Len() {
		ns = append(ns, notBlank(l.At(i).Obj().Name(), i)+" "+c.file.constraint(c, l.At(i).Constraint()))
	}
	return "[" + strings.Join(ns, ", ") + "]"
}
