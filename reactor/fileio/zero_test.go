package fileio_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
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

// A zero operation says what it is.
func TestZeroOperations(t *testing.T) {
	var cx waker.Context
	for name, call := range map[string]func(){
		"ReleaseOp Poll":   func() { fileio.ReleaseOp{}.Poll(&cx) },
		"ReleaseOp Drop":   func() { fileio.ReleaseOp{}.Drop() },
		"OpenOp Poll":      func() { fileio.OpenOp{}.Poll(&cx) },
		"OpenOp Drop":      func() { fileio.OpenOp{}.Drop() },
		"CloseOp Poll":     func() { fileio.CloseOp{}.Poll(&cx) },
		"CloseOp Drop":     func() { fileio.CloseOp{}.Drop() },
		"MkdirTempOp Poll": func() { fileio.MkdirTempOp{}.Poll(&cx) },
		"MkdirTempOp Drop": func() { fileio.MkdirTempOp{}.Drop() },
	} {
		func() {
			defer func() {
				op, _, _ := strings.Cut(name, " ")
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "fileio: a zero "+op) {
					t.Errorf("%s: %s", name, got)
				}
			}()
			call()
		}()
	}
}
