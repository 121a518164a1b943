package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/magpie-go/magpie/bench/internal/measure"
)

const (
	magpieModule    = "github.com/magpie-go/magpie"
	asyncgenPackage = magpieModule + "/cmd/asyncgen"
)

// findCompile looks for the compiler of async functions.
func (r *runner) findCompile(ctx context.Context, j *job) (err error) {
	if j.Compile.Async {
		j.program, err = r.build(ctx, asyncgenPackage)
	}
	return err
}

// runCompile writes a package, and tells how long asyncgen takes with it, and the Go compiler with what it wrote. Both times are of
// processors, in seconds.
func (r *runner) runCompile(ctx context.Context, j job) ([]measure.Line, error) {
	dir, err := os.MkdirTemp(r.dir, "compile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writeModule(ctx, dir); err != nil {
		return nil, err
	}
	run := func(line ...string) (time.Duration, error) {
		c := command(ctx, line...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		out, err := c.CombinedOutput()
		if err != nil {
			return 0, fmt.Errorf("%s: %w%s", strings.Join(line, " "), err, tail(string(out)))
		}
		return c.ProcessState.UserTime() + c.ProcessState.SystemTime(), nil
	}
	// A compiled package is kept by the go command: a name of its own has each repetition compile it.
	name := fmt.Sprintf("p%d", time.Now().UnixNano())
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(manyFunctions(name, j.Compile.Functions, j.Compile.Async)), 0o666); err != nil {
		return nil, err
	}
	var lines []measure.Line
	line := func(metric string, took time.Duration) {
		lines = append(lines, measure.Line{Bench: j.Bench, Peer: j.Peer, Metric: metric, Value: took.Seconds(), Unit: "s"})
	}
	if j.Compile.Async {
		if _, err := run("go", "build", magpieModule+"/future", magpieModule+"/future/machine"); err != nil {
			return nil, err
		}
		took, err := run(j.program, ".")
		if err != nil {
			return nil, err
		}
		line("generate", took)
	}
	took, err := run("go", "build", ".")
	if err != nil {
		return nil, err
	}
	line("compile", took)
	return lines, nil
}

// writeModule writes a go.mod that finds magpie where this program's is.
func writeModule(ctx context.Context, dir string) error {
	out, err := command(ctx, "go", "list", "-m", "-f", "{{.Dir}}", magpieModule).Output()
	if err != nil {
		if e, ok := err.(*exec.ExitError); ok {
			return fmt.Errorf("go list -m %s: %w%s", magpieModule, err, tail(string(e.Stderr)))
		}
		return err
	}
	root := strings.TrimSpace(string(out))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(mod), "module "+magpieModule, "module many", 1) +
		fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", magpieModule, root)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o666)
}

// manyFunctions is the text of n functions that wait in a loop, in a branch, and by calling one another, ten deep.
func manyFunctions(name string, n int, async bool) string {
	replace := strings.NewReplacer("//MARK\n", "", "CO, ", "", "CO", "", "YIELD", "yield()", "ASYNC", "")
	head := "package " + name + "\n\nfunc yield() (struct{}, error) { return struct{}{}, nil }\n"
	if async {
		replace = strings.NewReplacer("//MARK", "//magpie:async", "(CO, n int)", "(co *future.Co, n int)", "CO", "co", "YIELD", "future.Yield().Await(co)")
		head = "package " + name + "\n\nimport \"" + magpieModule + "/future\"\n"
	}
	var text strings.Builder
	text.WriteString(head)
	for i := range n {
		call := "i*n, error(nil)"
		if i%10 > 0 {
			call = fmt.Sprintf("f%d(CO, i)", i-1)
		}
		text.WriteString(replace.Replace(fmt.Sprintf(`
//MARK
func f%d(CO, n int) (int, error) {
	total, words := 0, make([]string, 0, 4)
	for i := 0; i < n; i++ {
		v, err := %s
		if err != nil {
			return total, err
		}
		switch {
		case v%%3 == 0:
			if _, err := YIELD; err != nil {
				return total, err
			}
		case v > %d:
			words = append(words, "large")
		}
		total += v + len(words)
	}
	_, err := YIELD
	return total, err
}
`, i, call, i)))
	}
	return text.String()
}
