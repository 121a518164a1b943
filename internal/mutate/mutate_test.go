// The tests start go test themselves, on a module of their own: once is enough, and the other
// builds of make test leave them out.

//go:build !race && !purego && !portable

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const halfSource = `package half

// Clamp returns n, but at most limit.
func Clamp(n, limit int) int {
	if n > limit {
		n = limit
	}
	return n
}

// Untested is what no test runs.
func Untested(a, b int) int { return a - b }

// Drain loops for ever without its only statement.
func Drain(n int) {
	for n > 0 {
		n--
	}
}
`

const halfTest = `package half

import "testing"

func TestClamp(t *testing.T) {
	if Clamp(5, 3) != 3 || Clamp(1, 3) != 1 {
		t.Fatal("wrong")
	}
}

func TestDrain(t *testing.T) { Drain(3) }

func TestElsewhere(t *testing.T) { t.Skip() }
`

// half is a module with faults that its tests catch, cannot catch, and do not catch.
func half(t *testing.T) *lottery {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "half"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod": "module example.org\n\ngo 1.24\n", "half/half.go": halfSource, "half/half_test.go": halfTest,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("GOCACHE", goCache(t))
	t.Setenv("GOWORK", "off")
	return &lottery{root: dir, targets: []string{"half"}, broken: []string{"half"}, seed: 1, n: 3, threshold: 95, budget: time.Minute, log: io.Discard}
}

// goCache is the build cache, which is named before its place is changed.
func goCache(t *testing.T) string {
	if c := os.Getenv("GOCACHE"); c != "" {
		return c
	}
	home, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	return filepath.Join(home, "go-build")
}

func TestRandomMutants(t *testing.T) {
	l := half(t)
	var out bytes.Buffer
	l.out, l.grace = &out, 5*time.Second
	l.only = regexp.MustCompile(`Clamp\t(negate|operator)|Untested\tswap-operands|Drain\tdrop-store`)
	enough, err := l.run()
	if err != nil || enough {
		t.Errorf("enough: %v, %v; want false", enough, err)
	}
	for _, says := range []string{
		"half/half.go:5: negate: caught by half TestClamp",
		"half/half.go:17: drop-store: caught by half TestDrain: hangs",
		"half/half.go:12: swap-operands: SURVIVED 0 tests",
		"half/half.go:5: operator: SURVIVED 1 tests",
		"    - \tif n > limit {\n    + \tif n >= limit {\n    half.Clamp\toperator\t",
		"2 of 4 caught, 50.0 %, wanted 95.0",
	} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("no %q in\n%s", says, out.String())
		}
	}
}

// The same seed draws the same faults, another one others, and none that is known.
func TestDraw(t *testing.T) {
	l := half(t)
	p, err := load(l.root, l.targets)
	if err != nil {
		t.Fatal(err)
	}
	keys := func() (keys string) {
		sample, places, err := l.draw(p)
		if err != nil || len(sample) != l.n || places < 2*l.n {
			t.Fatalf("%d of %d, %v; want %d", len(sample), places, err, l.n)
		}
		for _, f := range sample {
			keys += f.key() + "\n"
		}
		return keys
	}
	first := keys()
	if again := keys(); again != first {
		t.Errorf("one seed draws\n%sand\n%s", first, again)
	}
	known, _, _ := strings.Cut(first, "\n")
	l.known = map[string]string{known: "as the test wants it"}
	if strings.Contains(keys(), known) {
		t.Errorf("%s is known, and was drawn", known)
	}
	l.known, l.n, l.from = nil, 2, 1
	if rest := keys(); !strings.HasSuffix(first, rest) || rest == first {
		t.Errorf("from 1 draws\n%sof\n%s", rest, first)
	}
	l.n, l.from, l.seed = 3, 0, 2
	if keys() == first {
		t.Error("two seeds draw the same")
	}
}

// Every operator makes what its name says.
func TestOperators(t *testing.T) {
	l := half(t)
	const text = `package half

func f(a, b int, c, d bool) (int, bool) {
	x := []int{1, 2}
	for i := 0; i < a; i++ {
		x[i] = g(a, b) - 3
		b = 4
	}
	if c && d {
		return 1, true
	} else {
		b += 2
	}
	g(b, b)
	faults.Point()
	switch a {
	case 1:
		return 1, c
	case 2:
		b = 5
	case 3:
	}
	return a % b, a <= max(x[0], a)
}

var faults pointer

type pointer struct{}

func (pointer) Point() {}

func g(a, b int) int { return a << b }
`
	if err := os.WriteFile(filepath.Join(l.root, "half", "half.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := load(l.root, l.targets)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.parse(p.targets[0])
	if err != nil {
		t.Fatal(err)
	}
	made, returns := map[string]bool{}, 0
	for _, f := range s.faults() {
		made[squeeze(f.operator+": "+f.old()+" -> "+f.new)] = true
		if f.operator == "early-return" {
			returns++
		}
	}
	for _, want := range []string{
		"negate: c && d -> !(c && d)", "negate: i < a -> !(i < a)",
		"operator: && -> ||", "operator: < -> <=", "operator: <= -> <", "operator: << -> >>", "operator: ++ -> --",
		"operator: += -> -=", "operator: - -> +", "operator: % -> *",
		"off-by-one: a -> a + 1", "off-by-one: i -> i + 1", "off-by-one: 3 -> (3 - 1)", "constant: 0 -> 7", "constant: true -> false",
		"swap-operands: a, b -> b, a", "swap-operands: a % b -> (b) % (a)", "swap-operands: a << b -> (b) << (a)",
		"swap-statements: x[i] = g(a, b) - 3 b = 4 -> b = 4 x[i] = g(a, b) - 3",
		"drop-store: b = 4 ->", "drop-store: b += 2 ->", "drop-call: g(b, b) ->", "drop-else: else { b += 2 } ->",
		"drop-statement: if c && d { return 1, true } else { b += 2 } ->",
		"early-return: -> return *new(int), *new(bool);",
	} {
		if !made[want] {
			t.Errorf("nothing makes %q of %v", want, made)
		}
	}
	if returns != 7 { // not before the first statement of a list, a return, or what stands behind one
		t.Errorf("%d early returns, want 7", returns)
	}
	for _, no := range []string{
		"swap-operands: x[0], a -> a, x[0]", "drop-call: faults.Point() ->", "swap-statements: g(b, b) faults.Point() -> faults.Point() g(b, b)",
	} {
		if made[no] {
			t.Errorf("%q is made, which nobody can notice", no)
		}
	}
}

func TestEquivalents(t *testing.T) {
	if _, err := parseEquivalents(equivalents); err != nil {
		t.Error(err)
	}
	for text, says := range map[string]string{
		"f\tnegate\tabc":                           "want function",
		"f\tnegate\tabc\t ":                        "want function",
		"f\tnegate\tabc\twhy\nf\tnegate\tabc\twhy": "equivalent.txt:2: f\tnegate\tabc is there twice",
	} {
		if _, err := parseEquivalents(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
