// Package trial is what those who break code on purpose have in common: to give go test other
// text for a file, and to read from its output which test has noticed.
package trial

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// WriteOverlay writes into dir what go test -overlay takes to see text in place of a file, and
// returns its path.
func WriteOverlay(dir, source, text string) (string, error) {
	broken := filepath.Join(dir, filepath.Base(source))
	if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {source: broken}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, overlay, 0o600)
}

var (
	failedTest  = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	runningTest = regexp.MustCompile(`(?m)^\s*running tests:\n\s*(\S+)`)
	stackTest   = regexp.MustCompile(`\.(Test\w+|Fuzz\w+|Example\w*)[.(]`)
	modelFailed = regexp.MustCompile(`model \S+ schedule \d+: ([a-z -]+):`)
)

// Culprit reads from the output of go test which test failed.
func Culprit(out string) (string, error) {
	if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
		return "", fmt.Errorf("does not compile:\n%s", out)
	}
	name := "the test binary"
	if all := failedTest.FindAllStringSubmatch(out, -1); all != nil {
		name = all[0][1]
		if len(all) > 1 && !strings.Contains(all[1][1], "/") {
			name += fmt.Sprintf(" and %d more", len(all)-1)
		}
	} else if m := runningTest.FindStringSubmatch(out); m != nil {
		name = m[1]
	} else if m := stackTest.FindStringSubmatch(out); m != nil {
		name = m[1]
	}
	switch {
	case strings.Contains(out, "panic: test timed out"):
		name += ": hangs"
	case strings.Contains(out, "WARNING: DATA RACE"):
		name += ": data race"
	default:
		if m := modelFailed.FindStringSubmatch(out); m != nil {
			name += ": " + m[1]
		}
	}
	return name, nil
}

// ModuleRoot returns the root of the module that it is called in.
func ModuleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if filepath.Base(mod) != "go.mod" {
		return "", errors.New("not inside the module")
	}
	return filepath.Dir(mod), nil
}
