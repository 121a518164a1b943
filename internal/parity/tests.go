package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// unknownTests returns a fault for each test that a row names and its package, in the
// module at root, does not have.
func unknownTests(root string, rows []row) (faults []fault) {
	known := map[string]map[string]bool{} // by package, each read once
	failed := map[string]error{}
	for _, r := range rows {
		for _, t := range r.tests {
			if known[t.pkg] == nil && failed[t.pkg] == nil {
				known[t.pkg], failed[t.pkg] = testsOf(filepath.Join(root, filepath.FromSlash(t.pkg)))
			}
			switch err := failed[t.pkg]; {
			case err != nil:
				faults = append(faults, fault{r.file, r.line, fmt.Sprintf("case %s: package %s: %v", r.name, t.pkg, err)})
			case !known[t.pkg][t.name]:
				faults = append(faults, fault{r.file, r.line, fmt.Sprintf("case %s: package %s has no test %s", r.name, t.pkg, t.name)})
			}
		}
	}
	return faults
}

// testsOf returns the names of the tests, examples and fuzz targets in the directory's
// files, whatever platform or build tag those are for.
func testsOf(dir string) (map[string]bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	tests := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name != "TestMain" {
				tests[fn.Name.Name] = true
			}
		}
	}
	return tests, nil
}
