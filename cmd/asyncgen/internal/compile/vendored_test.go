package compile_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
	"github.com/magpie-go/magpie/cmd/asyncgen/internal/corpus"
)

// A module with a folder vendor, which has only what was imported before anything was generated.
func TestVendored(t *testing.T) {
	dir := t.TempDir()
	if err := corpus.WriteModule(dir, fstest.MapFS{"a.go": {Data: []byte(source)}}); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		t.Helper()
		if text, err := corpus.Go(dir, args...); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, text)
		}
	}
	run("mod", "vendor")
	var said bytes.Buffer
	if err := compile.Run(compile.Options{Dir: dir, Patterns: []string{"."}, Out: io.Discard, Err: &said}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "run go mod vendor") {
		t.Errorf("what to vendor is not told: %q", said.String())
	}
	run("mod", "vendor")
	run("vet", "-mod=vendor", ".")
	said.Reset()
	if err := compile.Run(compile.Options{Dir: dir, Patterns: []string{"."}, Check: true, Out: io.Discard, Err: &said}); err != nil || said.Len() > 0 {
		t.Errorf("with all of it vendored: %v, %q", err, said.String())
	}
}
