package corpus

import (
	"go/ast"
	"go/types"
)

// callee returns the node of fun, the function part of a call, nil for other packages'.
func (d *decision) callee(fun ast.Expr) *node {
	if lit, ok := fun.(*ast.FuncLit); ok {
		if d.lits[lit] == nil {
			d.lits[lit] = new(node)
		}
		return d.lits[lit]
	}
	if f := d.static(fun); f != nil {
		if f.Pkg() != d.pkg {
			return nil
		}
		return d.funcNode(f)
	}
	sig := coreSig(d.info.Types[fun].Type)
	if sig == nil {
		return nil
	}
	return d.sigNode(sig)
}

// static returns the declared function or the method that fun names, or nil.
func (d *decision) static(fun ast.Expr) *types.Func {
	switch x := fun.(type) {
	case *ast.IndexExpr:
		d.called[x.X] = true
		return d.static(ast.Unparen(x.X))
	case *ast.IndexListExpr:
		d.called[x.X] = true
		return d.static(ast.Unparen(x.X))
	case *ast.Ident:
		f, _ := d.info.Uses[x].(*types.Func)
		return f
	case *ast.SelectorExpr:
		f, _ := d.info.Uses[x.Sel].(*types.Func)
		if f != nil {
			d.called[x.Sel] = true
		}
		return f
	}
	return nil
}

// handOver keeps the types of functions plain that are given to another package as interfaces.
func (d *decision) handOver(c *ast.CallExpr) {
	for _, a := range c.Args {
		if t := d.info.Types[a].Type; t != nil {
			if sig, ok := t.Underlying().(*types.Signature); ok {
				d.keepType(sig, "it is given to another package")
			}
		}
	}
}

// selector notes the use of a method as a value.
func (d *decision) selector(x *ast.SelectorExpr) {
	f, ok := d.info.Uses[x.Sel].(*types.Func)
	if !ok {
		if v, ok := d.info.Uses[x.Sel].(*types.Var); ok && v.Pkg() != d.pkg {
			d.keepType(d.info.Types[x].Type, "another package declares it")
		}
		return
	}
	isCall := d.called[x] || d.called[x.Sel]
	d.called[x.Sel] = true
	t, _ := d.info.Types[x].Type.(*types.Signature)
	if f.Pkg() != d.pkg {
		if t != nil {
			d.keepParts(t, "a function of another package takes or returns it")
			if !isCall {
				d.keepType(t, "a function of another package has it")
			}
		}
		return
	}
	if isCall {
		if s := d.info.Selections[x]; s != nil && s.Kind() == types.MethodExpr && s.Indirect() {
			keep(d.funcNode(f), "it is called by a method expression through an embedded pointer")
		}
		return
	}
	if s := d.info.Selections[x]; s != nil && s.Kind() == types.MethodExpr {
		keep(d.funcNode(f), "it is used by a method expression")
		d.keepType(t, "it is that of a method expression")
		return
	}
	unite(d.funcNode(f), d.sigNode(t))
}

// ident notes the use of a function as a value.
func (d *decision) ident(x *ast.Ident) {
	f, ok := d.info.Uses[x].(*types.Func)
	if !ok || d.called[x] || f.Signature().Recv() != nil {
		return
	}
	t := f.Signature()
	if inst, ok := d.info.Instances[x]; ok {
		t, _ = inst.Type.(*types.Signature)
	}
	if f.Pkg() != d.pkg {
		d.keepParts(t, "a function of another package takes or returns it")
		d.keepType(t, "a function of another package has it")
		return
	}
	unite(d.funcNode(f), d.sigNode(t))
}

// note registers the types of functions in t, and keeps those of other packages plain.
func (d *decision) note(t types.Type) {
	if t == nil || d.seen[t] {
		return
	}
	d.seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if n.Obj().Pkg() != d.pkg && n.Obj().Pkg() != nil {
			if sig, ok := n.Underlying().(*types.Signature); ok {
				d.keepType(sig, "another package names it")
			}
		}
	}
	if a, ok := t.(*types.Alias); ok && a.Obj().Pkg() != d.pkg {
		d.keepType(a.Underlying(), "another package names it")
	}
}

