//go:build unix

package fileio_test

import (
	"os"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

// A pipe is read and written as far as it goes: a reader waits for bytes, begins with what a poll has left, and a writer
// writes all, more than the pipe holds at a time.
func TestBuffersOfAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader, writer := fileio.New(r), fileio.New(w)
	waits := reader.ReadBuffers([][]byte{make([]byte, 2), make([]byte, 100)})
	cx := waker.FromWaker(waker.Noop())
	if waits.Poll(&cx).IsReady() {
		t.Error("a read of an empty pipe is ready")
	}
	must(t, writer.WriteBuffers([][]byte{[]byte("he"), []byte("llo")}))
	if n := must(t, waits); n < 2 || n > 5 {
		t.Errorf("read %d bytes of 5", n)
	}
	const size = 150_000
	all := must(t, future.Box(future.Join(
		writer.WriteBuffers(parts(make([]byte, size), 5000)),
		future.Async(func(co *future.Co) (n int, err error) {
			for n < size {
				m, err := reader.ReadBuffers([][]byte{nil, make([]byte, 4<<10), make([]byte, 60<<10)}).Await(co)
				if n += m; err != nil {
					return n, err
				}
			}
			return n, nil
		}),
	)))
	if all.First != size || all.Second < size || all.Second > size+3 {
		t.Errorf("wrote %d and read %d of %d", all.First, all.Second, size)
	}
	must(t, writer.Close())
	must(t, reader.Close())
}
