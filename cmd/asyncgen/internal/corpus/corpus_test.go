package corpus

import (
	"flag"
	"hash/fnv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	folder  = flag.String("folder", ".", "folder of $GOROOT/test whose programs are rewritten")
	all     = flag.Bool("all", false, "all programs of the folder, not a selection")
	only    = flag.String("only", "", "programs whose name matches this expression, and no others")
	machine = flag.Bool("machine", false, "the machines alone: not, with -all, also what is compiled under the tag magpie_coroutine")
	keepDir = flag.String("keep", "", "a directory to leave the rewritten programs in")
	limit   = flag.Duration("limit", 3*time.Minute, "how long a program may run")
)

var (
	// thick is how programs are rewritten: a wait before each statement and in many expressions.
	thick = Options{Steps: 100, Density: 35}
	// thin is for programs that would not end in time otherwise, for they count to some millions.
	thin = Options{Steps: 10, Density: 4}
)

// programs returns those to be tried: with -all or -only those that are named, else one in eight of
// them that share a process, so that they are built soon.
func programs(t *testing.T) []Program {
	if raceDetector {
		t.Skip("what is built here is not built for the race detector")
	}
	root, err := Goroot()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "test", *folder)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("Go's own programs are not here: %v", err)
	}
	list, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(*only)
	var some []Program
	for _, p := range list {
		h := fnv.New32a()
		h.Write([]byte(p.Name))
		if Excluded[filepath.Join(*folder, p.Name)] == "" && want.MatchString(p.Name) && (*all || *only != "" || !p.Alone && h.Sum32()%8 == 0) {
			some = append(some, p)
		}
	}
	return some
}

// workDir returns a directory for a module.
func workDir(t *testing.T, name string) string {
	if *keepDir != "" {
		return filepath.Join(*keepDir, name)
	}
	return t.TempDir()
}

func head(s string) string {
	lines := strings.SplitAfterN(s, "\n", 14)
	if len(lines) == 14 {
		lines[13] = "…"
	}
	return strings.Join(lines, "")
}

func report(t *testing.T, mode string, results []Result) {
	t.Helper()
	right := 0
	for _, r := range results {
		if r.Right() {
			right++
			continue
		}
		t.Errorf("%s: %s: %v\n%s", mode, r.Program.Name, r.Err, head(r.Output))
	}
	t.Logf("%s: %d of %d programs", mode, right, len(results))
}

func TestPlain(t *testing.T) {
	if !*all && *only == "" {
		t.Skip("without -all the outcome of the plain programs is taken from the distribution")
	}
	b, err := NewBatch(workDir(t, "plain"), programs(t), Options{Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Build(""); err != nil {
		t.Fatal(err)
	}
	report(t, "plain", b.Run(*limit))
}

func TestCoroutine(t *testing.T) {
	build := func(name string, list []Program, opt Options) *Batch {
		b, err := NewBatch(workDir(t, name), list, opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Build(""); err != nil {
			t.Fatal(err)
		}
		return b
	}
	judge(t, "coroutine", programs(t), build)
}

// TestMachine compiles the programs. With -all they are also run as asyncgen leaves them to the
// coroutine under its build tag.
func TestMachine(t *testing.T) {
	var list []Program
	for _, p := range programs(t) {
		if Faults[filepath.Join(*folder, p.Name)] == "" {
			list = append(list, p)
		}
	}
	build := func(tags string) func(name string, list []Program, opt Options) *Batch {
		return func(name string, list []Program, opt Options) *Batch {
			opt.Compiled = true
			b, err := NewBatch(workDir(t, name), list, opt)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Compile(); err != nil {
				t.Fatal(err)
			}
			if err := b.Build(tags); err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	judge(t, "machine", list, build(""))
	if *all && !*machine {
		judge(t, "machine-coroutine", list, build("magpie_coroutine"))
	}
}

// judge builds and runs programs, ready and pending, and once more with fewer waits those that do
// not end in time.
func judge(t *testing.T, mode string, list []Program, build func(name string, list []Program, opt Options) *Batch) {
	t.Helper()
	b := build(mode, list, thick)
	t.Logf("%s: %d functions are async, of which %d are left on the coroutine; %d stay plain", mode, b.Async, len(b.Left), b.Plain)
	for _, l := range b.Left {
		t.Log(l)
	}
	waits := map[string][]string{"ready": nil, "pending": {"MAGPIE_LEAF=pending"}}
	results := map[string][]Result{}
	var slow []Program
	for _, kind := range []string{"ready", "pending"} {
		b.Programs = without(list, slow)
		for _, r := range b.Run(*limit, waits[kind]...) {
			if r.TimedOut() {
				slow = append(slow, r.Program)
				continue
			}
			results[kind] = append(results[kind], r)
		}
	}
	if len(slow) > 0 {
		b := build(mode+"-thin", slow, thin)
		for kind, env := range waits {
			results[kind] = append(without2(results[kind], slow), b.Run(4**limit, env...)...)
		}
		for _, p := range slow {
			t.Logf("%s: %s waits one time in ten", mode, p.Name)
		}
	}
	report(t, mode+", ready", results["ready"])
	report(t, mode+", pending", results["pending"])
}

func without(list, some []Program) []Program {
	var rest []Program
next:
	for _, p := range list {
		for _, s := range some {
			if p.Name == s.Name {
				continue next
			}
		}
		rest = append(rest, p)
	}
	return rest
}

func without2(list []Result, some []Program) []Result {
	var rest []Result
	for _, r := range list {
		if len(without([]Program{r.Program}, some)) > 0 {
			rest = append(rest, r)
		}
	}
	return rest
}
