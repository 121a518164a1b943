package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// A function literal that has a co of its own is compiled where it is known what becomes of it:
//
//	future.Async(func(co *future.Co) (T, error) { ... })   or future.Do: a future that is a machine
//	func(co *future.Co, x X) error { ... }(co, x)          the machine is awaited, by value
//	f := func(co *future.Co, x X) error { ... }            if all that is done with f is to call it
//
// Its machine finds the variables of the functions around it by pointers. Any other literal is a
// value that anybody may call: it runs on the coroutine of whoever does.

// findNamed finds the literals that have a name and are only called.
func (c *comp) findNamed() {
	c.named = map[types.Object]*comp{}
	lits := map[types.Object]*ast.FuncLit{}
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE || len(n.Lhs) != 1 || len(n.Rhs) != 1 {
				break
			}
			lit, ok := ast.Unparen(n.Rhs[0]).(*ast.FuncLit)
			if o := c.info.Defs[n.Lhs[0].(*ast.Ident)]; ok && o != nil && c.hasCo(lit) {
				lits[o] = lit
			}
		}
		return true
	})
	if len(lits) == 0 {
		return
	}
	called := map[*ast.Ident]bool{}
	inside := 0
	var stack []ast.Node
	ast.Inspect(c.decl.Body, func(n ast.Node) bool {
		if n == nil {
			switch stack[len(stack)-1].(type) {
			case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
				inside--
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			inside++
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && inside == 0 && len(n.Args) > 0 && c.isCo(n.Args[0]) != nil {
				called[id] = true
			}
		case *ast.Ident:
			if o := c.info.Uses[n]; o != nil && !called[n] {
				delete(lits, o)
			}
		}
		return true
	})
	for _, o := range slices.SortedFunc(maps.Keys(lits), func(a, b types.Object) int { return int(a.Pos() - b.Pos()) }) {
		if sub := c.compiles(lits[o], o.Name()); sub != nil {
			c.named[o] = sub
		}
	}
}

// hasCo reports whether a literal has a co of its own, and uses none of the functions around it.
func (c *comp) hasCo(lit *ast.FuncLit) bool {
	sig, ok := c.info.TypeOf(lit).(*types.Signature)
	return ok && sig.Params().Len() > 0 && isCoType(sig.Params().At(0).Type()) && !c.mentionsCo(lit)
}

// literalOf returns the literal that a call of future.Async or future.Do is given, or nil.
func (c *comp) literalOf(call *ast.CallExpr) *ast.FuncLit {
	fn, _ := c.callee(call)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != futurePath || fn.Signature().Recv() != nil ||
		fn.Name() != "Async" && fn.Name() != "Do" || len(call.Args) != 1 {
		return nil
	}
	if lit, ok := ast.Unparen(call.Args[0]).(*ast.FuncLit); ok && c.hasCo(lit) {
		return lit
	}
	return nil
}

// compiles returns a literal as a function of its own, or nil if it cannot be compiled; why is told
// with -v. To find out it is compiled once for nothing: once, for a literal within others is asked about
// again by each trial of those.
func (c *comp) compiles(lit *ast.FuncLit, name string) *comp {
	f := c.file
	r, known := f.tried[lit]
	if !known {
		reserved, all, imports := maps.Clone(f.reserved), maps.Clone(f.prog.reserved), maps.Clone(f.imports)
		trial := c.newLiteral(lit, name)
		r = refusing(lit.Pos(), func() {
			trial.prepare()
			trial.co = trial.sig.Params().At(0)
			trial.findAwaits()
			if r := trial.finish(); r != nil {
				panic(*r)
			}
			trial.machineDecls()
		})
		f.reserved, f.prog.reserved, f.imports = reserved, all, imports
		f.tried[lit] = r
	}
	if r != nil {
		if r.misuse {
			panic(*r)
		}
		p := c.fset.PositionFor(lit.Pos(), false)
		c.notes = append(c.notes, fmt.Sprintf("%s:%d: the function literal is left on the coroutine: %s", filepath.Base(p.Filename), p.Line, r.why))
		return nil
	}
	sub := c.newLiteral(lit, name)
	sub.prepare()
	sub.co = sub.sig.Params().At(0)
	sub.findAwaits()
	for _, w := range sub.calls {
		f.prog.holds[sub.m.machine] = append(f.prog.holds[sub.m.machine], w.child)
	}
	c.subs = append(c.subs, sub)
	return sub
}

func (c *comp) newLiteral(lit *ast.FuncLit, name string) *comp {
	own := fmt.Sprintf("%sFunc%d", strings.TrimSuffix(lower(c.m.machine), "Machine"), len(c.subs)+1)
	if name != "" {
		own = strings.TrimSuffix(lower(c.m.machine), "Machine") + upper(name)
	}
	m := &mark{names: names{fn: c.m.fn, recv: c.m.recv, future: c.m.future, machine: c.file.reserve(own + "Machine"), title_: "a function literal of " + c.outermost().m.title()},
		decl: &ast.FuncDecl{Name: ast.NewIdent(c.m.fn), Type: lit.Type, Body: lit.Body}}
	sub := &comp{pkg: c.pkg, info: c.info, fset: c.fset, src: c.src, file: c.file, m: m, decl: m.decl, literal: &literal{lit: lit, outer: c, name: name}}
	s := shapeOf(c.info.TypeOf(lit).(*types.Signature).Results())
	m.values, m.hasError = s.values, s.err
	return sub
}

