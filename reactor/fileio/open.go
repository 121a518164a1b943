package fileio

import (
	"io/fs"
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/word"
	"github.com/magpie-go/magpie/waker"
)

// Open returns a future of the file, opened for reading. See os.Open.
func Open(name string) future.Future[*File] { return OpenFile(name, os.O_RDONLY, 0) }

// Create returns a future of the file, opened for reading and writing; it is made if it
// does not exist, and emptied if it does. See os.Create.
func Create(name string) future.Future[*File] {
	return OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

// OpenFile returns a future of the file, opened with the flags of os.OpenFile and, if it
// is made, with those permissions before the umask. The file is the caller's to close.
func OpenFile(name string, flag int, perm fs.FileMode) future.Future[*File] {
	o := new(openFuture)
	o.call = future.BlockingOn(WaitPool, func() (future.Unit, error) {
		f, err := os.OpenFile(name, flag, perm)
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
	return o
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
}

// Poll implements future.Future.
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

// Drop implements future.Dropper.
func (o *openFuture) Drop() {
	o.dropped.Store(true)
	future.Drop(o.call)
	o.discard()
}

func (o *openFuture) discard() {
	if f := o.file.Swap(nil); f != nil {
		// Off this thread: closing may write what is left.
		go f.f.Close()
	}
}
