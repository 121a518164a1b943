package fileio_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// A nil and a zero File fail with fs.ErrInvalid and have no name.
func TestZeroFiles(t *testing.T) {
	for kind, f := range map[string]*fileio.File{"nil": nil, "zero": new(fileio.File), "of nil": fileio.New(nil)} {
		if name := f.Name(); name != "" {
			t.Errorf("%s: the name is %q", kind, name)
		}
		for op, result := range map[string]future.Future[int]{
			"Read": f.Read(make([]byte, 1)), "WriteAll": f.WriteAll(nil), "ReadAt": f.ReadAt(nil, 0),
		} {
			if _, err := future.BlockOn(result); !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%s, %s: %v", kind, op, err)
			}
		}
		if _, err := future.BlockOn(f.Close()); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s, Close: %v", kind, err)
		}
	}
}
