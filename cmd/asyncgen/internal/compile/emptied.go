package compile

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// withoutGenerated returns, for packages that cannot be listed, their generated files as if nothing
// were in them. They may be what is wrong: of a package that has another name now, or with the marks
// of a merge.
func withoutGenerated(found []*packages.Package) map[string][]byte {
	overlay := map[string][]byte{}
	for _, pkg := range found {
		if len(pkg.Errors) == 0 || pkg.Dir == "" {
			continue
		}
		all, _ := filepath.Glob(filepath.Join(pkg.Dir, "*.go"))
		for _, path := range all {
			if text, err := os.ReadFile(path); err == nil && isGenerated(path, text) {
				overlay[path] = emptied(path, text)
			}
		}
	}
	return overlay
}

// emptied leaves of a generated file its build tag and its package.
func emptied(path string, text []byte) []byte {
	var b bytes.Buffer
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "package ") {
			break
		}
		if strings.HasPrefix(line, "//go:build ") {
			fmt.Fprintf(&b, "%s\n", line)
		}
	}
	fmt.Fprintf(&b, "package %s\n", packageOf(path, text))
	return b.Bytes()
}

// packageOf returns the package that a generated file belongs to: that of its source, if there still
// is one, or of another file beside it.
func packageOf(path string, text []byte) string {
	source, _, _ := strings.Cut(strings.TrimPrefix(string(text), header), ";")
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.go"))
	for _, other := range append([]string{filepath.Join(filepath.Dir(path), filepath.Base(source))}, beside...) {
		t, err := os.ReadFile(other)
		if err != nil || isGenerated(other, t) || strings.HasSuffix(other, "_test.go") != strings.HasSuffix(path, "_test.go") {
			continue
		}
		if name := packageClause(other, t); name != "" {
			return name
		}
	}
	return packageClause(path, text)
}

func packageClause(path string, text []byte) string {
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return file.Name.Name
}
