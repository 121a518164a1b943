package compile

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/packages"
)

// hidden finds declarations at the top of a package that hide what not even a stub can do without.
func hidden(pkg *packages.Package) (errs errorList) {
	if pkg.Types == nil {
		return nil
	}
	for _, n := range []string{"byte", "error", "nil", "panic"} {
		if o := pkg.Types.Scope().Lookup(n); o != nil {
			errs = append(errs, fmt.Errorf("%s: the package declares %s, and what asyncgen generates needs Go's own; give it another name",
				pkg.Fset.Position(o.Pos()), n))
		}
	}
	return errs
}

// otherErrors finds functions whose last result is error and is not called so, or the other way round:
// the stubs are made before types are known.
func (p *plan) otherErrors(pkg *packages.Package) (errs errorList) {
	for _, file := range pkg.Syntax {
		s := p.sources[pkg.Fset.File(file.FileStart).Name()]
		if s == nil {
			continue
		}
		for _, d := range file.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok || !marked(decl.Doc) {
				continue
			}
			fn, ok := pkg.TypesInfo.Defs[decl.Name].(*types.Func)
			if m := s.mark(decl); ok && m.hasError != shapeOf(fn.Signature().Results()).err {
				errs = append(errs, fmt.Errorf("%s: the last result of %s is error under another name, or something else called error; write error for it, and for nothing else",
					pkg.Fset.Position(decl.Type.Results.Pos()), m.title()))
			}
		}
	}
	return errs
}

// clashes finds declarations that have the name of something that is generated.
func (p *plan) clashes(pkg *packages.Package) (errs errorList) {
	made := map[string]*mark{}
	for _, path := range pkg.CompiledGoFiles {
		if s := p.sources[path]; s != nil {
			for _, m := range s.marks {
				made[m.machine], made[m.results] = m, m
				if m.recv != "" {
					made[m.recv+"."+m.ctor] = m
				} else {
					made[m.ctor] = m
				}
			}
		}
	}
	delete(made, "")
	for _, file := range pkg.Syntax {
		s := p.sources[pkg.Fset.File(file.FileStart).Name()]
		check := func(name string, id *ast.Ident) {
			if s != nil && pkg.Fset.PositionFor(id.Pos(), false).Offset >= len(s.text)+s.shift {
				return // the stub itself
			}
			if m := made[name]; m != nil {
				errs = append(errs, fmt.Errorf("%s: asyncgen needs the name %s for what it makes of %s; give this another one", pkg.Fset.Position(id.Pos()), id.Name, m.title()))
			}
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					recv, _ := receiver(d)
					name = recv + "." + name
				}
				check(name, d.Name)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						check(s.Name.Name, s.Name)
					case *ast.ValueSpec:
						for _, id := range s.Names {
							check(id.Name, id)
						}
					}
				}
			}
		}
	}
	return errs
}
