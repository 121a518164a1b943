package fileio

import (
	"io/fs"
	"os"

	"github.com/magpie-go/magpie/future"
)

// ReadFile returns an operation that comes to the whole contents of a file.
func ReadFile(name string) future.BlockingOp[[]byte] {
	return future.BlockingOn(WaitPool, func() ([]byte, error) { return os.ReadFile(name) })
}

// WriteFile returns an operation that is ready when data is all that the file contains. The
// file is made with those permissions, before the umask, if it does not exist. data must
// not be changed until then, nor after a drop.
func WriteFile(name string, data []byte, perm fs.FileMode) future.BlockingOp[future.Unit] {
	return future.BlockingOn(WaitPool, func() (future.Unit, error) {
		return future.Unit{}, os.WriteFile(name, data, perm)
	})
}
