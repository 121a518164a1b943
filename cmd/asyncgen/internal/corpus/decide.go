package corpus

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
)

// A node is something that becomes async or stays plain as a whole: a declared function, the
// methods of one name and signature, the function values of one type, or a function literal that
// is called where it stands. Nodes that must go together are united; the representative of a
// union knows why it stays plain, if it does, and who stays plain with it.
type node struct {
	up    *node
	plain string  // the reason, or ""
	then  []*node // what it calls: plain if it is
}

func (n *node) root() *node {
	for n.up != nil {
		n = n.up
	}
	return n
}

func (n *node) async() bool { return n.root().plain == "" }

// decision says of every function of a program whether it becomes async.
//
// A function value keeps its type wherever it goes, so all values of one type are decided upon
// together, and a function that is used as a value goes with its type. A type that a function of
// another package takes or returns stays what it is. So do methods that other packages may call
// through an interface. A plain function has no Co to hand on: what it calls stays plain.
type decision struct {
	pkg   *types.Package
	info  *types.Info
	decls map[*types.Func]*node // functions and methods
	lits  map[*ast.FuncLit]*node
	sigs  []sigNode

	reflects bool // package reflect is used, which may call any method

	called map[ast.Expr]bool // the function part of a call, which is no use as a value
	outer  *node             // what runs without a Co: initializers of package variables
	seen   map[types.Type]bool
}

type sigNode struct {
	sig *types.Signature
	n   *node
}

func decide(pkg *types.Package, info *types.Info, files []*ast.File) *decision {
	d := &decision{
		pkg: pkg, info: info,
		decls:  map[*types.Func]*node{},
		lits:   map[*ast.FuncLit]*node{},
		called: map[ast.Expr]bool{},
		outer:  &node{plain: "it is called while package variables are initialized"},
		seen:   map[types.Type]bool{},
	}
	for _, f := range files {
		for _, decl := range f.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok {
				d.declare(fd)
			}
		}
	}
	d.reflects = slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool { return p.Path() == "reflect" })
	d.foreign()
	for _, f := range files {
		for _, decl := range f.Decls {
			if fd, ok := decl.(*ast.FuncDecl); ok {
				if fd.Body != nil {
					d.walk(d.funcNode(info.Defs[fd.Name].(*types.Func)), fd.Body)
				}
				d.walk(d.outer, fd.Type)
				continue
			}
			d.walk(d.outer, decl)
		}
	}
	d.uniteAlike()
	d.spread()
	return d
}

// keep makes n plain for a reason, if it has none yet.
func keep(n *node, why string) {
	if n = n.root(); n.plain == "" {
		n.plain = why
	}
}

func unite(a, b *node) {
	a, b = a.root(), b.root()
	if a == b {
		return
	}
	b.up = a
	if a.plain == "" {
		a.plain = b.plain
	}
	a.then = append(a.then, b.then...)
}

// spread carries plainness on to whatever plain functions call.
func (d *decision) spread() {
	all := []*node{d.outer}
	for _, n := range d.decls {
		all = append(all, n)
	}
	for _, n := range d.lits {
		all = append(all, n)
	}
	for _, s := range d.sigs {
		all = append(all, s.n)
	}
	var work []*node
	for _, n := range all {
		if n = n.root(); n.plain != "" {
			work = append(work, n)
		}
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		for _, m := range n.then {
			if m = m.root(); m.plain == "" {
				m.plain = "called by what is plain: " + n.plain
				work = append(work, m)
			}
		}
	}
}

func (d *decision) funcNode(f *types.Func) *node {
	f = f.Origin()
	n := d.decls[f]
	if n == nil {
		n = new(node)
		d.decls[f] = n
	}
	return n
}

// sigNode returns the node of the function values of type sig.
func (d *decision) sigNode(sig *types.Signature) *node {
	for _, s := range d.sigs {
		if s.sig == sig || types.Identical(s.sig, sig) {
			return s.n
		}
	}
	n := new(node)
	d.sigs = append(d.sigs, sigNode{sig, n})
	return n
}

func (d *decision) declare(fd *ast.FuncDecl) {
	f, ok := d.info.Defs[fd.Name].(*types.Func)
	if !ok {
		return
	}
	n := d.funcNode(f)
	switch {
	case fd.Body == nil:
		keep(n, "it has no body")
	case fd.Name.Name == "_":
		keep(n, "nobody can call it")
	case fd.Recv == nil && fd.Name.Name == "init":
		keep(n, "it is an init function")
	}
	if fd.Doc != nil {
		for _, c := range fd.Doc.List {
			for _, p := range []string{"//go:nosplit", "//go:linkname", "//go:norace", "//go:systemstack", "//go:nowritebarrier"} {
				if len(c.Text) >= len(p) && c.Text[:len(p)] == p {
					keep(n, "it is marked "+p)
				}
			}
		}
	}
}

