package par_test

import (
	"os"
	"strings"
	"testing"
)

// The code in the documentation is code that runs: each block of it stands in the tests.
func TestDocumentedCodeRuns(t *testing.T) {
	page, err := os.ReadFile("../../docs/parallel.md")
	if err != nil {
		t.Fatal(err)
	}
	var code string
	for _, name := range []string{"example_test.go", "par_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code += unindented(string(text))
	}
	blocks := strings.Split(string(page), "```go\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("the page has no code")
	}
	for _, b := range blocks {
		b, _, _ = strings.Cut(b, "```")
		if !strings.Contains(code, unindented(b)) {
			t.Errorf("this is in the documentation and in no test:\n%s", b)
		}
	}
}

// unindented returns text without the indentation of its lines.
func unindented(text string) string {
	var s strings.Builder
	for line := range strings.Lines(text) {
		s.WriteString(strings.TrimLeft(line, "\t"))
	}
	return s.String()
}
