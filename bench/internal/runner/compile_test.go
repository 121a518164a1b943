package runner

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func TestManyFunctions(t *testing.T) {
	for _, async := range []bool{false, true} {
		text := manyFunctions("p", 25, async)
		f, err := parser.ParseFile(token.NewFileSet(), "p.go", text, 0)
		if err != nil {
			t.Fatalf("async %v: %v\n%s", async, err, text)
		}
		if n := strings.Count(text, "\nfunc f"); n != 25 || f.Name.Name != "p" {
			t.Errorf("async %v: %d functions of package %s", async, n, f.Name.Name)
		}
		if marks := strings.Count(text, "//magpie:async"); marks != 25 && async || marks != 0 && !async {
			t.Errorf("async %v: %d marks", async, marks)
		}
	}
}
