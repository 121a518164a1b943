package compile_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
)

var update = flag.Bool("update", false, "write the generated files of testdata anew")

// The packages in testdata are compiled, and their generated files compared with those that are
// there: change them with -update and read the difference.
func TestGolden(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	o := compile.Options{Dir: dir, Patterns: packages(t, dir), Check: !*update, Verbose: true, Out: &out, Err: &errs}
	if err := compile.Run(o); err != nil {
		t.Errorf("%v; go test -update makes them anew", err)
	}
	golden(t, filepath.Join(dir, "verbose.golden"), out.Bytes())
	golden(t, filepath.Join(dir, "left.golden"), []byte(strings.ReplaceAll(errs.String(), dir, "testdata")))
}

// What is wrong with a function is told with its place, and what to do.
func TestErrors(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, pkg := range []string{"misuse", "marks", "strict", "hidden", "alias"} {
		o := compile.Options{Dir: dir, Patterns: []string{"./errors/" + pkg}, Check: true, Strict: pkg == "strict", Out: &b, Err: &b}
		b.WriteString("# " + pkg + "\n")
		if err := compile.Run(o); err != nil {
			b.WriteString(strings.ReplaceAll(err.Error(), dir, "testdata") + "\n")
		}
	}
	golden(t, filepath.Join(dir, "errors.golden"), b.Bytes())
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is\n%s\nwant\n%s", path, got, want)
	}
}

// packages returns the packages of testdata, but for those that are in error.
func packages(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		if e.Name() == "errors" {
			return filepath.SkipDir
		}
		if found, _ := filepath.Glob(filepath.Join(path, "*.go")); len(found) > 0 {
			rel, err := filepath.Rel(dir, path)
			out = append(out, "./"+filepath.ToSlash(rel))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The programs in testdata print the same, compiled and on coroutines.
func TestPrograms(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	ways := map[string]string{"machine": "", "coroutine": "magpie_coroutine"}
	for way, tag := range ways {
		for _, sub := range []string{"build", "vet"} {
			if sub == "vet" && testing.Short() {
				continue
			}
			args := []string{sub, "-tags=" + tag}
			if sub == "build" {
				if err := os.Mkdir(filepath.Join(bin, way), 0o755); err != nil {
					t.Fatal(err)
				}
				args = append(args, "-o", filepath.Join(bin, way)+"/")
			}
			cmd := exec.Command("go", append(args, packages(t, dir)...)...)
			cmd.Dir = dir
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s %s: %v\n%s", way, sub, err, text)
			}
		}
	}
	for _, pkg := range packages(t, dir) {
		pkg = filepath.Base(pkg)
		if _, err := os.Stat(filepath.Join(bin, "machine", pkg)); err != nil {
			continue // no program
		}
		t.Run(pkg, func(t *testing.T) {
			machine := run(t, filepath.Join(bin, "machine", pkg))
			if coroutine := run(t, filepath.Join(bin, "coroutine", pkg)); machine != coroutine {
				t.Errorf("the machine prints\n%s\nthe coroutine\n%s", machine, coroutine)
			}
		})
	}
}

func run(t *testing.T, program string) string {
	t.Helper()
	text, err := exec.Command(program).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, text)
	}
	return string(text)
}
