package fileio

import (
	"io/fs"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Open returns an operation that comes to the file, opened for reading. See os.Open.
func Open(name string) OpenOp { return OpenFile(name, os.O_RDONLY, 0) }

// Create returns an operation that comes to the file, opened for reading and writing; it is made if it
// does not exist, and emptied if it does. See os.Create.
func Create(name string) OpenOp {
	return OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// OpenFile returns an operation that comes to the file, opened with the flags of os.OpenFile and, if it
// is made, with those permissions before the umask. The file is the caller's to close.
func OpenFile(name string, flag int, perm fs.FileMode) OpenOp {
	return open(
		func() (*os.File, error) { return os.OpenFile(name, flag, perm) },
		func(f *os.File) { _ = f.Close() })
}

// open returns the operation that comes to the file that fn opens, or hands it to undo, which may block,
// if it is for nobody.
func open(fn func() (*os.File, error), undo func(*os.File)) OpenOp {
	o := &openFuture{undo: undo}
	o.call = future.BlockingOn(WaitPool, func() (future.Unit, error) {
		f, err := fn()
		if err == nil {
			file := New(f)
			file.look()
			o.file.Store(file)
			if o.dropped.Load() {
				o.discard()
			}
		}
		return future.Unit{}, err
	})
	return OpenOp{o}
}

// OpenOp is a file being opened: a handle, one pointer.
type OpenOp struct{ o *openFuture }

// Poll implements future.Future.
func (o OpenOp) Poll(cx *waker.Context) future.Poll[*File] { return o.future().Poll(cx) }

// Drop implements future.Dropper.
func (o OpenOp) Drop() { o.future().Drop() }

// Await waits for the file, see [future.Await].
func (o OpenOp) Await(co *future.Co) (*File, error) { return future.Await[*File](co, o.future()) }

func (o OpenOp) future() *openFuture {
	if o.o == nil {
		panic("fileio: a zero OpenOp: Open, Create, OpenFile and CreateTemp make them")
	}
	return o.o
}

// openFuture takes the file from the goroutine that opens it.
//
// The goroutine stores file and then looks at dropped; Drop sets dropped and then looks
// at file: one of them closes what nobody will take, and the swap that takes it lets it
// be only one. Rejected: closing it in the goroutine alone, which has ended if the
// future is dropped between its end and the next poll.
type openFuture struct {
	call    future.Future[future.Unit]
	file    word.Pointer[File]
	dropped word.Bool
	undo    func(*os.File)
}

func (o *openFuture) Poll(cx *waker.Context) future.Poll[*File] {
	p := o.call.Poll(cx)
	switch {
	case p.IsPending():
		return future.Pending[*File]()
	case p.Err() != nil:
		return future.Failed[*File](p.Err())
	}
	return future.Ready(o.file.Swap(nil))
}

func (o *openFuture) Drop() {
	o.dropped.Store(true)
	future.Drop(o.call)
	o.discard()
}

func (o *openFuture) discard() {
	if f := o.file.Swap(nil); f != nil {
		// Off this thread: closing may write what is left.
		go o.undo(f.f)
	}
}
