package fileio

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/magpie-go/magpie/future"
)

// The operations here take names, not open files. Each is one call of package os, under its name and
// with its errors, on [Pool]. Dropped once they have begun they are carried out to the end: what they
// change may be changed after the drop.

// named runs on the pool what only has its end to tell.
func named(fn func() error) future.BlockingOp[future.Unit] {
	return future.BlockingOn(Pool, func() (future.Unit, error) { return future.Unit{}, fn() })
}

// Stat returns an operation that comes to what the file system knows about a file, or about what a
// symbolic link leads to.
func Stat(name string) future.BlockingOp[fs.FileInfo] {
	return future.BlockingOn(Pool, func() (fs.FileInfo, error) { return os.Stat(name) })
}

// Lstat is [Stat] of a symbolic link itself.
func Lstat(name string) future.BlockingOp[fs.FileInfo] {
	return future.BlockingOn(Pool, func() (fs.FileInfo, error) { return os.Lstat(name) })
}

// Exists returns an operation that comes to whether there is a file of that name, or of the name that a
// symbolic link leads to. It fails if that cannot be told, as in a folder that may not be searched.
func Exists(name string) future.BlockingOp[bool] {
	return future.BlockingOn(Pool, func() (bool, error) {
		_, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	})
}

// Chmod returns an operation that changes a file's permissions, as os.Chmod.
func Chmod(name string, mode fs.FileMode) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Chmod(name, mode) })
}

// Chown returns an operation that changes a file's owner and group, as os.Chown; -1 leaves one as it is.
// It fails on Windows.
func Chown(name string, uid, gid int) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Chown(name, uid, gid) })
}

// Chtimes returns an operation that changes the times of a file's last access and change, as
// os.Chtimes; a zero time leaves one as it is.
func Chtimes(name string, access, change time.Time) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Chtimes(name, access, change) })
}

// Truncate returns an operation that gives a file that many bytes.
func Truncate(name string, size int64) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Truncate(name, size) })
}

// Rename returns an operation that renames a file or a folder. A file that has the new name already is
// replaced, at once: others see the one or the other. Its errors are *os.LinkError. What a crash
// leaves is certain only after [SyncDir]; [Replace] does all of it.
func Rename(from, to string) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Rename(from, to) })
}

// Remove returns an operation that removes a file, or an empty folder.
func Remove(name string) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Remove(name) })
}

// RemoveAll returns an operation that removes a file, or a folder and all that is in it. There being
// none is no error. It is one call however much there is; after an error, or an end of the process in
// the middle, a part is left.
func RemoveAll(name string) future.BlockingOp[future.Unit] {
	return named(func() error { return os.RemoveAll(name) })
}

// Mkdir returns an operation that makes a folder, with those permissions before the umask.
func Mkdir(name string, perm fs.FileMode) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Mkdir(name, perm) })
}

// MkdirAll returns an operation that makes a folder, and those above it that are missing. There being
// one is no error.
func MkdirAll(name string, perm fs.FileMode) future.BlockingOp[future.Unit] {
	return named(func() error { return os.MkdirAll(name, perm) })
}

// Symlink returns an operation that makes name a symbolic link to target, which need not exist. Its
// errors are *os.LinkError.
func Symlink(target, name string) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Symlink(target, name) })
}

// Link returns an operation that gives the file called old a second name, on the same file system. Its
// errors are *os.LinkError.
func Link(old, name string) future.BlockingOp[future.Unit] {
	return named(func() error { return os.Link(old, name) })
}

// Readlink returns an operation that comes to where a symbolic link leads, as it is written there.
func Readlink(name string) future.BlockingOp[string] {
	return future.BlockingOn(Pool, func() (string, error) { return os.Readlink(name) })
}

// RealPath returns an operation that comes to the absolute name of a file, with no symbolic link in it.
// The file must exist.
func RealPath(name string) future.BlockingOp[string] {
	return future.BlockingOn(Pool, func() (string, error) {
		real, err := filepath.EvalSymlinks(name)
		if err != nil {
			return "", err
		}
		return filepath.Abs(real)
	})
}
