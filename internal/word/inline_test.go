//go:build !explore

package word_test

import (
	"os/exec"
	"strings"
	"testing"
)

// An operation on a word has to be the machine's instruction and not a call: a package
// that uses the aliases must have inlined the methods behind them.
func TestOperationsAreInlined(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go tool:", err)
	}
	out, err := exec.Command("go", "build", "-gcflags=-m", "../spin").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, m := range []string{"Load", "Store", "CompareAndSwap"} {
		if !strings.Contains(string(out), "inlining call to atomic.(*Uint32)."+m) {
			t.Errorf("package spin calls (*Uint32).%s instead of inlining it:\n%s", m, out)
		}
	}
}
