package fileio

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/magpie-go/magpie/future"
)

// Replace returns an operation that is ready when data is all that the file called name contains, and is
// on the disk: whoever reads the file, and whatever crashes, finds the old contents or the new, whole.
// It writes a file beside it, syncs that, renames it and syncs the folder. The file has exactly the
// permissions perm, the umask notwithstanding; a symbolic link of that name is replaced, not followed.
//
// After an error, or a drop, the file is either old or new; if it is old nothing is left beside it, unless the
// process ended. data must not be changed until the operation is ready, nor after a drop.
func Replace(name string, data []byte, perm fs.FileMode) future.BlockingOp[future.Unit] {
	return named(func() error { return replace(name, data, perm) })
}

func replace(name string, data []byte, perm fs.FileMode) (err error) {
	dir, base := filepath.Dir(name), filepath.Base(name)
	if len(base) > 200 {
		base = "replace" // with what stands around it the name would be longer than names can be
	}
	f, err := os.CreateTemp(dir, "."+base+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // again, at worst
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(perm); err != nil && runtime.GOOS != "windows" {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(dir)
}

// SyncDir returns an operation that is ready when the names in a folder are on the disk: those of files that
// were made, renamed or removed there. What the files contain is a matter of [File.Sync]. On Windows,
// where no program can sync a folder, it does nothing.
func SyncDir(name string) future.BlockingOp[future.Unit] {
	return named(func() error { return syncDir(name) })
}

func syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
