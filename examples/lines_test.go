// Package examples tests what holds for all examples.
package examples

import (
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each program that stands beside one in plain Go is not much longer: lines of code, without
// comments, empty lines, and what is generated.
func TestProgramsAreShort(t *testing.T) {
	plain, err := filepath.Glob("*/plain.go")
	if err != nil || len(plain) < 5 {
		t.Fatalf("%d programs in plain Go, %v", len(plain), err)
	}
	for _, p := range plain {
		dir := filepath.Dir(p)
		shared := lines(t, filepath.Join(dir, "main.go"))
		ours, theirs := shared+lines(t, filepath.Join(dir, "magpie.go")), shared+lines(t, p)
		t.Logf("%s: %d lines, %d in plain Go: %.2f", dir, ours, theirs, float64(ours)/float64(theirs))
		if ours*10 > theirs*13 {
			t.Errorf("%s has %d lines, and in plain Go %d", dir, ours, theirs)
		}
	}
}

// The first example of README.md is the program hello.
func TestReadmeShowsHello(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("hello/main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(readme), "```go\n")
	code, _, _ = strings.Cut(code, "```")
	if _, want, _ := strings.Cut(string(program), "package main"); code != "package main"+want {
		t.Errorf("README.md shows another program than hello:\n%s", code)
	}
}

// lines counts the lines of a file that have code on them.
func lines(t *testing.T, name string) int {
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file := fset.AddFile(name, -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	code := map[int]bool{}
	for {
		pos, tok, _ := s.Scan()
		if tok == token.EOF {
			return len(code)
		}
		if tok != token.SEMICOLON {
			code[file.Line(pos)] = true
		}
	}
}
