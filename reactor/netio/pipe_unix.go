//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio

import (
	"cmp"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Pipe makes a pipe: what is written to one end is read from the other. Both are the caller's to close.
func Pipe() (*PipeReader, *PipeWriter, error) {
	fds, err := pipe()
	if err != nil {
		return nil, nil, &net.OpError{Op: "pipe", Net: "pipe", Err: err}
	}
	r, w := new(PipeReader), new(PipeWriter)
	r.c.become(fds[0], pipeKind)
	w.c.become(fds[1], pipeKind)
	return r, w, nil
}

// openPipe opens c, with a mode of os.O_RDONLY or os.O_WRONLY.
func openPipe(c *Conn, name string, mode int) error {
	fail := func(err error) error { return &fs.PathError{Op: "open", Path: name, Err: err} }
	fd, err := unix.Open(name, mode|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fail(err)
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && st.Mode&unix.S_IFMT != unix.S_IFIFO {
		err = fmt.Errorf("it is no FIFO; package fileio opens files: %w", fs.ErrInvalid)
	}
	if err != nil {
		_ = unix.Close(fd)
		return fail(err)
	}
	c.become(fd, pipeKind)
	return nil
}

// adopt makes c of a file that can wait, and can be used for that, which is closed.
func adopt(c *Conn, f *os.File, use string) error {
	if err := waits(f); err != nil {
		f.Close()
		return err
	}
	return takeOver(c, f, pipeKind, use, func(fd int) error {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		if mode := flags & unix.O_ACCMODE; err == nil && (mode == unix.O_WRONLY && use == "read" || mode == unix.O_RDONLY && use == "write") {
			err = fmt.Errorf("it is not open to %s: %w", use, syscall.EBADF)
		}
		return err
	})
}

// takeOver makes c of a file, which is closed, if check finds nothing wrong with its descriptor; op is what errors call that.
func takeOver(c *Conn, f *os.File, k kind, op string, check func(fd int) error) error {
	defer f.Close()
	fd, err := duplicate(f)
	if err != nil {
		return &fs.PathError{Op: "dup", Path: f.Name(), Err: err}
	}
	if err = check(fd); err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		_ = unix.Close(fd)
		return &fs.PathError{Op: op, Path: f.Name(), Err: err}
	}
	c.become(fd, k)
	return nil
}

// duplicate returns a descriptor of its own for the same file, which children do not inherit.
func duplicate(f syscall.Conn) (fd int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return -1, err
	}
	var failed error
	err = raw.Control(func(old uintptr) { fd, failed = dup(int(old)) })
	return fd, cmp.Or(err, failed)
}

func dup(fd int) (int, error) { return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0) }
