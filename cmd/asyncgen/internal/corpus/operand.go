package corpus

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// operand rewrites v, one of a list that stands for as many values, or for more if alone is false.
func (r *rewriter) operand(v ast.Expr, alone bool) {
	if alone {
		r.value(v)
		return
	}
	r.inner(v)
}

// value rewrites e, which stands where a value is wanted, and may await it.
func (r *rewriter) value(e ast.Expr) {
	tv := r.info.Types[e]
	if tv.IsType() || tv.IsBuiltin() {
		r.inner(e)
		return
	}
	how := ""
	if r.async && r.chance(e, r.Density) {
		how = r.awaitable(e, tv)
	}
	if how == "" {
		if tv.Value == nil {
			r.inner(e)
		}
		return
	}
	r.insert(r.at(e.Pos()), opening, how)
	if tv.Value == nil {
		r.inner(e)
	}
	r.insert(r.at(e.End()), closing, ")")
}

// awaitable returns what an await of e begins with, or "" if e cannot be awaited.
func (r *rewriter) awaitable(e ast.Expr, tv types.TypeAndValue) string {
	if tv.IsNil() || tv.Type == nil {
		return ""
	}
	switch t := tv.Type.Underlying().(type) {
	case *types.Tuple:
		return ""
	case *types.Basic:
		if t.Kind() == types.Uintptr || t.Kind() == types.Invalid {
			return "" // a pointer, perhaps, which must not be held as a number
		}
	case *types.Struct, *types.Array:
		if !hasTypeParam(tv.Type) && r.sizes.Sizeof(t) > 512 {
			return ""
		}
	}
	name := r.spell(tv.Type, e.Pos())
	if name == "" {
		if b, ok := tv.Type.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			return ""
		}
		if tv.Value != nil || untypedByNature(e) {
			return ""
		}
		return fmt.Sprintf("%s.Of(%s, ", r.leaf, r.co)
	}
	return fmt.Sprintf("%s.Of[%s](%s, ", r.leaf, name, r.co)
}

// untypedByNature reports whether e takes its type from where it stands.
func untypedByNature(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr:
		if u, ok := e.(*ast.UnaryExpr); ok && (u.Op == token.AND || u.Op == token.ARROW) {
			return false
		}
		return true
	}
	return false
}

func hasTypeParam(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		for i := range t.TypeArgs().Len() {
			if hasTypeParam(t.TypeArgs().At(i)) {
				return true
			}
		}
		return t.TypeParams().Len() > 0 && t.TypeArgs().Len() == 0
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return false
	case *types.Array:
		return hasTypeParam(t.Elem())
	case *types.Struct:
		for i := range t.NumFields() {
			if hasTypeParam(t.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}

// inner rewrites what e is made of.
func (r *rewriter) inner(e ast.Expr) {
	if e == nil {
		return
	}
	if tv := r.info.Types[e]; tv.IsType() {
		r.typ(e)
		return
	} else if tv.Value != nil {
		return
	}
	switch e := e.(type) {
	case *ast.FuncLit:
		n := r.d.lits[e]
		if n.async() {
			r.param(e.Type)
		}
		r.signature(e.Type)
		r.body(n, e.Body)
	case *ast.CompositeLit:
		r.composite(e)
	case *ast.ParenExpr:
		r.inner(e.X)
	case *ast.SelectorExpr:
		r.selector(e)
	case *ast.IndexExpr:
		if tv := r.info.Types[e.X]; tv.IsType() || isFunc(tv.Type) {
			r.typ(e.Index)
			return
		}
		r.container(e.X)
		r.value(e.Index)
	case *ast.IndexListExpr:
		for _, t := range e.Indices {
			r.typ(t)
		}
	case *ast.SliceExpr:
		// Go 1.26 fails to compile f(p)[:] and (*f(p))[:] if f is generic and p points to an array.
		if p, ok := r.info.Types[e.X].Type.Underlying().(*types.Pointer); ok && p != nil {
			r.place(e.X)
		} else if x, ok := ast.Unparen(e.X).(*ast.StarExpr); ok {
			r.place(x.X)
		} else {
			r.container(e.X)
		}
		for _, i := range []ast.Expr{e.Low, e.High, e.Max} {
			if i != nil {
				r.value(i)
			}
		}
	case *ast.StarExpr:
		r.value(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			r.place(e.X)
			return
		}
		r.value(e.X)
	case *ast.BinaryExpr:
		r.value(e.X)
		r.value(e.Y)
	case *ast.TypeAssertExpr:
		r.value(e.X)
		r.typ(e.Type)
	case *ast.CallExpr:
		r.call(e)
	}
}

func isFunc(t types.Type) bool {
	_, ok := t.(*types.Signature)
	return ok
}

func (r *rewriter) composite(e *ast.CompositeLit) {
	r.typ(e.Type)
	t := r.info.Types[e].Type.Underlying()
	if p, ok := t.(*types.Pointer); ok { // an element of which & was left out
		t = p.Elem().Underlying()
	}
	element := func(v ast.Expr) {
		if c, ok := v.(*ast.CompositeLit); ok && c.Type == nil {
			r.composite(c)
			return
		}
		r.value(v)
	}
	for _, elt := range e.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			element(elt)
			continue
		}
		if _, ok := t.(*types.Map); ok {
			element(kv.Key)
		}
		element(kv.Value)
	}
}

