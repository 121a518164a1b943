package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Export            string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Deps                               []string
	Module                             *struct{ Main bool }
}

// program is the packages that may be broken and all that they import.
type program struct {
	root    string
	targets []*listed
	exports map[string]string // export data by import path
}

// load lists the packages of patterns, which are directories below root.
func load(root string, patterns []string) (*program, error) {
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,TestGoFiles,XTestGoFiles,Deps,Module"}
	for _, p := range patterns {
		args = append(args, "./"+strings.TrimPrefix(p, "./"))
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, said.String())
	}
	p := &program{root: root, exports: map[string]string{}}
	dirs := map[string]bool{}
	for _, pattern := range patterns {
		dirs[filepath.Join(root, filepath.FromSlash(pattern))] = true
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		l := &listed{}
		if err := d.Decode(l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		p.exports[l.ImportPath] = l.Export
		if dirs[l.Dir] {
			p.targets = append(p.targets, l)
		}
	}
	return p, nil
}

// source is a package that is to be broken, parsed.
type source struct {
	*listed
	program *program
	fset    *token.FileSet
	files   []*ast.File
	texts   [][]byte // of the files
	info    *types.Info
}

func (p *program) parse(l *listed) (*source, error) {
	s := &source{listed: l, program: p, fset: token.NewFileSet()}
	for _, name := range l.GoFiles {
		path := filepath.Join(l.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(s.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files, s.texts = append(s.files, file), append(s.texts, text)
	}
	s.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	return s, p.check(l.ImportPath, s.fset, s.files, s.info)
}

// check type-checks the files of a package against the export data of what it imports.
func (p *program) check(path string, fset *token.FileSet, files []*ast.File, info *types.Info) error {
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if p.exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(p.exports[path])
	})}
	_, err := config.Check(path, fset, files, info)
	return err
}

// compiles reports whether the package still does with other text in one of its files. The
// other files are used as they were parsed.
func (s *source) compiles(file int, text []byte) bool {
	broken, err := parser.ParseFile(s.fset, s.fset.File(s.files[file].FileStart).Name(), text, parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	files := slices.Clone(s.files)
	files[file] = broken
	return s.program.check(s.ImportPath, s.fset, files, nil) == nil
}
