package compile

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// limits returns the constraints of the type parameters of a method's receiver, by the names that
// the method gives them. They stand where the type is declared, in this file or another one of the
// package. Only the stubs need them: what is generated has them from the type checker.
func limits(path string, m *mark) map[string]string {
	if m.recv == "" {
		return nil
	}
	all, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.go"))
	for _, file := range all {
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), m.recv+"[") {
			continue
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		at := func(n ast.Node) (int, int) { return fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset }
		for _, d := range parsed.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				if t := s.(*ast.TypeSpec); t.Name.Name == m.recv && t.TypeParams != nil {
					return renamedLimits(t, m.decl, string(text), at)
				}
			}
		}
	}
	return nil
}

// renamedLimits gives the constraints of a type the names that a method uses.
func renamedLimits(t *ast.TypeSpec, method *ast.FuncDecl, text string, at func(ast.Node) (int, int)) map[string]string {
	theirs := recvNames(method)
	ours := flat(t.TypeParams)
	if len(ours) != len(theirs) {
		return nil
	}
	to := map[string]string{}
	for i, f := range ours {
		to[f.name] = theirs[i]
	}
	out := map[string]string{}
	for i, f := range ours {
		from, end := at(f.typ)
		var b strings.Builder
		ast.Inspect(f.typ, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && to[id.Name] != "" {
				x, y := at(id)
				b.WriteString(text[from:x] + to[id.Name])
				from = y
			}
			return true
		})
		out[theirs[i]] = b.String() + text[from:end]
	}
	return out
}

// recvParams returns the type parameters of a receiver.
func recvParams(decl *ast.FuncDecl) []ast.Expr {
	t := ast.Unparen(decl.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(star.X)
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		return []ast.Expr{x.Index}
	case *ast.IndexListExpr:
		return x.Indices
	}
	return nil
}
