package corpus

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"hash/fnv"
	"strings"
	"sync"
)

// Options say how a program is rewritten.
type Options struct {
	Package  string // the new name of package main; "" keeps it
	Plain    bool   // only the package's name is changed, and that of main
	Steps    int    // of 100 statements, how many have a wait before them
	Density  int    // of 100 expressions that could be awaited, how many are
	Compiled bool   // the entry names what asyncgen generates
	LeafPath string // import path of package leaf
}

// A Rewritten is a program that waits everywhere.
type Rewritten struct {
	Source string
	Async  int // functions that became async
	Plain  int // functions that stayed plain
	Why    map[string]string
}

// importMu: an importer is not for many goroutines at once.
var (
	importMu sync.Mutex
	fset     = token.NewFileSet()
	imports  types.Importer
)

// Rewrite returns the program src, of package main, with an await wherever one may stand.
func Rewrite(name string, src []byte, opt Options) (*Rewritten, error) {
	importMu.Lock()
	defer importMu.Unlock()
	if imports == nil {
		root, err := Goroot()
		if err != nil {
			return nil, err
		}
		build.Default.GOROOT, build.Default.CgoEnabled = root, false
		imports = importer.ForCompiler(fset, "source", nil)
	}
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Instances: map[*ast.Ident]types.Instance{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Implicits: map[ast.Node]types.Object{},
	}
	sizes := types.SizesFor("gc", "amd64")
	conf := types.Config{Importer: imports, Sizes: sizes}
	pkg, err := conf.Check(name, fset, []*ast.File{file}, info)
	if err != nil {
		return nil, err
	}
	r := &rewriter{
		Options: opt, file: file, pkg: pkg, info: info, sizes: sizes,
		base: fset.File(file.Pos()).Base(), d: decide(pkg, info, []*ast.File{file}),
	}
	r.main, _ = pkg.Scope().Lookup("main").(*types.Func)
	if r.main == nil {
		return nil, fmt.Errorf("%s: no main", name)
	}
	r.name()
	if opt.Plain {
		r.rename(r.program)
	} else {
		if !r.d.funcNode(r.main).async() {
			return nil, fmt.Errorf("%s: main: %s", name, r.d.funcNode(r.main).root().plain)
		}
		r.rename(r.program)
		for _, decl := range file.Decls {
			r.decl(decl)
		}
	}
	r.frame()
	out := &Rewritten{Source: r.edits.apply(src), Why: map[string]string{}}
	for f, n := range r.d.decls {
		if n.async() {
			out.Async++
		} else {
			out.Plain++
			out.Why[f.FullName()] = n.root().plain
		}
	}
	for lit, n := range r.d.lits {
		if n.async() {
			out.Async++
		} else {
			out.Plain++
			out.Why[fset.Position(lit.Pos()).String()] = n.root().plain
		}
	}
	return out, nil
}

type rewriter struct {
	Options
	edits
	file  *ast.File
	pkg   *types.Package
	info  *types.Info
	sizes types.Sizes
	base  int
	d     *decision
	main  *types.Func

	co, future, leaf, program, entry string // names that the program does not use
	async                            bool   // what is being rewritten has a Co
	steps                            int
}

// name chooses names that stand nowhere in the program.
func (r *rewriter) name() {
	used := map[string]bool{}
	ast.Inspect(r.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			used[id.Name] = true
		}
		return true
	})
	free := func(name string) string {
		for used[name] {
			name += "_"
		}
		return name
	}
	r.co, r.future, r.leaf, r.program = free("co"), free("future"), free("leaf"), free("program")
	r.entry = "main"
	if r.Package != "" {
		r.entry = free("EntryOfTheProgram")
	}
}

func (r *rewriter) at(p token.Pos) int { return int(p) - r.base }

// rename renames function main, everywhere.
func (r *rewriter) rename(to string) {
	for id, obj := range r.info.Uses {
		if obj == r.main {
			r.replace(r.at(id.Pos()), r.at(id.End()), to)
		}
	}
	for id, obj := range r.info.Defs {
		if obj == r.main {
			r.replace(r.at(id.Pos()), r.at(id.End()), to)
		}
	}
}

// frame adds imports and the entry.
func (r *rewriter) frame() {
	end := r.at(r.file.FileEnd)
	if r.Package != "" {
		r.replace(r.at(r.file.Name.Pos()), r.at(r.file.Name.End()), r.Package)
	}
	if r.Plain {
		r.insert(end, closing, fmt.Sprintf("\n\nfunc %s() { %s() }\n", r.entry, r.program))
		return
	}
	r.insert(r.at(r.file.Name.End()), closing, fmt.Sprintf("\n\nimport %s %q\nimport %s %q\n",
		r.future, "github.com/magpie-go/magpie/future", r.leaf, r.LeafPath))
	if r.Compiled {
		r.insert(end, closing, fmt.Sprintf("\n\nfunc %s() {\n\tm := %sAsync()\n\t%s.Main(&m)\n}\n", r.entry, r.program, r.leaf))
		return
	}
	r.insert(end, closing, fmt.Sprintf("\n\nfunc %s() { %s.MainOf(%s) }\n", r.entry, r.leaf, r.program))
}

