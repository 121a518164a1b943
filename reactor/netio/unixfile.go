package netio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/magpie-go/magpie/internal/word"
)

// unixFile is the file of a Unix listener, which Close removes if it is still ours.
//
// What it removes is decided by the file and not by the name: the name is made absolute
// when the socket is bound, so that a change of the working directory does not matter,
// and the file must have the device and inode that it had then. Our socket keeps that
// inode until it is closed, and the file is removed before, so the number cannot have
// become another file's.
//
// Between the look at the file and its removal somebody else could put another one there.
// Listeners of this process cannot: binding and removing hold a lock. Another process has
// the time of one system call, if it removes our file itself at that moment. No system
// offers to remove a file only if it is a certain one.
type unixFile struct {
	path string      // absolute; "" if there is none
	info fs.FileInfo // of the file that was bound
	keep word.Bool   // not to be removed, or removed already
}

// unixFiles is held while a path is bound, and while one is looked at and removed.
var unixFiles sync.Mutex

// bind notes the file that f makes at path.
func (u *unixFile) bind(path string, f func() error) error {
	abs, err := filepath.Abs(path)
	unixFiles.Lock()
	defer unixFiles.Unlock()
	if err := f(); err != nil {
		return err
	}
	if err != nil || abstract(path) {
		return nil
	}
	if info, err := os.Lstat(abs); err == nil {
		os.SameFile(info, info) // on Windows what identifies the file is read by this
		u.path, u.info = abs, info
	}
	return nil
}

// remove removes the file, once, if it is the one that was bound.
func (u *unixFile) remove() {
	if u.path == "" || u.keep.Swap(true) {
		return
	}
	unixFiles.Lock()
	defer unixFiles.Unlock()
	if now, err := os.Lstat(u.path); err == nil && os.SameFile(now, u.info) {
		_ = os.Remove(u.path)
	}
}

// SetUnlinkOnClose says whether Close removes the file of a Unix socket. It does by
// default; a server that hands its socket on to a successor has it stay. Listeners without
// a file are not affected.
func (l *Listener) SetUnlinkOnClose(unlink bool) {
	l.check()
	l.file.keep.Store(!unlink)
}

// abstract reports whether path names a socket without a file, as Linux has them.
func abstract(path string) bool { return strings.HasPrefix(path, "@") }

// checkUnixPath refuses a path that no socket can have.
func checkUnixPath(path string) error {
	if path == "" {
		return errors.New("netio: an empty address: want the path of a Unix socket")
	}
	// A zero byte ends it. Package unix keeps room for that in an abstract name as well.
	most := len(syscall.RawSockaddrUnix{}.Path) - 1
	if !abstract(path) && strings.IndexByte(path, 0) >= 0 {
		return fmt.Errorf("netio: the path %q has a zero byte in it: %w", path, syscall.EINVAL)
	}
	if len(path) > most {
		return fmt.Errorf("netio: a path of %d bytes, %.20q...: that of a Unix socket may have %d at most on this system; use a shorter one, or one relative to the working directory: %w",
			len(path), path, most, syscall.EINVAL)
	}
	return nil
}