// foreign keeps the methods plain that other packages know by an interface, or have themselves.
func (d *decision) foreign() {
	var mine []*types.Func
	for f := range d.decls {
		if f.Signature().Recv() != nil {
			mine = append(mine, f)
		}
	}
	for _, obj := range d.info.Defs { // of interfaces
		if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil && d.decls[f] == nil {
			d.funcNode(f)
			mine = append(mine, f)
		}
	}
	theirs := map[string][]*types.Func{}
	for _, imp := range d.pkg.Imports() {
		for _, name := range imp.Scope().Names() {
			tn, ok := imp.Scope().Lookup(name).(*types.TypeName)
			if !ok || tn.IsAlias() {
				continue
			}
			ms := types.NewMethodSet(types.NewPointer(tn.Type()))
			if types.IsInterface(tn.Type()) {
				ms = types.NewMethodSet(tn.Type())
			}
			for i := range ms.Len() {
				if m, ok := ms.At(i).Obj().(*types.Func); ok && m.Exported() {
					theirs[m.Name()] = append(theirs[m.Name()], m)
				}
			}
		}
	}
	for _, f := range mine {
		if slices.Contains([]string{"Error", "String", "GoString", "Format", "Is", "As", "Unwrap"}, f.Name()) {
			keep(d.funcNode(f), "other packages call "+f.Name()+" through interfaces")
		}
		if f.Exported() && d.reflects {
			keep(d.funcNode(f), "package reflect may call it")
		}
		for _, t := range theirs[f.Name()] {
			if alike(f.Signature(), t.Signature()) {
				keep(d.funcNode(f), fmt.Sprintf("package %s knows a method %s alike", t.Pkg().Path(), f.Name()))
				break
			}
		}
	}
	for i, f := range mine {
		for _, g := range mine[:i] {
			if f.Name() == g.Name() && alike(f.Signature(), g.Signature()) {
				unite(d.funcNode(f), d.funcNode(g))
			}
		}
	}
}

// uniteAlike unites the types of function values that may be the same once type parameters are
// known.
func (d *decision) uniteAlike() {
	for i, a := range d.sigs {
		for _, b := range d.sigs[:i] {
			if alike(a.sig, b.sig) {
				unite(a.n, b.n)
			}
		}
	}
}

// walk takes note of what n, whose code root is a part of, uses and calls.
func (d *decision) walk(n *node, root ast.Node) {
	ast.Inspect(root, func(x ast.Node) bool {
		if e, ok := x.(ast.Expr); ok {
			if tv, ok := d.info.Types[e]; ok {
				d.note(tv.Type)
			}
		}
		switch x := x.(type) {
		case *ast.FuncLit:
			lit := d.lits[x]
			if lit == nil {
				lit = new(node)
				d.lits[x] = lit
			}
			if !d.called[x] {
				unite(lit, d.sigNode(d.info.Types[x].Type.(*types.Signature)))
			}
			d.walk(lit, x.Type)
			d.walk(lit, x.Body)
			return false
		case *ast.GoStmt:
			d.goStmt(n, x)
		case *ast.CallExpr:
			d.call(n, x, false)
		case *ast.RangeStmt:
			if sig := coreSig(d.info.Types[x.X].Type); sig != nil {
				d.keepType(sig, "it is ranged over")
			}
		case *ast.TypeAssertExpr:
			if sig := coreSig(d.info.Types[x].Type); sig != nil && d.reflects {
				d.keepType(sig, "package reflect may have made it")
			}
		case *ast.SelectorExpr:
			d.selector(x)
		case *ast.Ident:
			d.ident(x)
		}
		return true
	})
}

func (d *decision) goStmt(n *node, s *ast.GoStmt) {
	callee := d.call(n, s.Call, true)
	if callee == nil {
		return
	}
	sig := coreSig(d.info.Types[s.Call.Fun].Type)
	generic := false
	if id, ok := ast.Unparen(s.Call.Fun).(*ast.Ident); ok {
		_, generic = d.info.Instances[id]
	}
	if sig.Params().Len() > 6 || sig.Results().Len() > 1 || sig.Variadic() || generic {
		keep(callee, "a go statement calls it that cannot be rewritten")
	}
}

// call notes a call and returns the node of what is called, nil if that is of another package, no
// function, or if the call was seen before.
func (d *decision) call(n *node, c *ast.CallExpr, own bool) *node {
	fun := ast.Unparen(c.Fun)
	if d.called[fun] {
		return nil
	}
	tv := d.info.Types[c.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return nil
	}
	d.called[c.Fun], d.called[fun] = true, true
	callee := d.callee(fun)
	if callee == nil {
		d.handOver(c)
		return nil
	}
	if !own {
		n.root().then = append(n.root().then, callee)
	}
	if len(c.Args) == 1 {
		if t, ok := d.info.Types[c.Args[0]].Type.(*types.Tuple); ok && t.Len() > 1 {
			keep(callee, "it is called with the results of a call")
		}
	}
	return callee
}

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
