package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/magpie-go/magpie/internal/mutants/trial"
)

// suite is the tests of one package under one set of build tags.
type suite struct {
	of     *listed
	tags   string // "" or explore
	tests  []covering
	failed []string // tests that fail when nothing is broken
}

func (s *suite) String() string {
	if s.tags != "" {
		return s.of.ImportPath + " -tags " + s.tags
	}
	return s.of.ImportPath
}

// covering is a test, how long it takes, and what it runs of the packages that may be broken.
type covering struct {
	Name   string
	Took   time.Duration
	Blocks map[string][]block // by import path and name of the file
}

// block is a piece of code that a test ran, or did not, from a line and column to another.
type block struct {
	From, To [2]int
	Ran      bool
}

func (b block) holds(line, column int) bool {
	at := [2]int{line, column}
	return slices.Compare(b.From[:], at[:]) <= 0 && slices.Compare(at[:], b.To[:]) <= 0
}

// suites returns the test binaries that can notice a fault in package target: its own first, then
// those of the packages that are built on it; ordinary tests before models.
func (p *program) suites(target *listed) (all []*suite) {
	for _, l := range p.targets {
		if l != target && !slices.Contains(l.Deps, target.ImportPath) {
			continue
		}
		var of []*suite
		if len(l.TestGoFiles)+len(l.XTestGoFiles) > 0 {
			of = append(of, &suite{of: l})
		}
		if models, _ := filepath.Glob(filepath.Join(l.Dir, "*_explore_test.go")); len(models) > 0 {
			of = append(of, &suite{of: l, tags: "explore"})
		}
		if l == target {
			all = append(of, all...)
		} else {
			all = append(all, of...)
		}
	}
	return all
}

// names returns the tests of a suite: the models under explore, all others without.
func (s *suite) names() (names []string, err error) {
	pattern := "*_test.go"
	if s.tags != "" {
		pattern = "*_explore_test.go"
	}
	paths, err := filepath.Glob(filepath.Join(s.of.Dir, pattern))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		built := slices.Contains(s.of.TestGoFiles, filepath.Base(path)) || slices.Contains(s.of.XTestGoFiles, filepath.Base(path))
		if s.tags == "" && !built {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && isTest.MatchString(f.Name.Name) && f.Name.Name != "TestMain" {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names, nil
}

var isTest = regexp.MustCompile(`^(Test|Fuzz|Example)([^a-z]|$)`)

// coverage collects what each test of a suite covers, a process for each, and keeps it for the
// next run with the very same test binary.
func (p *program) coverage(s *suite) error {
	dir, err := os.MkdirTemp("", "coverage")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var measured []string
	for _, l := range p.targets {
		if l == s.of || slices.Contains(s.of.Deps, l.ImportPath) {
			measured = append(measured, l.ImportPath)
		}
	}
	binary := filepath.Join(dir, "test")
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-cover", "-covermode=atomic", "-coverpkg="+strings.Join(measured, ","),
		"-tags="+s.tags, "-o", binary, s.of.ImportPath)
	cmd.Dir = p.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", s, err, out)
	}
	kept, err := keptName(binary)
	if err != nil {
		return err
	}
	if text, err := os.ReadFile(kept); err == nil && json.Unmarshal(text, &s.tests) == nil {
		return nil
	}
	names, err := s.names()
	if err != nil {
		return err
	}
	var lock sync.Mutex
	each(len(names), func(i int) {
		profile := filepath.Join(dir, names[i])
		start := time.Now()
		out, err := runTests(binary, s.of.Dir, 2*time.Minute, []covering{{Name: names[i]}}, "-test.coverprofile="+profile)
		c := covering{Name: names[i], Took: time.Since(start)}
		if err == nil {
			c.Blocks, err = readProfile(profile)
		}
		lock.Lock()
		defer lock.Unlock()
		switch {
		case err != nil:
			by, _ := trial.Culprit(out)
			s.failed = append(s.failed, fmt.Sprintf("%s: %v in %.0f s, %s", names[i], err, c.Took.Seconds(), by))
		case !strings.Contains(out, "no tests to run"):
			s.tests = append(s.tests, c)
		}
	})
	slices.SortFunc(s.tests, func(a, b covering) int { return strings.Compare(a.Name, b.Name) })
	if len(s.failed) > 0 {
		return nil
	}
	text, err := json.Marshal(s.tests)
	if err != nil {
		return err
	}
	return os.WriteFile(kept, text, 0o600)
}

// keptName is where the coverage of a test binary is kept.
func keptName(binary string) (string, error) {
	text, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "magpie-mutants")
	return filepath.Join(dir, fmt.Sprintf("%x.json", sha256.Sum256(text))), os.MkdirAll(dir, 0o755)
}

// readProfile reads a coverage profile, by file.
func readProfile(path string) (map[string][]block, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	blocks := map[string][]block{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, b, ok := parseBlock(lines.Text())
		if ok {
			blocks[name] = append(blocks[name], b)
		}
	}
	return blocks, lines.Err()
}

var profileLine = regexp.MustCompile(`^(.+):(\d+)\.(\d+),(\d+)\.(\d+) \d+ (\d+)$`)

func parseBlock(line string) (file string, b block, ok bool) {
	m := profileLine.FindStringSubmatch(line)
	if m == nil {
		return "", b, false
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+2])
	}
	return m[1], block{[2]int{n[0], n[1]}, [2]int{n[2], n[3]}, m[6] != "0"}, true
}

// covers returns the tests of a suite that run the place of a fault, the quickest first. What
// lies outside of all blocks, as a constant or a type does, is taken to be run by every test of its
// package, for one may only ask for sizes, and elsewhere by those that run anything of its file.
func (s *suite) covers(f *fault) (tests []covering) {
	at := f.position()
	file := f.of.ImportPath + "/" + f.of.GoFiles[f.file]
	for _, c := range s.tests {
		inside, ran, any := false, false, false
		for _, b := range c.Blocks[file] {
			any = any || b.Ran
			if b.holds(at.Line, at.Column) {
				inside, ran = true, ran || b.Ran
			}
		}
		if ran || !inside && (any || s.of.ImportPath == f.of.ImportPath) {
			tests = append(tests, c)
		}
	}
	slices.SortStableFunc(tests, func(a, b covering) int { return int(a.Took - b.Took) })
	return tests
}

// each calls f for 0 to n-1, as many at a time as there are cores.
func each(n int, f func(i int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
