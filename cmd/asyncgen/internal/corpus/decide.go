package corpus

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
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
			for _, p := range []string{"nosplit", "linkname", "norace", "systemstack", "nowritebarrier"} {
				if strings.HasPrefix(c.Text, "//go:"+p) {
					keep(n, "it is marked //go:"+p)
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
