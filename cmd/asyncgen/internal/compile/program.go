package compile

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Options are what the user asks for.
type Options struct {
	Dir      string // where the patterns are looked up
	Patterns []string
	Check    bool // write nothing, fail if a file would change
	Strict   bool // fail for what would be left on the coroutine
	Verbose  bool // tell of each function what it became
	Out, Err io.Writer
}

// program is all that is compiled in one run.
type program struct {
	plan     *plan
	fset     *token.FileSet
	reserved unique
	top      unique                     // the names of the package and of the universe
	imported unique                     // the names of imports, in any file of the package
	sizes    func(machine string) int64 // 0: it depends on type arguments
	decls    map[*types.Func]declared
	holds    map[string][]types.Type // machines by name of type: what they hold by value
	compiled map[string]*comp        // machines by name of type
}

type declared struct {
	decl *ast.FuncDecl
	info *types.Info
}

// ErrStale is the outcome of a check that found files that would change.
var ErrStale = errors.New("generated files are stale; run asyncgen")

// Run compiles the marked functions of the packages.
func Run(o Options) error {
	plan, pkgs, err := load(o.Dir, o.Patterns)
	if err != nil {
		return err
	}
	out := map[string][]byte{}
	var errs errorList
	for _, pkg := range pkgs {
		errs = append(errs, compilePackage(o, plan, pkg, out)...)
	}
	if len(errs) > 0 {
		return errs
	}
	return o.put(plan, out)
}

func compilePackage(o Options, plan *plan, pkg *packages.Package, out map[string][]byte) (errs errorList) {
	if errs = append(hidden(pkg), plan.clashes(pkg)...); len(errs) > 0 {
		return errs
	}
	if errs = plan.otherErrors(pkg); len(errs) > 0 {
		return errs
	}
	for _, e := range pkg.Errors {
		errs = append(errs, errors.New(strings.ReplaceAll(e.Error(), stubWaker+".", "waker.")))
	}
	if len(errs) > 0 {
		return errs
	}
	p := &program{plan: plan, fset: pkg.Fset, reserved: unique{}, top: unique{}, imported: unique{}, decls: map[*types.Func]declared{}, holds: map[string][]types.Type{}, compiled: map[string]*comp{}}
	for _, n := range append(types.Universe.Names(), pkg.Types.Scope().Names()...) {
		p.top[n] = true
	}
	for id, o := range pkg.TypesInfo.Defs {
		if n, ok := o.(*types.PkgName); ok {
			p.imported[id.Name] = true
			if id.Name == "." {
				for _, name := range n.Imported().Scope().Names() {
					p.imported[name] = p.imported[name] || ast.IsExported(name)
				}
			}
		}
	}
	for _, o := range pkg.TypesInfo.Implicits {
		if n, ok := o.(*types.PkgName); ok {
			p.imported[n.Name()] = true
		}
	}
	var files []*fileGen
	refused := map[*comp]*refusal{}
	for i, file := range pkg.Syntax {
		for _, d := range file.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				if fn, ok := pkg.TypesInfo.Defs[fd.Name].(*types.Func); ok {
					p.decls[fn] = declared{fd, pkg.TypesInfo}
				}
			}
		}
		src := plan.sources[pkg.CompiledGoFiles[i]]
		if src == nil {
			continue
		}
		files = append(files, newFileGen(p, pkg, src, file))
	}
	for _, f := range files {
		for _, d := range f.file.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok || !marked(decl.Doc) {
				continue
			}
			m := f.src.mark(decl)
			c := &comp{pkg: pkg, info: pkg.TypesInfo, fset: pkg.Fset, src: f.src, file: f, m: m, decl: decl}
			f.comps = append(f.comps, c)
			if r := c.begin(); r != nil {
				refused[c] = r
				continue
			}
			for _, w := range c.calls {
				p.holds[m.machine] = append(p.holds[m.machine], w.child)
			}
		}
	}
	for _, f := range files {
		for _, c := range f.comps {
			if refused[c] == nil {
				refused[c] = c.finish()
			}
			if refused[c] == nil {
				c.register()
			}
		}
	}
	for _, f := range files {
		for _, c := range f.comps {
			if refused[c] == nil {
				refused[c] = refusing(c.decl.Pos(), func() { c.machineText = c.machineDecls() })
			}
			if r := refusing(c.decl.Pos(), func() { c.coroutineText = c.coroutineDecls() }); r != nil {
				errs = append(errs, fmt.Errorf("%s: %s", r.at(p.fset), r.why))
			}
		}
	}
	if len(errs) > 0 {
		return errs
	}
	write := func() {
		for _, f := range files {
			errs = append(errs, f.files(out, refused)...)
		}
	}
	write()
	if len(errs) == 0 {
		if wrong := p.verify(files, out); len(wrong) > 0 {
			for _, f := range files {
				for _, c := range f.comps {
					if why := c.blame(wrong); why != "" && refused[c] == nil {
						refused[c] = &refusal{pos: c.decl.Pos(), why: "its machine does not compile, which is a fault of asyncgen: " + why}
					}
				}
			}
			write()
		}
	}
	for _, f := range files {
		for _, c := range f.comps {
			plan.bare[pkg.PkgPath+"."+c.m.machine] = refused[c] == nil && p.bare(c)
			switch r := refused[c]; {
			case r == nil && o.Verbose:
				c.tell(o.Out)
			case r == nil:
			case r.misuse:
				errs = append(errs, fmt.Errorf("%s: %s", r.at(p.fset), r.why))
			case o.Strict:
				errs = append(errs, fmt.Errorf("%s: %s cannot be compiled: %s", r.at(p.fset), c.m.title(), r.why))
			default:
				fmt.Fprintf(o.Err, "%s: %s is left on the coroutine: %s\n", r.at(p.fset), c.m.title(), r.why)
			}
		}
	}
	return errs
}

