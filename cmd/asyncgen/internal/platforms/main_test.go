package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A package that is right on one system and not on another.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module example.org/m\n\ngo 1.24\n",
		"m.go":        "package m\n\n// F is said to be everywhere.\nvar F = f\n",
		"m_linux.go":  "package m\n\nfunc f() int { return 1 }\n",
		"m_darwin.go": "package m\n\nfunc f() int { return \"\" }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOWORK", "off")
	for platform, want := range map[string]string{
		"linux/386":     "",
		"darwin/arm64":  "cannot use",
		"windows/amd64": "undefined: f",
	} {
		errs, err := check(platform, []string{"./..."})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(errs, "; "); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q; want %q", platform, got, want)
		}
	}
	if _, err := check("linux", []string{"./..."}); err == nil {
		t.Error("a platform without a processor is taken")
	}
}
