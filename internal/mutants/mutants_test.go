// The tests start go test themselves, on a module of their own: once is enough, and the other
// builds of make test leave them out.

//go:build !race && !purego && !portable

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/magpie-go/magpie/internal/mutants/trial"
)

// A change of the code that a mutant breaks must keep the mutant alive.
func TestEveryMutantStillApplies(t *testing.T) {
	root, err := trial.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range table() {
		if seen[m.name] {
			t.Errorf("%s: two mutants of this name", m.name)
		}
		seen[m.name] = true
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.file)))
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if _, err := m.apply(string(text)); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		if _, err := regexp.Compile(m.test.run); err != nil || m.test.pkg == "" {
			t.Errorf("%s: its test is %v: %v", m.name, m.test, err)
		}
	}
}

// TestRunner runs mutants of a module made for it.
func TestRunner(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.org/sum\n\ngo 1.24\n",
		"sum.go": "package sum\n\nfunc Sum(a, b int) int { return a + b }\n\nfunc Twice(a int) int { return 2 * a }\n\nfunc Loop(n int) { for n > 0 { n-- } }\n",
		"sum_test.go": "package sum\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) { if Sum(1, 2) != 3 { t.Fatal() } }\n\n" +
			"func TestLoop(t *testing.T) { Loop(3) }\n\nfunc TestBroken(t *testing.T) { t.Fatal() }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sum := test{pkg: ".", run: "TestSum|TestLoop"}
	for _, c := range []struct {
		m    mutant
		want string
		bad  int
	}{
		{mutant{old: "a + b", new: "a - b", test: sum}, "caught by TestSum", 0},
		{mutant{old: "n--", new: "", test: sum}, "caught by TestLoop: hangs", 0},
		{mutant{old: "2 * a", new: "3 * a", test: sum}, "SURVIVED go test", 1},
		{mutant{old: "2 * a", new: "2 * b", test: sum}, "does not compile", 1},
		{mutant{old: "func", new: "fun", test: sum}, "occurs 3 times", 1},
		{mutant{old: "a * 2", new: "a", test: sum}, "occurs 0 times", 1},
		{mutant{old: "a + b", new: "a - b", test: test{pkg: ".", run: "TestBroken"}}, "without any mutant", 1},
		{mutant{old: "a + b", new: "a - b", test: test{pkg: ".", run: "TestNone"}}, "runs no test", 1},
	} {
		c.m.name, c.m.file = "sum/it", "sum.go"
		var out bytes.Buffer
		r := runner{root: dir, timeout: 3 * time.Second, out: &out, sound: map[string]func() soundness{}}
		bad := r.runAll([]mutant{c.m})
		if bad != c.bad || !strings.Contains(out.String(), "mutant sum/it: ") || !strings.Contains(out.String(), c.want) {
			t.Errorf("%q for %q: %d not caught, and it said %q; want %d and %q", c.m.new, c.m.old, bad, out.String(), c.bad, c.want)
		}
	}
}
