// Package kit finds the programs of the peers' kit, a directory with the benchmarks of
// tokio, crossbeam-deque, task pools and servers, built by its own scripts.
package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Kit is a copy of the kit. The zero Kit has no programs.
type Kit struct{ dir string }

// Open returns the kit in a directory.
func Open(dir string) (Kit, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Kit{}, fmt.Errorf("kit: %w", err)
	}
	if info, err := os.Stat(abs); err != nil {
		return Kit{}, fmt.Errorf("kit: %w", err)
	} else if !info.IsDir() {
		return Kit{}, fmt.Errorf("kit: %s is no directory", abs)
	}
	return Kit{abs}, nil
}

// Built returns where the repository's own kit is, bench/peers in the directory given or above
// it, if any of its programs were built there, else "".
func Built(from string) string {
	dir, err := filepath.Abs(from)
	if err != nil {
		return ""
	}
	for {
		kit := filepath.Join(dir, "bench", "peers")
		for _, programs := range []string{"build/go/serve", "build/floor", "rust/target/release/tokio_sched"} {
			if info, err := os.Stat(filepath.Join(kit, filepath.FromSlash(programs))); err == nil && info.Mode().IsRegular() {
				return kit
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Given reports whether there is a kit.
func (k Kit) Given() bool { return k.dir != "" }

// MissingError says that a program is not there and what would build it.
type MissingError struct{ Path, Build string }

func (e *MissingError) Error() string {
	if e.Build == "" {
		return e.Path + " is not there"
	}
	return fmt.Sprintf("%s is not built; run %s", e.Path, e.Build)
}

// builders is what builds the programs below a folder of the kit.
var builders = []struct{ under, command string }{
	{"rust/", "{}/rust/run build"},
	{"build/go/", "{}/go/run build"},
	{"build/tbb", "{}/cpp/run build"},
	{"build/floor", "{}/cpp/run build"},
	{"build/echoload", "{}/net/run build"},
	{"build/wsload", "{}/net/run build"},
	{"build/epollserv", "{}/net/run build"},
}

// Program returns the path of a program named by its path inside the kit, or a
// [*MissingError].
func (k Kit) Program(name string) (string, error) {
	path := filepath.Join(k.dir, filepath.FromSlash(name))
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return path, nil
	}
	missing := &MissingError{Path: path}
	for _, b := range builders {
		if strings.HasPrefix(name, b.under) {
			missing.Build = strings.ReplaceAll(b.command, "{}", k.dir)
			break
		}
	}
	return "", missing
}
