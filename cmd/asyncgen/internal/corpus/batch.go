package corpus

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/magpie-go/magpie/cmd/asyncgen/internal/compile"
)

// ModulePath is the module that rewritten programs are written into.
const ModulePath = "corpus.test"

//go:embed leaf/*.go
var leafSource embed.FS

// A Batch is a module with many programs in it, built at once: those that can share a process are
// packages of one runner, the others are commands.
type Batch struct {
	Dir      string
	Options  Options
	Programs []Program
	Failed   map[string]string // programs that were not built, and why
	Async    int               // functions that became async
	Plain    int               // functions that stayed plain
	Left     []string          // functions that asyncgen left on the coroutine, and why
	Why      map[string]string // of functions that stayed plain
	bins     map[string]string
}

// NewBatch writes a module into dir.
func NewBatch(dir string, programs []Program, opt Options) (*Batch, error) {
	opt.LeafPath = ModulePath + "/leaf"
	b := &Batch{Dir: dir, Options: opt, Programs: programs, Failed: map[string]string{}, Why: map[string]string{}, bins: map[string]string{}}
	if err := WriteModule(dir, leafSource); err != nil {
		return nil, err
	}
	for _, p := range programs {
		src, err := os.ReadFile(p.Path)
		if err != nil {
			return nil, err
		}
		opt := opt
		if !p.Alone {
			opt.Package = packageName(p)
		}
		out, err := Rewrite(p.Path, src, opt)
		if err != nil {
			b.Failed[p.Name] = "rewriting: " + err.Error()
			continue
		}
		b.Async += out.Async
		b.Plain += out.Plain
		for f, why := range out.Why {
			b.Why[p.Name+": "+f] = why
		}
		if err := Write(filepath.Join(dir, packageName(p), "prog.go"), out.Source); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func packageName(p Program) string {
	return "p_" + strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r == '/' {
			return '_'
		}
		return r
	}, p.Name)
}

// WriteModule writes a go.mod that finds magpie where this repository is, and the packages in sources.
func WriteModule(dir string, sources fs.FS) error {
	root, err := Go("", "list", "-m", "-f", "{{.Dir}}", "github.com/magpie-go/magpie")
	if err != nil {
		return err
	}
	root = strings.TrimSpace(root)
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(mod), "module github.com/magpie-go/magpie", "module "+ModulePath, 1) +
		"\nrequire github.com/magpie-go/magpie v0.0.0\n\nreplace github.com/magpie-go/magpie => " + root + "\n"
	if err := Write(filepath.Join(dir, "go.mod"), text); err != nil {
		return err
	}
	if err := Write(filepath.Join(dir, "go.sum"), string(sum)); err != nil {
		return err
	}
	return fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(sources, path)
		if err != nil {
			return err
		}
		return Write(filepath.Join(dir, path), string(text))
	})
}

// Write writes a file, and the directories it is in.
func Write(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// Go runs the go command in dir and returns its output.
func Go(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if dir != "" {
		cmd.Env = os.Environ()
		for k, v := range moduleEnv {
			cmd.Env = append(cmd.Env, k+"="+v)
		}
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out), nil
}

var builtPackage = regexp.MustCompile(`(?m)^# ` + regexp.QuoteMeta(ModulePath) + `/(\S+)`)

// Build builds everything, and leaves out what does not compile.
func (b *Batch) Build(tags string) error {
	var pkgs []string
	for _, p := range b.Programs {
		if b.Failed[p.Name] == "" {
			pkgs = append(pkgs, "./"+packageName(p))
		}
	}
	if len(pkgs) == 0 {
		return nil
	}
	if out, err := Go(b.Dir, append([]string{"build", "-tags", tags}, pkgs...)...); err != nil {
		text := out + err.Error()
		failed := map[string]string{}
		at := builtPackage.FindAllStringSubmatchIndex(text, -1)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			failed[text[m[2]:m[3]]] = text[m[1]:end]
		}
		if len(failed) == 0 {
			return err
		}
		for _, p := range b.Programs {
			if why, ok := failed[packageName(p)]; ok {
				b.Failed[p.Name] = "building: " + why
			}
		}
	}
	var imports, table strings.Builder
	args := []string{"build", "-tags", tags, "-o", b.Dir + "/bin/", "./runner"}
	for _, p := range b.Programs {
		if b.Failed[p.Name] != "" {
			continue
		}
		if p.Alone {
			args = append(args, "./"+packageName(p))
			b.bins[p.Name] = filepath.Join(b.Dir, "bin", packageName(p))
			continue
		}
		fmt.Fprintf(&imports, "\t%q\n", ModulePath+"/"+packageName(p))
		fmt.Fprintf(&table, "\t%q: %s.EntryOfTheProgram,\n", p.Name, packageName(p))
		b.bins[p.Name] = filepath.Join(b.Dir, "bin", "runner")
	}
	main := "package main\n\nimport (\n\t\"os\"\n" + imports.String() + ")\n\nvar programs = map[string]func(){\n" + table.String() +
		"}\n\nfunc main() {\n\tname := os.Args[1]\n\tos.Args = os.Args[1:]\n\tprograms[name]()\n}\n"
	if err := Write(filepath.Join(b.Dir, "runner", "main.go"), main); err != nil {
		return err
	}
	_, err := Go(b.Dir, args...)
	return err
}

