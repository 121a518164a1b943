// Package layers tests that docs/architecture.md draws the packages as they import one another.
package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tops are the folders of the library.
var tops = []string{"waker", "deque", "future", "reactor", "sched", "wire", "serve", "internal"}

const (
	root   = "../.."
	module = "github.com/magpie-go/magpie/"
)

// A package imports only what stands in a row below its own, and every package stands in one.
func TestPictureAgreesWithTheImports(t *testing.T) {
	row := picture(t)
	imports := importsOf(t)
	for p, all := range imports {
		r, ok := row[p]
		if !ok {
			t.Errorf("%s is not in the picture", p)
			continue
		}
		for _, i := range all {
			if below, ok := row[i]; ok && below <= r {
				t.Errorf("%s imports %s, which does not stand below it", p, i)
			}
		}
	}
	for p := range row {
		if _, ok := imports[p]; !ok {
			t.Errorf("%s is in the picture, and not in the repository", p)
		}
	}
}

// picture returns the row of each package: those of the first block of the page, up to the column where
// it says what they are for. A line that is indented belongs to the row above.
func picture(t *testing.T) map[string]int {
	page, err := os.ReadFile(filepath.Join(root, "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```\n")
	block, _, ok := strings.Cut(after, "```\n")
	if !ok {
		t.Fatal("there is no picture")
	}
	row := map[string]int{}
	i := 0
	for line := range strings.SplitSeq(block, "\n") {
		if !strings.HasPrefix(line, " ") {
			i++
		}
		names, _, _ := strings.Cut(line, " — ")
		for name := range strings.FieldsSeq(names) {
			if top, _, _ := strings.Cut(name, "/"); slices.Contains(tops, top) { // others are programs
				row[name] = i
			}
		}
	}
	return row
}

// importsOf returns what the library's packages import, outside of tests.
func importsOf(t *testing.T) map[string][]string {
	imports := map[string][]string{}
	fset := token.NewFileSet()
	for _, top := range tops {
		err := filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			f, err := parser.ParseFile(fset, name, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			dir, err := filepath.Rel(root, filepath.Dir(name))
			if err != nil {
				return err
			}
			p := filepath.ToSlash(dir)
			if f.Name.Name == "main" || forTests[path.Base(p)] {
				return nil
			}
			for _, spec := range f.Imports {
				i, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				if own, ok := strings.CutPrefix(i, module); ok && !forTests[path.Base(own)] && !slices.Contains(imports[p], own) {
					imports[p] = append(imports[p], own)
				}
			}
			if imports[p] == nil {
				imports[p] = []string{}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return imports
}

// forTests are packages that only tests, and what is built for them, use.
var forTests = map[string]bool{"explore": true, "testkit": true, "testcert": true, "mutants": true, "mutate": true, "trial": true, "soak": true, "linear": true, "conformance": true, "layers": true, "faults": true}
