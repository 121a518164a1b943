package compile_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
	"github.com/magpie-go/magpie/cmd/asyncgen/internal/corpus"
)

const source = `package before

import "github.com/magpie-go/magpie/future"

//magpie:async
func wait(co *future.Co) { co.Yield() }

var _ = waitAsync
`

// What was generated before is made anew whatever has become of the package, or of it.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	if err := corpus.WriteModule(dir, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	generate := func(check bool) error {
		return compile.Run(compile.Options{Dir: dir, Patterns: []string{"."}, Check: check, Out: io.Discard, Err: io.Discard})
	}
	write("a.go", source)
	write("b.go", strings.NewReplacer("wait", "again").Replace(source))
	if err := generate(false); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name   string
		become func()
	}{
		{"renamed", func() {
			write("a.go", strings.Replace(read("a.go"), "package before", "package after", 1))
			write("b.go", strings.Replace(read("b.go"), "package before", "package after", 1))
		}},
		{"merged", func() {
			write("a_async.go", strings.Replace(read("a_async.go"), "package", "<<<<<<< HEAD\npackage", 1))
			write("b_coroutine.go", strings.Replace(read("b_coroutine.go"), "import", "=======\nimport", 1))
		}},
		{"written up to its beginning", func() {
			write("a_async.go", "")
			write("b_coroutine.go", "\n")
		}},
		{"renamed and deleted", func() {
			write("a.go", strings.Replace(read("a.go"), "package after", "package last", 1))
			if err := os.Remove(filepath.Join(dir, "b.go")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		x.become()
		if err := generate(true); !errors.Is(err, compile.ErrStale) {
			t.Errorf("%s: -check says %v, want that files are stale", x.name, err)
		}
		if err := generate(false); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
		cmd := exec.Command("go", "vet", ".")
		cmd.Dir = dir
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", x.name, err, text)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "b_*.go")); len(left) > 0 {
		t.Errorf("%q are left, and their source is gone", left)
	}
}

// A file that does not parse is told of, also if it is one that has no mark.
func TestBroken(t *testing.T) {
	dir := t.TempDir()
	if err := corpus.WriteModule(dir, fstest.MapFS{}); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.go": source, "z.go": "package before\n\nfunc ("} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	err := compile.Run(compile.Options{Dir: dir, Patterns: []string{"."}, Out: &out, Err: &out})
	if err == nil || !strings.Contains(err.Error(), "z.go:3:") {
		t.Errorf("z.go does not parse, and Run says %v", err)
	}
}