// keepParts keeps the types plain that sig's parameters and results are made of.
func (d *decision) keepParts(sig *types.Signature, why string) {
	for _, tup := range []*types.Tuple{sig.Params(), sig.Results()} {
		for i := range tup.Len() {
			d.keepType(tup.At(i).Type(), why)
		}
	}
}

// keepType keeps the types of functions plain that t is made of.
func (d *decision) keepType(t types.Type, why string) {
	switch t := t.(type) {
	case *types.Alias:
		d.keepType(types.Unalias(t), why)
	case *types.Named:
		if sig, ok := t.Underlying().(*types.Signature); ok {
			d.keepType(sig, why)
		}
	case *types.Signature:
		keep(d.sigNode(t), why)
		d.keepParts(t, why)
	case *types.Pointer:
		d.keepType(t.Elem(), why)
	case *types.Slice:
		d.keepType(t.Elem(), why)
	case *types.Array:
		d.keepType(t.Elem(), why)
	case *types.Chan:
		d.keepType(t.Elem(), why)
	case *types.Map:
		d.keepType(t.Key(), why)
		d.keepType(t.Elem(), why)
	}
}

// coreSig returns the signature that values of type t are called with, nil if they are not.
func coreSig(t types.Type) *types.Signature {
	if t == nil {
		return nil
	}
	if sig, ok := t.Underlying().(*types.Signature); ok {
		return sig
	}
	p, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return nil
	}
	iface := p.Constraint().Underlying().(*types.Interface)
	for i := range iface.NumEmbeddeds() {
		e := iface.EmbeddedType(i)
		if u, ok := e.(*types.Union); ok && u.Len() > 0 {
			e = u.Term(0).Type()
		}
		if sig, ok := e.Underlying().(*types.Signature); ok {
			return sig
		}
	}
	return nil
}

// alike reports whether a and b may be the same type, type parameters being any.
func alike(a, b types.Type) bool {
	a, b = types.Unalias(a), types.Unalias(b)
	if _, ok := a.(*types.TypeParam); ok {
		return true
	}
	if _, ok := b.(*types.TypeParam); ok {
		return true
	}
	switch a := a.(type) {
	case *types.Named:
		b, ok := b.(*types.Named)
		if !ok || a.Origin() != b.Origin() || a.TypeArgs().Len() != b.TypeArgs().Len() {
			return false
		}
		for i := range a.TypeArgs().Len() {
			if !alike(a.TypeArgs().At(i), b.TypeArgs().At(i)) {
				return false
			}
		}
		return true
	case *types.Pointer:
		b, ok := b.(*types.Pointer)
		return ok && alike(a.Elem(), b.Elem())
	case *types.Slice:
		b, ok := b.(*types.Slice)
		return ok && alike(a.Elem(), b.Elem())
	case *types.Array:
		b, ok := b.(*types.Array)
		return ok && a.Len() == b.Len() && alike(a.Elem(), b.Elem())
	case *types.Chan:
		b, ok := b.(*types.Chan)
		return ok && a.Dir() == b.Dir() && alike(a.Elem(), b.Elem())
	case *types.Map:
		b, ok := b.(*types.Map)
		return ok && alike(a.Key(), b.Key()) && alike(a.Elem(), b.Elem())
	case *types.Signature:
		b, ok := b.(*types.Signature)
		return ok && a.Variadic() == b.Variadic() && alikeTuples(a.Params(), b.Params()) && alikeTuples(a.Results(), b.Results())
	case *types.Struct:
		b, ok := b.(*types.Struct)
		if !ok || a.NumFields() != b.NumFields() {
			return false
		}
		for i := range a.NumFields() {
			if a.Field(i).Name() != b.Field(i).Name() || !alike(a.Field(i).Type(), b.Field(i).Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		b, ok := b.(*types.Interface)
		return ok && a.NumMethods() == b.NumMethods()
	}
	return types.Identical(a, b)
}

func alikeTuples(a, b *types.Tuple) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !alike(a.At(i).Type(), b.At(i).Type()) {
			return false
		}
	}
	return true
}
