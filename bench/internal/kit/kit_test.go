package kit_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/bench/internal/kit"
)

func TestProgram(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "build", "go"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "build", "go", "pools"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	k, err := kit.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := k.Program("build/go/pools"); err != nil || !filepath.IsAbs(p) {
		t.Errorf("pools: %q, %v", p, err)
	}
	for name, build := range map[string]string{
		"rust/target/release/deque": "/rust/run build",
		"build/go/serve":            "/go/run build",
		"build/floor":               "/cpp/run build",
		"build/echoload":            "/net/run build",
	} {
		_, err := k.Program(name)
		var missing *kit.MissingError
		if !errors.As(err, &missing) || !strings.Contains(missing.Build, build) {
			t.Errorf("%s: %v does not say to run %s", name, err, build)
		}
	}
}

func TestBuilt(t *testing.T) {
	dir := t.TempDir()
	peers, below := filepath.Join(dir, "bench", "peers"), filepath.Join(dir, "a", "b")
	for _, d := range []string{filepath.Join(peers, "build", "go"), below} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got := kit.Built(below); got != "" {
		t.Errorf("found %s, where nothing is built", got)
	}
	if err := os.WriteFile(filepath.Join(peers, "build", "go", "serve"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{dir, below, peers} {
		if got := kit.Built(from); got != peers {
			t.Errorf("from %s: found %q, want %s", from, got, peers)
		}
	}
}

func TestOpenWhatIsNoDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, file + "-absent"} {
		if _, err := kit.Open(dir); err == nil {
			t.Errorf("opened %s", dir)
		}
	}
}
