package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// SendFile moves up to n bytes of a regular file, from *off on, to a non-blocking socket, and moves *off on. It may wait for
// the disk, so the scheduler is told.
func SendFile(to, from int, off *int64, n int) (int, syscall.Errno) {
	release()
	for {
		moved, err := unix.Sendfile(to, from, off, n)
		if e := errnoOf(err); e != unix.EINTR {
			return max(moved, 0), e
		}
	}
}

// Cached reports whether a byte of a file can be read without waiting for the disk; it fails where the file system does not
// tell.
func Cached(fd int, off int64) (bool, syscall.Errno) {
	var b byte
	v := unix.Iovec{Base: &b}
	v.SetLen(1)
	for {
		_, _, e := unix.RawSyscall6(unix.SYS_PREADV2, uintptr(fd), uintptr(unsafe.Pointer(&v)), 1,
			uintptr(off), uintptr(off>>32), unix.RWF_NOWAIT)
		switch e {
		case 0, unix.EAGAIN:
			return e == 0, 0
		case unix.EINTR:
			continue
		}
		return false, e
	}
}

// InMemory reports whether a file is on a file system that has no disk.
func InMemory(fd int) bool {
	var st unix.Statfs_t
	err := unix.Fstatfs(fd, &st)
	return err == nil && (int64(st.Type) == unix.TMPFS_MAGIC || int64(st.Type) == unix.RAMFS_MAGIC)
}

// Splice moves up to n bytes between two descriptors, neither of which blocks and one of which is a pipe.
func Splice(to, from, n int) (int, syscall.Errno) {
	release()
	for {
		moved, _, e := unix.RawSyscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(n),
			unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		if e == 0 {
			received(from, nil)
		}
		if e != unix.EINTR {
			return count(moved, e)
		}
	}
}

// errnoOf takes an errno out of an error.
func errnoOf(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	if e, ok := err.(syscall.Errno); ok {
		return e
	}
	return unix.EIO
}