// machineType returns the type of a literal's machine, which the type checker does not know. It is
// the function around it that holds one.
func (c *comp) machineType() types.Type {
	if c.literal.typ == nil {
		o := types.NewTypeName(c.decl.Pos(), c.pkg.Types, c.m.machine, nil)
		t := types.NewNamed(o, types.NewStruct([]*types.Var{types.NewField(token.NoPos, c.pkg.Types, "_", types.Universe.Lookup("any").Type(), false)}, nil), nil)
		recv := types.NewVar(token.NoPos, c.pkg.Types, "", types.NewPointer(t))
		t.AddMethod(types.NewFunc(token.NoPos, c.pkg.Types, "Drop", types.NewSignatureType(recv, nil, nil, nil, nil, false)))
		c.literal.typ = t
		c.literal.outer.renamed[o] = c.m.machine + c.targs()
	}
	return c.literal.typ
}

// making renders as the machine of a literal, that is called with the arguments of call.
type making struct {
	sub  *comp
	call *ast.CallExpr // nil: of future.Async
}

// arguments are what the literal is called with.
func (m making) arguments() []ast.Expr {
	if m.call == nil {
		return nil
	}
	return m.call.Args[1:] // but for co
}

// unnamed reports whether the i-th argument is evaluated for nothing.
func (m making) unnamed(i int) bool {
	ps := m.sub.sig.Params()
	p := ps.At(min(i+1, ps.Len()-1))
	return p.Name() == "" || p.Name() == "_"
}

func (r *rend) making(m making) string {
	c, sub := r.c, m.sub
	fs := r.around(sub)
	args := m.arguments()
	for i, p := range sub.params {
		if p == nil || p.slot == nil {
			continue
		}
		value := ""
		switch {
		case sub.sig.Variadic() && i == len(sub.params)-1 && !m.call.Ellipsis.IsValid():
			if i >= len(args) {
				continue // nil
			}
			var list []string
			for _, x := range args[i:] {
				list = append(list, bare(r.parts(c.parts0(x))))
			}
			value = c.file.typ(c, p.typ) + "{" + strings.Join(list, ", ") + "}"
		default:
			value = bare(r.parts(c.parts0(args[i])))
		}
		fs = append(fs, p.slot.name+": "+value)
	}
	return sub.m.machine + c.targs() + "{" + strings.Join(fs, ", ") + "}"
}

// around renders the fields of a literal's machine that point to the variables of the functions
// around it.
func (r *rend) around(sub *comp) (fs []string) {
	for o, v := range sub.vars {
		if !v.extern || v.slot == nil {
			continue
		}
		at := "&" + o.Name() // declared in what is kept
		if w := r.c.vars[o]; w != nil {
			at = r.pointer(w)
		}
		fs = append(fs, v.slot.name+": "+at)
	}
	slices.Sort(fs)
	return fs
}

// asyncText renders future.Async of a literal.
func (r *rend) asyncText(sub *comp) string {
	name := sub.literal.outer.outermost().qualified() + ".func"
	return fmt.Sprintf("%s.Compiled[%s](&%s, %q)", r.c.glue.future, sub.valueText(), r.making(making{sub: sub}), name)
}

// outermost returns the function that a literal is in.
func (c *comp) outermost() *comp {
	for c.literal != nil {
		c = c.literal.outer
	}
	return c
}

func (c *comp) qualified() string { return c.pkg.PkgPath + "." + c.m.title() }

// literalCall classifies a call of a literal: of one that stands there, or has a name.
func (c *comp) literalCall(call *ast.CallExpr, sig *types.Signature) *waiting {
	var sub *comp
	switch x := ast.Unparen(call.Fun).(type) {
	case *ast.FuncLit:
		if c.hasCo(x) {
			sub = c.compiles(x, "")
		}
	case *ast.Ident:
		sub = c.named[c.info.Uses[x]]
	}
	if sub == nil {
		return nil
	}
	return &waiting{kind: onLiteral, call: call, child: sub.machineType(), conc: true, sub: sub, shape: shapeOf(sig.Results()), sig: sig}
}

// isNamed reports whether a literal is one that is made where it is called.
func (c *comp) isNamed(lit *ast.FuncLit, stack []ast.Node) bool {
	for i := len(stack) - 2; i >= 0; i-- {
		switch p := stack[i].(type) {
		case *ast.ParenExpr:
			continue
		case *ast.AssignStmt:
			id, ok := p.Lhs[0].(*ast.Ident)
			return ok && c.named[c.info.Defs[id]] != nil
		}
		return false
	}
	return false
}

// awaitedLiterals awaits a literal's machine by value where future.Async of it is awaited at once.
func (c *comp) awaitedLiterals() {
	for _, w := range c.calls {
		if w.kind != onOp {
			continue
		}
		x, ok := ast.Unparen(ast.Unparen(w.call.Fun).(*ast.SelectorExpr).X).(*ast.CallExpr)
		if sub := c.asyncs[x]; ok && sub != nil {
			w.kind, w.sub, w.child = onLiteral, sub, sub.machineType()
		}
	}
}

func (c *comp) childName() string {
	if c.literal.name != "" {
		return c.literal.name
	}
	return "fn"
}

func (c *comp) constant(e ast.Expr) bool {
	tv := c.info.Types[e]
	return tv.Value != nil || tv.IsNil()
}
