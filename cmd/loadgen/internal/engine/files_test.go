package engine

import (
	"os"
	"path/filepath"
	"testing"
)

// What one machine has read is what another one reads, though it has no such files; and it reads no others of its own.
func TestFilesGoElsewhere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	here := KeepFiles()
	for _, f := range []*Files{nil, here} {
		if content, err := f.Read(name); err != nil || string(content) != "content" {
			t.Fatalf("%q, %v", content, err)
		}
		if _, err := f.Read(name + "b"); !os.IsNotExist(err) {
			t.Errorf("a file that is not there: %v", err)
		}
	}
	if err := os.WriteFile(name, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	there := TheseFiles(here.Kept())
	for _, f := range []*Files{here, there} {
		if content, err := f.Read(name); err != nil || string(content) != "content" {
			t.Errorf("%q, %v", content, err)
		}
	}
	if content, err := there.Read(os.Args[0]); err == nil {
		t.Errorf("%d bytes of a file that was not sent", len(content))
	}
}