// blame returns what is wrong with the machine of a function, or with one inside of it.
func (c *comp) blame(wrong map[string]string) string {
	for _, name := range []string{c.m.machine, c.m.ctor} {
		if why := wrong[name]; why != "" {
			return why
		}
	}
	for _, sub := range c.subs {
		if why := sub.blame(wrong); why != "" {
			return why
		}
	}
	return ""
}

// files puts the two generated files of a source file into out.
func (f *fileGen) files(out map[string][]byte, refused map[*comp]*refusal) (errs errorList) {
	var machines, coroutines []string
	for _, c := range f.comps {
		coroutines = append(coroutines, c.coroutineText)
		if refused[c] != nil {
			machines = append(machines, c.coroutineText)
		} else {
			machines = append(machines, c.machineText)
		}
	}
	m, co := generated(f.src.path)
	for _, g := range []struct {
		path, tag string
		decls     []string
	}{{m, "!magpie_coroutine", machines}, {co, "magpie_coroutine", coroutines}} {
		text, err := f.text(g.path, g.tag, g.decls)
		if err != nil {
			errs = append(errs, fmt.Errorf("asyncgen: generated code for %s does not parse, which is a fault of asyncgen: %w\n%s", f.src.path, err, text))
		}
		out[g.path] = text
	}
	return errs
}

func (s *source) mark(decl *ast.FuncDecl) *mark {
	for _, m := range s.marks {
		if m.fn != decl.Name.Name {
			continue
		}
		if recv := ""; decl.Recv != nil {
			if recv, _ = receiver(decl); recv == m.recv {
				return m
			}
		} else if m.recv == "" {
			return m
		}
	}
	panic("asyncgen: a marked function was lost: " + decl.Name.Name)
}

// contains reports whether a value of type t would contain the machine of m, so that the machine
// cannot hold it by value.
func (p *program) contains(t types.Type, m *mark) bool {
	seen := map[types.Type]bool{}
	var walk func(t types.Type) bool
	walk = func(t types.Type) bool {
		t = types.Unalias(t)
		if seen[t] {
			return false
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			name := t.Obj().Name()
			if name == m.machine {
				return true
			}
			for i := range t.TypeArgs().Len() {
				if walk(t.TypeArgs().At(i)) {
					return true
				}
			}
			for _, h := range p.holds[name] {
				if walk(h) {
					return true
				}
			}
			if _, ok := t.Underlying().(*types.Struct); ok {
				return walk(t.Underlying())
			}
		case *types.Struct:
			for i := range t.NumFields() {
				if walk(t.Field(i).Type()) {
					return true
				}
			}
		case *types.Array:
			return walk(t.Elem())
		}
		return false
	}
	return walk(t)
}

// mayKeep tells what a function that is not marked does with its co, or those that it hands it to, if that
// may be to keep it. Each is looked at once: functions that call one another have no end of ways to do so.
func (p *program) mayKeep(fn *types.Func, seen map[*types.Func]bool) string {
	d, ok := p.decls[fn]
	if !ok {
		return "may keep it"
	}
	if seen[fn] || d.decl.Body == nil {
		return ""
	}
	seen[fn] = true
	params := d.decl.Type.Params.List
	if len(params) == 0 || len(params[0].Names) == 0 {
		return ""
	}
	co := d.info.Defs[params[0].Names[0]]
	known := map[*ast.Ident]bool{}
	why := ""
	ast.Inspect(d.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt:
			ast.Inspect(n, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && d.info.Uses[id] == co && co != nil {
					why = "uses it in a function literal or on a goroutine"
				}
				return true
			})
			return false
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok && d.info.Uses[id] == co {
					known[id] = true
				}
			}
			if len(n.Args) > 0 {
				if id, ok := n.Args[0].(*ast.Ident); ok && d.info.Uses[id] == co && co != nil {
					known[id] = true
					var callee *types.Func
					switch f := ast.Unparen(n.Fun).(type) {
					case *ast.Ident:
						callee, _ = d.info.Uses[f].(*types.Func)
					case *ast.SelectorExpr:
						callee, _ = d.info.Uses[f.Sel].(*types.Func)
					}
					if callee != nil && callee.Origin() != fn && callee.Name() != "Await" && p.decls[callee.Origin()].decl != nil {
						if w := p.mayKeep(callee.Origin(), seen); w != "" {
							why = w
						}
					} else if callee == nil || callee.Name() != "Await" && callee.Origin() != fn {
						why = "hands it on"
					}
				}
			}
		case *ast.Ident:
			if co != nil && d.info.Uses[n] == co && !known[n] {
				why = "may keep it"
			}
		}
		return true
	})
	return why
}
