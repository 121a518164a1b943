package compile_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
	"github.com/magpie-go/magpie/cmd/asyncgen/internal/corpus"
)

// What is deep takes no longer for each step than what is not: asyncgen is soon done, or done never.
func TestSoonDone(t *testing.T) {
	var b strings.Builder
	b.WriteString("package deep\n\nimport \"github.com/magpie-go/magpie/future\"\n")

	b.WriteString("\n//magpie:async\nfunc literals(co *future.Co) int {\n")
	text := "co.Yield()\nreturn 0"
	for range 40 {
		text = "n := func(co *future.Co) int {\n" + text + "\n}(co)\nreturn n + 1"
	}
	b.WriteString(text + "\n}\n")

	// Functions that are not marked, and call one another, so that there is no end of ways through them.
	b.WriteString("\n//magpie:async\nfunc ways(co *future.Co) { even(co, 5) }\n")
	for _, f := range [][2]string{{"even", "odd"}, {"odd", "even"}} {
		fmt.Fprintf(&b, "func %s(co *future.Co, n int) {\nif n > 0 {\n%s}\n}\n", f[0], strings.Repeat(f[1]+"(co, n-1)\n", 6))
	}

	// The last of many keeps its co.
	b.WriteString("\n//magpie:async\nfunc chain(co *future.Co) { f0(co) }\n")
	for i := range 40 {
		fmt.Fprintf(&b, "func f%d(co *future.Co) { f%d(co) }\n", i, i+1)
	}
	b.WriteString("func f40(co *future.Co) { kept = co }\nvar kept *future.Co\n")

	dir := t.TempDir()
	if err := corpus.WriteModule(dir, fstest.MapFS{"deep.go": {Data: []byte(b.String())}}); err != nil {
		t.Fatal(err)
	}
	var said, left bytes.Buffer
	done := make(chan error, 1)
	go func() {
		done <- compile.Run(compile.Options{Dir: dir, Patterns: []string{"."}, Verbose: true, Out: &said, Err: &left})
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("not done in a minute")
	}
	for _, name := range []string{"literals", "ways"} {
		if !strings.Contains(said.String(), name+": ") || strings.Contains(said.String(), "literal is left") {
			t.Errorf("%s is not compiled:\n%s%s", name, said.String(), left.String())
		}
	}
	if !strings.Contains(left.String(), "chain is left on the coroutine: f0") || strings.Count(left.String(), "is left") != 1 {
		t.Errorf("left is %q, want what keeps its co, and nothing else", left.String())
	}
	if text, err := corpus.Go(dir, "vet", "."); err != nil {
		t.Errorf("go vet: %v\n%s", err, text)
	}
}