// container rewrites what is indexed or sliced: an array must stay where it is.
func (r *rewriter) container(e ast.Expr) {
	t := r.info.Types[e].Type
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		r.place(e)
		return
	}
	if _, ok := t.Underlying().(*types.Array); ok {
		r.place(e)
		return
	}
	r.value(e)
}

// place rewrites an expression that stands for a variable.
func (r *rewriter) place(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		r.place(e.X)
	case *ast.Ident:
	default:
		r.inner(e)
	}
}

// selector rewrites x in x.f.
func (r *rewriter) selector(e *ast.SelectorExpr) {
	s := r.info.Selections[e]
	if s == nil { // of a package
		return
	}
	if s.Kind() == types.MethodExpr {
		r.typ(e.X)
		return
	}
	switch types.Unalias(s.Recv()).Underlying().(type) {
	case *types.Pointer:
		r.value(e.X)
		return
	case *types.Interface:
		if _, ok := types.Unalias(s.Recv()).(*types.TypeParam); !ok {
			r.value(e.X)
			return
		}
	}
	r.place(e.X)
}

// fun rewrites the function part of a call.
func (r *rewriter) fun(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		r.fun(e.X)
	case *ast.Ident:
	default:
		r.inner(e)
	}
}

func (r *rewriter) call(e *ast.CallExpr) {
	tv := r.info.Types[e.Fun]
	switch {
	case tv.IsType():
		r.typ(e.Fun)
		if b, ok := tv.Type.Underlying().(*types.Basic); ok && (b.Kind() == types.UnsafePointer || b.Kind() == types.Uintptr) {
			r.inner(e.Args[0])
			return
		}
		if _, ok := types.Unalias(tv.Type).(*types.TypeParam); ok && r.info.Types[e.Args[0]].Value != nil {
			return // a constant may be converted where an int may not
		}
		r.value(e.Args[0])
		return
	case tv.IsBuiltin():
		r.builtin(e)
		return
	}
	r.fun(e.Fun)
	fun := ast.Unparen(e.Fun)
	n := r.d.callee(fun)
	if n != nil && n.async() {
		method := false
		if s, ok := fun.(*ast.SelectorExpr); ok {
			sel := r.info.Selections[s]
			method = sel != nil && sel.Kind() == types.MethodExpr
		}
		switch {
		case method:
			r.insert(r.at(e.Args[0].End()), between, ", "+r.co)
		case len(e.Args) > 0:
			r.insert(r.at(e.Lparen)+1, between, r.co+", ")
		default:
			r.insert(r.at(e.Lparen)+1, between, r.co)
		}
	}
	for _, a := range e.Args {
		r.value(a)
	}
}

func (r *rewriter) builtin(e *ast.CallExpr) {
	name := ""
	switch f := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	args := e.Args
	switch name {
	case "Sizeof", "Offsetof", "Alignof":
		return
	case "new", "make":
		if r.info.Types[args[0]].IsType() {
			r.typ(args[0])
			args = args[1:]
		}
	case "len", "cap":
		switch t := r.info.Types[args[0]].Type.Underlying().(type) {
		case *types.Array:
			r.place(args[0])
			return
		case *types.Pointer:
			if _, ok := t.Elem().Underlying().(*types.Array); ok {
				r.place(args[0])
				return
			}
		}
	}
	for _, a := range args {
		r.value(a)
	}
}
