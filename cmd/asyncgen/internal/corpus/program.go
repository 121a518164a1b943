package corpus

import (
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A Program is one of Go's own: a file that says "// run" in its first line.
type Program struct {
	Name  string // of the file, without .go
	Path  string
	Args  []string // it is run with
	Want  string   // what it prints
	Alone bool     // it needs a process of its own from the first instruction on
}

// Goroot returns where the Go distribution is.
func Goroot() (string, error) {
	out, err := Go("", "env", "GOROOT")
	return strings.TrimSpace(out), err
}

// Find returns the programs of a folder.
func Find(folder string) ([]Program, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var list []Program
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		args, ok := recipe(string(src))
		if !ok {
			continue
		}
		p := Program{Name: strings.TrimSuffix(filepath.Base(path), ".go"), Path: path, Args: args}
		if out, err := os.ReadFile(strings.TrimSuffix(path, ".go") + ".out"); err == nil {
			p.Want = string(out)
		}
		p.Alone = alone(src) || strings.Contains(p.Want, "main.")
		list = append(list, p)
	}
	return list, nil
}

// recipe returns the arguments in the first line of src, if that says that the program is run, and
// if its build constraints hold here.
func recipe(src string) ([]string, bool) {
	found := false
	var args []string
	for line := range strings.Lines(src) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "package ") {
			break
		}
		if constraint.IsGoBuild(line) {
			x, err := constraint.Parse(line)
			if err != nil || !x.Eval(holds) {
				return nil, false
			}
			continue
		}
		if found || line == "" {
			continue
		}
		f := strings.Fields(strings.TrimPrefix(line, "//"))
		if len(f) == 0 || f[0] != "run" || !strings.HasPrefix(line, "//") {
			return nil, false
		}
		found = true
		for _, a := range f[1:] {
			if strings.HasPrefix(a, "-") || strings.HasSuffix(a, ".go") {
				return nil, false // flags of the compiler, more files
			}
			args = append(args, a)
		}
	}
	return args, found
}

func holds(tag string) bool {
	return tag == runtime.GOOS || tag == runtime.GOARCH || tag == "gc" || tag == "unix" && runtime.GOOS != "windows" ||
		slices.Contains(build.Default.ReleaseTags, tag)
}

// alone reports whether a program cannot be one of many in a process of which only one runs: if it
// does something before main, or knows the name of its package.
func alone(src []byte) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return true
	}
	found := false
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && (decl.Name.Name == "init" || decl.Name.Name == "_") {
				found = true
			}
		case *ast.GenDecl:
			if decl.Tok != token.VAR {
				continue
			}
			for _, s := range decl.Specs {
				for _, v := range s.(*ast.ValueSpec).Values {
					ast.Inspect(v, func(n ast.Node) bool {
						switch n := n.(type) {
						case *ast.FuncLit:
							return false
						case *ast.CallExpr:
							found = true
						case *ast.UnaryExpr:
							found = found || n.Op == token.ARROW
						}
						return true
					})
				}
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && strings.Contains(l.Value, "main") {
			found = true
		}
		return true
	})
	return found
}
