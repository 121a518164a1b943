package engine

import (
	"fmt"
	"io"
	"maps"
	"os"
)

// Files is where the files come from that a load needs: bodies, lists, certificates. A nil one reads them from the disk.
//
// A run on other machines needs them there. So the machine that was given their names reads all it is asked for by one that
// keeps them (KeepFiles), and the others are asked for the same and read from that (TheseFiles). Who adds a file to a load
// reads it by a Files, and is done.
type Files struct {
	kept map[string][]byte
	only bool // there are no others
}

// KeepFiles reads from the disk and keeps what it has read.
func KeepFiles() *Files { return &Files{kept: map[string][]byte{}} }

// TheseFiles has what another one has kept, and nothing else.
func TheseFiles(kept map[string][]byte) *Files { return &Files{kept, true} }

// Kept returns what was read so far.
func (f *Files) Kept() map[string][]byte { return maps.Clone(f.kept) }

// Read returns the content of a file; - is standard input.
func (f *Files) Read(name string) ([]byte, error) {
	if f != nil {
		if content, ok := f.kept[name]; ok {
			return content, nil
		}
		if f.only {
			return nil, fmt.Errorf("%s did not come with the job", name)
		}
	}
	var content []byte
	var err error
	if name == "-" {
		content, err = io.ReadAll(os.Stdin)
	} else {
		content, err = os.ReadFile(name)
	}
	if err == nil && f != nil {
		f.kept[name] = content
	}
	return content, err
}
