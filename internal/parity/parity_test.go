package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module makes a module with one package of tests and the table.
func module(t *testing.T, table string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"docs/parity/a.md":  table,
		"pkg/sub/a_test.go": "package sub\nfunc TestOne() {}\nfunc (x y) TestMethod() {}\nfunc ExampleTwo() {}\n",
		"pkg/sub/b.go":      "package sub\nfunc TestNotInATestFile() {}\n",
	} {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const sound = `# Title

| source | case | covered by |
|---|---|---|
| tokio rt_basic.rs | one | pkg/sub TestOne |
| tokio rt_basic.rs | two | pkg/sub TestOne/of_it, pkg/sub ExampleTwo |
| tokio rt_basic.rs | mod::two | -: a type's property |
| futures-rs sink.rs | one | |
`

func TestCounts(t *testing.T) {
	root := module(t, sound)
	for _, c := range []struct{ args, want string }{
		{"", "4 cases, 2 covered, 1 without meaning, 1 missing\n"},
		{"-file=rt_", "3 cases, 2 covered, 1 without meaning, 0 missing\n"},
		{"-missing", "futures-rs sink.rs one\n4 cases, 2 covered, 1 without meaning, 1 missing\n"},
	} {
		var out, errs strings.Builder
		status := run(root, strings.Fields(c.args), &out, &errs)
		if status != 0 || out.String() != c.want || errs.String() != "" {
			t.Errorf("parity %s: status %d, %q and errors %q, want %q", c.args, status, &out, &errs, c.want)
		}
	}
}

func TestFaultsHaveTheirPlace(t *testing.T) {
	for _, c := range []struct{ row, want string }{
		{"| tokio rt_basic.rs | one |", "three columns"},
		{"| tokio rt_basic.rs | one | | |", "three columns"},
		{"| tokio rt_basic.rs | one | pkg/sub TestOne", "three columns"},
		{"| rt_basic.rs | one | |", `source "rt_basic.rs"`},
		{"| tokio rt_basic.rs | | |", `case ""`},
		{"| tokio rt_basic.rs | one two | |", `case "one two"`},
		{"| tokio rt_basic.rs | one | -: |", "say why"},
		{"| tokio rt_basic.rs | one | no reason |", `"no reason" is no test`},
		{"| tokio rt_basic.rs | one | pkg/sub TestOne TestTwo |", "is no test"},
		{"| tokio rt_basic.rs | one | pkg/sub TestOther |", "package pkg/sub has no test TestOther"},
		{"| tokio rt_basic.rs | one | pkg/sub TestOther/sub |", "package pkg/sub has no test TestOther"},
		{"| tokio rt_basic.rs | one | pkg/sub TestMethod |", "has no test TestMethod"},
		{"| tokio rt_basic.rs | one | pkg/sub TestNotInATestFile |", "has no test TestNotInATestFile"},
		{"| tokio rt_basic.rs | one | pkg/gone TestOne |", "package pkg/gone: "},
		{"| tokio rt_basic.rs | first | -: again |", "tokio rt_basic.rs first is listed before, at docs/parity/a.md:2"},
	} {
		root := module(t, "\n| tokio rt_basic.rs | first | |\n"+c.row+"\n")
		var out, errs strings.Builder
		if status := run(root, nil, &out, &errs); status != 1 {
			t.Errorf("%s: status %d, want 1", c.row, status)
		}
		line, rest, _ := strings.Cut(errs.String(), "\n")
		if !strings.HasPrefix(line, "docs/parity/a.md:3: ") || !strings.Contains(line, c.want) || rest != "" {
			t.Errorf("%s: reported as %q, want one line at docs/parity/a.md:3 with %q", c.row, &errs, c.want)
		}
		if !strings.HasSuffix(out.String(), " missing\n") {
			t.Errorf("%s: ends with %q, want the counts", c.row, &out)
		}
	}
}

func TestWrongUse(t *testing.T) {
	root := module(t, sound)
	for _, c := range []struct{ root, args, want string }{
		{root, "more", `unexpected argument "more"`},
		{root, "-file=rt_none", `no case's source contains "rt_none"`},
		{t.TempDir(), "", "run it in the module's directory"},
	} {
		var out, errs strings.Builder
		if status := run(c.root, strings.Fields(c.args), &out, &errs); status != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("parity %s: status %d and %q, want 2 and %q", c.args, status, &errs, c.want)
		}
	}
}

// TestTables checks the tables themselves, so that go test notices a test that was
// renamed.
func TestTables(t *testing.T) {
	var out, errs strings.Builder
	if status := run(filepath.Join("..", ".."), nil, &out, &errs); status != 0 {
		t.Errorf("status %d\n%s", status, &errs)
	}
}
