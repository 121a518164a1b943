package fileio

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// File is an open file whose operations are futures. Several tasks may use it at once,
// as several goroutines an os.File: those that move the offset take turns, in no
// particular order.
type File struct {
	f       *os.File
	kind    word.Uint32 // of the file, as far as it is known
	locking locking
	polled  word.Pointer[polled] // once PollRead or PollWrite was called
}

const (
	unknown uint32 = iota
	regular        // a regular file or a directory: the disk always answers
	other          // a pipe, a terminal, a socket: it may wait for somebody
)

// look notes what kind of file it is. It may block, so it runs on a pool.
func (f *File) look() {
	kind := other
	if info, err := f.f.Stat(); err == nil && (info.Mode().IsRegular() || info.IsDir()) {
		kind = regular
	}
	f.kind.Store(kind)
}

// pool returns the pool for the next operation.
func (f *File) pool() *future.BlockingPool {
	if f == nil || f.kind.Load() == regular {
		return Pool
	}
	return WaitPool
}

// New makes a File of one that package os opened, which it takes over.
func New(f *os.File) *File { return &File{f: f} }

// Std returns the file of package os under f, for what has no method here. It stays f's, which alone may
// close it, and knows nothing of what [File.PollRead] and [File.PollWrite] have in their buffers. It is
// nil for a zero or nil File.
func (f *File) Std() *os.File { return f.file() }

// Name returns the name that the file was opened by; "" for a zero or nil File.
func (f *File) Name() string {
	if f.file() == nil {
		return ""
	}
	return f.f.Name()
}

// file returns nil for a nil or zero File: its methods then return os.ErrInvalid.
func (f *File) file() *os.File {
	if f == nil {
		return nil
	}
	return f.f
}

// know looks if it was not known yet.
func (f *File) know() {
	if f.kind.Load() == unknown {
		f.look()
	}
}

// run runs an operation on the pool, after putting in order what polls have left.
func run[T any](f *File, op string, fn func(f *os.File) (T, error)) future.BlockingOp[T] {
	return future.BlockingOn(f.pool(), func() (T, error) {
		file := f.file()
		if file == nil {
			var none T
			return none, pathError(op, nil, fs.ErrInvalid)
		}
		f.know()
		f.settle()
		v, err := fn(file)
		return v, pathError(op, file, err)
	})
}

// pathError says which file it was, where package os does not.
func pathError(op string, f *os.File, err error) error {
	var known *fs.PathError
	if err == nil || err == io.EOF || errors.As(err, &known) {
		return err
	}
	name := ""
	if f != nil {
		name = f.Name()
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Read returns an operation that comes to the number of bytes read into p from the file's offset on,
// which moves on: at least 1 unless p is empty, and io.EOF at the end.
func (f *File) Read(p []byte) future.BlockingOp[int] {
	return run(f, "read", func(*os.File) (int, error) { return f.read(p) })
}

// ReadAt returns an operation that comes to the number of bytes read into p from byte off on: len(p),
// or fewer with an error, which is io.EOF at the end of the file.
func (f *File) ReadAt(p []byte, off int64) future.BlockingOp[int] {
	return run(f, "read", func(f *os.File) (int, error) { return f.ReadAt(p, off) })
}

// WriteAll returns an operation that is ready when all of p is written at the file's offset,
// which moves on, with len(p); or with an error and the number of bytes before it.
func (f *File) WriteAll(p []byte) future.BlockingOp[int] {
	return run(f, "write", func(file *os.File) (int, error) {
		if err := f.written(); err != nil {
			return 0, err
		}
		return file.Write(p)
	})
}

// Write is WriteAll under the name it has in package os: files write all or fail.
func (f *File) Write(p []byte) future.BlockingOp[int] { return f.WriteAll(p) }

// WriteAt returns an operation that is ready when all of p is written from byte off on, with
// len(p); or with an error and the number of bytes before it. It fails on a file opened
// with os.O_APPEND.
func (f *File) WriteAt(p []byte, off int64) future.BlockingOp[int] {
	return run(f, "write", func(f *os.File) (int, error) { return f.WriteAt(p, off) })
}

// SeekTo returns an operation that comes to the file's new offset; whence is io.SeekStart,
// io.SeekCurrent or io.SeekEnd. (Go vet reserves the name Seek for io.Seeker.)
func (f *File) SeekTo(offset int64, whence int) future.BlockingOp[int64] {
	return run(f, "seek", func(f *os.File) (int64, error) { return f.Seek(offset, whence) })
}

// Sync returns an operation that is ready when what was written is on the disk.
func (f *File) Sync() future.BlockingOp[future.Unit] {
	return f.do("sync", func(file *os.File) error { return cmp.Or(f.written(), file.Sync()) })
}

// Truncate returns an operation that is ready when the file has that many bytes. The offset
// does not move.
func (f *File) Truncate(size int64) future.BlockingOp[future.Unit] {
	return f.do("truncate", func(f *os.File) error { return f.Truncate(size) })
}

// Chmod returns an operation that changes the file's permissions.
func (f *File) Chmod(mode fs.FileMode) future.BlockingOp[future.Unit] {
	return f.do("chmod", func(f *os.File) error { return f.Chmod(mode) })
}

// Chown returns an operation that changes the file's owner and group; -1 leaves one as it is. It fails
// on Windows.
func (f *File) Chown(uid, gid int) future.BlockingOp[future.Unit] {
	return f.do("chown", func(f *os.File) error { return f.Chown(uid, gid) })
}

// Stat returns an operation that comes to what the file system knows about the file.
func (f *File) Stat() future.BlockingOp[fs.FileInfo] {
	return run(f, "stat", (*os.File).Stat)
}

// Close returns an operation that is ready when the file is closed. Operations that are
// under way on other tasks end first; those begun later, and a second Close, fail with
// fs.ErrClosed. Dropped, it closes in the background, after what PollWrite has taken for a regular file is written.
func (f *File) Close() CloseOp {
	return CloseOp{f.do("close", func(file *os.File) error { return cmp.Or(f.written(), file.Close()) }), f}
}

func (f *File) do(op string, fn func(f *os.File) error) future.BlockingOp[future.Unit] {
	return run(f, op, func(f *os.File) (future.Unit, error) { return future.Unit{}, fn(f) })
}

// CloseOp is a file being closed, by [File.Close].
type CloseOp struct {
	call future.BlockingOp[future.Unit]
	f    *File
}

func (c CloseOp) check() {
	if c.call == (future.BlockingOp[future.Unit]{}) {
		panic("fileio: a zero CloseOp: File.Close makes them")
	}
}

// Poll implements future.Future.
func (c CloseOp) Poll(cx *waker.Context) future.Poll[future.Unit] {
	c.check()
	return c.call.Poll(cx)
}

// Await waits until the file is closed, see [future.Await].
func (c CloseOp) Await(co *future.Co) (future.Unit, error) { return future.AwaitOp(co, c) }

// Drop implements future.Dropper.
func (c CloseOp) Drop() {
	c.check()
	c.call.Drop()
	c.f.closeLater() // a second time, at worst, which does nothing
}
