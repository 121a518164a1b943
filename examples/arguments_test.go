package examples

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An argument that is no flag, as behind a flag that takes no value, is refused and named: not ignored, with all flags after it.
func TestProgramsRefuseArguments(t *testing.T) {
	if testing.Short() {
		t.Skip("it links all programs")
	}
	mains, err := filepath.Glob("*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var programs []string
	build := []string{"build", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}
	for _, m := range mains {
		src, err := os.ReadFile(m)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(src, []byte("flag.Parse()")) {
			programs = append(programs, filepath.Dir(m))
			build = append(build, "./"+filepath.Dir(m))
		}
	}
	if len(programs) < 15 {
		t.Fatalf("only %v take flags", programs)
	}
	if out, err := exec.Command("go", build...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, p := range programs {
		out, err := exec.CommandContext(ctx, filepath.Join(dir, p), "stray").CombinedOutput()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), `"stray"`) {
			t.Errorf("%s: %v\n%s", p, err, out)
		}
	}
}
