package compile

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// verify type-checks a package with what was generated for it, and returns what is wrong with each
// machine. A machine that does not compile is a fault of asyncgen: its function is left on the
// coroutine then, which is right if slow.
func (p *program) verify(files []*fileGen, out map[string][]byte) (wrong map[string]string) {
	if len(files) == 0 {
		return nil
	}
	pkg := files[0].pkg
	fset := token.NewFileSet()
	var all []*ast.File
	made := map[string]*ast.File{}
	parse := func(path string, text any) {
		if file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution); err == nil {
			all = append(all, file)
			made[path] = file
		}
	}
	for _, path := range pkg.CompiledGoFiles {
		switch s := p.plan.sources[path]; {
		case p.plan.old[path]:
		case s != nil:
			parse(path, s.text)
		default:
			parse(path, nil)
		}
	}
	for _, f := range files {
		m, _ := generated(f.src.path)
		parse(m, out[m])
	}
	wrong = map[string]string{}
	conf := types.Config{
		Importer:  importer{pkg.Types, map[string]*types.Package{}},
		Sizes:     pkg.TypesSizes,
		GoVersion: goVersion(files[0]),
		Error: func(err error) {
			e, ok := err.(types.Error)
			if !ok || strings.Contains(e.Msg, "could not import") {
				return
			}
			at := fset.PositionFor(e.Pos, false)
			if file := made[at.Filename]; file != nil {
				if name := machineAt(file, e.Pos); name != "" && wrong[name] == "" {
					wrong[name] = fmt.Sprintf("%s:%d: %s", filepath.Base(at.Filename), at.Line, e.Msg)
				}
			}
		},
	}
	checked, _ := conf.Check(pkg.PkgPath, fset, all, nil) // errors are told above
	p.sizes = func(machine string) int64 {
		o, ok := checked.Scope().Lookup(machine).(*types.TypeName)
		if !ok {
			return 0
		}
		if n, ok := o.Type().(*types.Named); !ok || n.TypeParams().Len() > 0 {
			return 0
		}
		return pkg.TypesSizes.Sizeof(o.Type())
	}
	return wrong
}

func goVersion(f *fileGen) string {
	if m := f.pkg.Module; m != nil && m.GoVersion != "" {
		return "go" + m.GoVersion
	}
	return ""
}

// machineAt returns the type that the declaration at pos belongs to.
func machineAt(file *ast.File, pos token.Pos) string {
	for _, d := range file.Decls {
		if pos < d.Pos() || d.End() <= pos {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				if name, _ := receiver(d); isMachineName(name) {
					return name
				}
			}
			return d.Name.Name
		case *ast.GenDecl:
			if len(d.Specs) == 1 {
				if t, ok := d.Specs[0].(*ast.TypeSpec); ok {
					return t.Name.Name
				}
			}
		}
	}
	return ""
}

// importer finds the packages that were loaded for a package.
type importer struct {
	root *types.Package
	seen map[string]*types.Package
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if len(i.seen) == 0 {
		var walk func(p *types.Package)
		walk = func(p *types.Package) {
			for _, x := range p.Imports() {
				if i.seen[x.Path()] == nil {
					i.seen[x.Path()] = x
					walk(x)
				}
			}
		}
		walk(i.root)
	}
	if p := i.seen[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s was not loaded", path)
}