var failedPackage = regexp.MustCompile(`(?m)\b(p_\w+)/prog\.go:`)

// Compile compiles the programs, and leaves out those that asyncgen refuses. What it leaves to the
// coroutine is told in Left.
func (b *Batch) Compile() error {
	for {
		patterns := []string{"./leaf"}
		for _, p := range b.Programs {
			if b.Failed[p.Name] == "" {
				patterns = append(patterns, "./"+packageName(p))
			}
		}
		left, err := Asyncgen(b.Dir, patterns...)
		if err == nil {
			for line := range strings.Lines(left) {
				b.Left = append(b.Left, strings.TrimSpace(strings.TrimPrefix(line, b.Dir)))
			}
			return nil
		}
		failed := map[string]string{}
		for line := range strings.Lines(err.Error()) {
			if strings.Contains(line, "is left on the coroutine") {
				continue // which is no failure
			}
			if m := failedPackage.FindStringSubmatch(line); m != nil {
				failed[m[1]] += line
			}
		}
		found := false
		for _, p := range b.Programs {
			if why, ok := failed[packageName(p)]; ok && b.Failed[p.Name] == "" {
				b.Failed[p.Name] = "asyncgen: " + why
				found = true
			}
		}
		if !found {
			return err
		}
	}
}

// Asyncgen compiles the packages below dir, a module of its own, and returns what it says. It does
// so in this process, so that a mutant of the compiler is judged too.
func Asyncgen(dir string, patterns ...string) (string, error) {
	for k, v := range moduleEnv {
		old, had := os.LookupEnv(k)
		os.Setenv(k, v)
		defer func() {
			if had {
				os.Setenv(k, old)
			} else {
				os.Unsetenv(k)
			}
		}()
	}
	var out bytes.Buffer
	err := compile.Run(compile.Options{Dir: dir, Patterns: patterns, Out: io.Discard, Err: &out})
	if err != nil {
		err = fmt.Errorf("asyncgen: %w\n%s", err, out.Bytes())
	}
	return out.String(), err
}

// moduleEnv lets the go command see a module that was written for a test, and nothing around it.
var moduleEnv = map[string]string{"GOWORK": "off", "GOFLAGS": "-mod=mod -trimpath"}

// A Result is what a program came to.
type Result struct {
	Program Program
	Output  string
	Err     error // nil if the exit code was 0
	Took    time.Duration
}

// Right reports whether r is what the program is to come to.
func (r Result) Right() bool { return r.Err == nil && r.Output == r.Program.Want }

// TimedOut reports whether the program was not done when its time was up.
func (r Result) TimedOut() bool { return errors.Is(r.Err, errTimeout) }

var errTimeout = errors.New("not done in time")

// Run runs the programs that were built, two at a time.
func (b *Batch) Run(limit time.Duration, env ...string) []Result {
	results := make([]Result, len(b.Programs))
	var wg sync.WaitGroup
	turns := make(chan bool, 2)
	for i, p := range b.Programs {
		results[i].Program = p
		if why := b.Failed[p.Name]; why != "" {
			results[i].Err = errors.New(why)
			continue
		}
		turns <- true
		wg.Go(func() {
			results[i] = b.run(p, limit, env)
			<-turns
		})
	}
	wg.Wait()
	return results
}

func (b *Batch) run(p Program, limit time.Duration, env []string) Result {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	args := p.Args
	if !p.Alone {
		args = append([]string{p.Name}, args...)
	}
	cmd := exec.CommandContext(ctx, b.bins[p.Name], args...)
	cmd.Dir = b.Dir
	cmd.Env = append(os.Environ(), env...)
	if OneWorker[p.Name] != "" {
		cmd.Env = append(cmd.Env, "MAGPIE_LEAF_WORKERS=1")
	}
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	err := cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("%w: %v", errTimeout, limit)
	}
	return Result{Program: p, Output: out.String(), Err: err, Took: time.Since(began)}
}