// chance says yes for share of 100 places, always for the same ones.
func (r *rewriter) chance(n ast.Node, share int) bool {
	h := fnv.New32a()
	fmt.Fprint(h, r.at(n.Pos()), r.at(n.End()))
	return int(h.Sum32()%100) < share
}

func (r *rewriter) decl(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.GenDecl:
		for _, s := range decl.Specs {
			r.spec(s)
		}
	case *ast.FuncDecl:
		n := r.d.funcNode(r.info.Defs[decl.Name].(*types.Func))
		if n.async() {
			r.insert(r.at(decl.Type.Func), between, "//magpie:async\n")
			r.param(decl.Type)
		}
		if decl.Recv != nil {
			r.fields(decl.Recv)
		}
		r.signature(decl.Type)
		if decl.Body != nil {
			r.body(n, decl.Body)
		}
	}
}

func (r *rewriter) body(n *node, b *ast.BlockStmt) {
	before := r.async
	r.async = n.async()
	r.stmts(b.List)
	r.async = before
}

// param adds the Co to the parameters of t, the type of a function that has a body.
func (r *rewriter) param(t *ast.FuncType) {
	if t.Params.NumFields() > 0 && len(t.Params.List[0].Names) == 0 {
		r.insert(r.at(t.Params.Opening)+1, between, r.co+" *"+r.future+".Co, ")
		for _, p := range t.Params.List {
			r.insert(r.at(p.Type.Pos()), between, "_ ")
		}
		return
	}
	r.paramType(t)
}

// paramType adds the Co to the parameters of t.
func (r *rewriter) paramType(t *ast.FuncType) {
	text := "*" + r.future + ".Co"
	if t.Params.NumFields() == 0 || len(t.Params.List[0].Names) > 0 {
		text = r.co + " " + text
	}
	if t.Params.NumFields() > 0 {
		text += ", "
	}
	r.insert(r.at(t.Params.Opening)+1, between, text)
}

func (r *rewriter) signature(t *ast.FuncType) {
	for _, f := range []*ast.FieldList{t.TypeParams, t.Params, t.Results} {
		if f != nil {
			r.fields(f)
		}
	}
}

func (r *rewriter) fields(l *ast.FieldList) {
	for _, f := range l.List {
		r.typ(f.Type)
	}
}

// typ rewrites the types of functions in e, a type.
func (r *rewriter) typ(e ast.Expr) {
	if e == nil {
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncType:
			if sig, ok := r.info.Types[n].Type.(*types.Signature); ok && r.d.sigNode(sig).async() {
				r.paramType(n)
			}
		case *ast.InterfaceType:
			for _, f := range n.Methods.List {
				ft, ok := f.Type.(*ast.FuncType)
				if !ok || len(f.Names) == 0 {
					r.typ(f.Type)
					continue
				}
				if r.d.funcNode(r.info.Defs[f.Names[0]].(*types.Func)).async() {
					r.paramType(ft)
				}
				r.signature(ft)
			}
			return false
		case *ast.FuncLit:
			return false
		}
		return true
	})
}

func (r *rewriter) spec(s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.TypeParams != nil {
			r.fields(s.TypeParams)
		}
		r.typ(s.Type)
	case *ast.ValueSpec:
		r.typ(s.Type)
		for i, v := range s.Values {
			if id := s.Names[i]; r.isConst(id) {
				continue
			}
			r.operand(v, len(s.Values) == len(s.Names))
		}
	}
}

func (r *rewriter) isConst(id *ast.Ident) bool {
	_, ok := r.info.Defs[id].(*types.Const)
	return ok
}

// spell returns the name of t as it can be written at pos, or "".
func (r *rewriter) spell(t types.Type, pos token.Pos) string {
	var name string
	var obj types.Object
	switch t := t.(type) {
	case *types.Basic:
		if t.Info()&types.IsUntyped != 0 || t.Kind() == types.UnsafePointer {
			return ""
		}
		name, obj = t.Name(), types.Universe.Lookup(t.Name())
	case *types.Named:
		if t.TypeArgs().Len() > 0 || t.Obj().Pkg() != r.pkg {
			return ""
		}
		name, obj = t.Obj().Name(), t.Obj()
	default:
		return ""
	}
	scope := r.pkg.Scope().Innermost(pos)
	if scope == nil {
		return ""
	}
	if _, found := scope.LookupParent(name, pos); found != obj || strings.Contains(name, "_") && name == "_" {
		return ""
	}
	return name
}
