package fileio

import (
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// CreateTemp returns an operation that comes to a new file for reading and writing, which nobody else has open
// or can open by guessing its name. It lies in dir, or in os.TempDir if dir is "", and its name is
// pattern with a number in place of the last *, or after it. The file is the caller's to close and to
// remove, by its [File.Name]. Dropped, the operation closes and removes what it has made.
func CreateTemp(dir, pattern string) OpenOp {
	return open(
		func() (*os.File, error) { return os.CreateTemp(dir, pattern) },
		func(f *os.File) {
			_ = f.Close()
			_ = os.Remove(f.Name())
		})
}

// MkdirTemp returns an operation that comes to the name of a new folder, made as [CreateTemp] makes a
// file. It is the caller's to remove. Dropped, the operation removes what it has made.
func MkdirTemp(dir, pattern string) MkdirTempOp {
	return MkdirTempOp{future.BlockingOn(Pool, func() (tempDir, error) {
		name, err := os.MkdirTemp(dir, pattern)
		return tempDir{name}, err
	})}
}

// tempDir is a folder that is removed if it is for nobody.
type tempDir struct{ name string }

// Drop removes the folder, which is empty, off the thread that calls it.
func (d tempDir) Drop() { go func() { _ = os.Remove(d.name) }() }

// MkdirTempOp is a folder being made, by [MkdirTemp]: a handle, one pointer.
type MkdirTempOp struct{ call future.BlockingOp[tempDir] }

func (o MkdirTempOp) check() {
	if o == (MkdirTempOp{}) {
		panic("fileio: a zero MkdirTempOp: MkdirTemp makes them")
	}
}

// Poll implements future.Future.
func (o MkdirTempOp) Poll(cx *waker.Context) future.Poll[string] {
	o.check()
	p := o.call.Poll(cx)
	if p.IsPending() {
		return future.Pending[string]()
	}
	d, err := p.Result()
	return future.Done(d.name, err)
}

// Drop implements future.Dropper.
func (o MkdirTempOp) Drop() {
	o.check()
	o.call.Drop()
}

// Await waits for the folder, see [future.Await].
func (o MkdirTempOp) Await(co *future.Co) (string, error) { return future.AwaitOp(co, o) }
