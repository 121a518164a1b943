package fileio

import (
	"io"
	"io/fs"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// copyStep is how many bytes are copied before it is asked whether anybody still wants them: some
// hundredth of a second of work for a disk, and by far enough to hide the cost of a system call.
const copyStep = 8 << 20

// CopyFile returns an operation that makes the file called to a copy of the one called from, with its
// permissions, and comes to how many bytes that are. What to contained before is lost. On Linux the
// file system copies, by copy_file_range, where it can.
//
// Dropped in the middle it stops soon, and leaves the part that it has copied.
func CopyFile(to, from string) CopyOp {
	return copyOp(WaitPool, func(wanted func() bool) (n int64, err error) {
		src, err := os.Open(from)
		if err != nil {
			return 0, err
		}
		defer src.Close()
		info, err := src.Stat()
		if err != nil {
			return 0, err
		}
		dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, info.Mode().Perm())
		if err != nil {
			return 0, err
		}
		defer func() {
			if closed := dst.Close(); err == nil {
				err = closed
			}
		}()
		if same, err := sameFile(dst, info); err != nil {
			return 0, err
		} else if same {
			return info.Size(), nil // emptying it would lose what is to be copied
		}
		if err := dst.Truncate(0); err != nil {
			return 0, err
		}
		if n, err = copyWhile(wanted, dst, New(src)); err != nil {
			return n, err
		}
		return n, dst.Chmod(info.Mode().Perm()) // the umask was in the way, or the file was there
	})
}

func sameFile(f *os.File, info os.FileInfo) (bool, error) {
	own, err := f.Stat()
	return err == nil && os.SameFile(own, info), err
}

// CopyFrom returns an operation that writes to f, at its offset, all that there is in src from its
// offset on, and comes to how many bytes that are; both offsets move on. On Linux the file system
// copies, by copy_file_range, where it can.
//
// Dropped in the middle it stops soon; the offsets stand after what it has copied.
func (f *File) CopyFrom(src *File) CopyOp {
	pool := f.pool()
	if pool == Pool {
		pool = src.pool()
	}
	return copyOp(pool, func(wanted func() bool) (int64, error) {
		to, from := f.file(), src.file()
		if to == nil || from == nil {
			return 0, pathError("copy", nil, fs.ErrInvalid)
		}
		f.know()
		src.know()
		src.settle()
		if err := f.written(); err != nil {
			return 0, err
		}
		n, err := copyWhile(wanted, to, src)
		return n, pathError("copy", to, err)
	})
}

// copyWhile copies to the end of src, or until it is not wanted any more.
func copyWhile(wanted func() bool, dst *os.File, src *File) (total int64, err error) {
	var from io.Reader = src.f // the very type that package os looks for
	if src.kind.Load() != regular && src.polled.Load() != nil {
		from = reader(src.read) // there may be bytes in the buffer
	}
	for wanted() {
		n, err := io.CopyN(dst, from, copyStep)
		total += n
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// reader is a function as an io.Reader.
type reader func(p []byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

// copyOp makes the operation that runs fn, which asks now and then whether it is wanted.
func copyOp(pool *future.BlockingPool, fn func(wanted func() bool) (int64, error)) CopyOp {
	dropped := new(word.Bool)
	return CopyOp{
		future.BlockingOn(pool, func() (int64, error) { return fn(func() bool { return !dropped.Load() }) }),
		dropped,
	}
}

// CopyOp is a file being copied, by [CopyFile] or [File.CopyFrom].
type CopyOp struct {
	call    future.BlockingOp[int64]
	dropped *word.Bool
}

func (o CopyOp) check() {
	if o.dropped == nil {
		panic("fileio: a zero CopyOp: CopyFile and File.CopyFrom make them")
	}
}

// Poll implements future.Future.
func (o CopyOp) Poll(cx *waker.Context) future.Poll[int64] {
	o.check()
	return o.call.Poll(cx)
}

// Drop implements future.Dropper.
func (o CopyOp) Drop() {
	o.check()
	o.dropped.Store(true)
	o.call.Drop()
}

// Await waits for the copy, see [future.Await].
func (o CopyOp) Await(co *future.Co) (int64, error) { return future.AwaitOp(co, o) }
