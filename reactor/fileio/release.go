package fileio

import (
	"os"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// Release returns an operation that comes to the file of package os under f, for the caller to go on with and
// to close, after what PollWrite has taken is written and the offset stands where f's user is. f must not be used
// any more. If that write has failed it comes to the file and the error; with any other error the file is still f's.
//
// Dropped, it closes the file in the background, as a [File.Close] that is dropped.
func (f *File) Release() ReleaseOp {
	return ReleaseOp{&releaseFuture{
		call: run(f, "release", func(file *os.File) (released, error) { return released{file}, f.written() }),
		f:    f,
	}}
}

// released is a file that was let go of. It has no Close, by which a call that was dropped would close it on the
// thread that drops.
type released struct{ f *os.File }

// ReleaseOp is a file being let go of, by [File.Release]: a handle, one pointer.
type ReleaseOp struct{ r *releaseFuture }

func (o ReleaseOp) future() *releaseFuture {
	if o.r == nil {
		panic("fileio: a zero ReleaseOp: File.Release makes them")
	}
	return o.r
}

// Poll implements future.Future.
func (o ReleaseOp) Poll(cx *waker.Context) future.Poll[*os.File] { return o.future().Poll(cx) }

// Drop implements future.Dropper.
func (o ReleaseOp) Drop() { o.future().Drop() }

// Await waits for the file, see [future.Await].
func (o ReleaseOp) Await(co *future.Co) (*os.File, error) {
	return future.Await[*os.File](co, o.future())
}

type releaseFuture struct {
	call future.BlockingOp[released]
	f    *File
	over bool
}

func (r *releaseFuture) Poll(cx *waker.Context) future.Poll[*os.File] {
	p := r.call.Poll(cx)
	if p.IsPending() {
		return future.Pending[*os.File]()
	}
	r.over = true
	v, err := p.Result()
	return future.Done(v.f, err)
}

func (r *releaseFuture) Drop() {
	if r.over {
		return
	}
	r.over = true
	r.call.Drop()
	r.f.closeLater() // whether or not the call has begun
}
