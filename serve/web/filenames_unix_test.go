//go:build unix

package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What is no file, and names that no file can have, are not found: a client is not told that the server has failed, and does not
// have it wait for the other end of a pipe.
func TestFilesThatAreNone(t *testing.T) {
	files, dir, _ := folder(t)
	pipe := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	end, err := os.OpenFile(pipe, os.O_RDWR, 0) // so that who opens it does not wait, if it is opened
	if err != nil {
		t.Skip(err)
	}
	defer end.Close()
	p := start(t, Config{Handler: files.handler("")}).dial(t)
	for _, name := range []string{"/pipe", "/small.txt/below", "/none", "/a%00b", "/" + strings.Repeat("x", 1000)} {
		if a := p.get(name); a.StatusCode != 404 {
			t.Errorf("%.20s: status %d, want 404", name, a.StatusCode)
		}
	}
	if a := p.get("/small.txt"); a.content != "small" {
		t.Errorf("%d, %q", a.StatusCode, a.content)
	}
}
