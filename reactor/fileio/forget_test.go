package fileio_test

import (
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/internal/testkit"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

var (
	_ aio.ReadForgetter  = (*fileio.File)(nil)
	_ aio.WriteForgetter = (*fileio.File)(nil)
)

// A poll of an idle pipe that is given up does not keep its task alive, and loses nothing.
func TestAPollThatWasGivenUpKeepsNoTask(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, out := fileio.New(r), fileio.New(w)
	in.ForgetRead() // of a file that was not polled
	out.ForgetWrite()
	new(fileio.File).ForgetRead()
	new(fileio.File).ForgetWrite()
	read := aio.Read(in, make([]byte, 1))
	if !testkit.KeepsWaker(t, &read, false) {
		t.Error("the waker of a read that waits is not kept")
	}
	if testkit.KeepsWaker(t, &read, true) {
		t.Error("the waker of a read that was given up is kept")
	}
	large := make([]byte, 1<<20) // more than a pipe has room for
	write := aio.WriteAll(out, large)
	if testkit.KeepsWaker(t, &write, true) {
		t.Error("the waker of a write that was given up is kept")
	}
	if n, err := future.BlockOn(future.Box(aio.Read(in, make([]byte, 1)))); n != 1 || err != nil {
		t.Error(n, err)
	}
	woken := make(chan struct{}, 1)
	cx := waker.FromWaker(waker.FromFunc(func() { woken <- struct{}{} }))
	flush := future.Box(aio.Flush(out))
	if flush.Poll(&cx).IsReady() {
		t.Fatal("what has no room is written")
	}
	if err := r.Close(); err != nil { // which has the write fail
		t.Error(err)
	}
	<-woken
	future.Drop(flush)
	if _, err := future.BlockOn(future.Box(aio.Flush(out))); err == nil {
		t.Error("nobody is told that the write has failed")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
