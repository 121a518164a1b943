package fileio_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
)

// A file whose Release is dropped belongs to nobody any more, and is closed: whether the call waits in the line
// of the pool, runs, or has ended. One that was released is left alone.
func TestDroppedReleaseCloses(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which would close it too
	for _, when := range []string{"before", "in line", "while", "after", "never"} {
		name := temp(t)
		f := must(t, fileio.Create(name))
		func() {
			if when == "in line" {
				defer fillPool(t, 0)()
			}
			r := f.Release()
			if when == "never" {
				std := must(t, r)
				future.Drop(r)
				if n, err := std.WriteString("x"); n != 1 || err != nil {
					t.Errorf("the released file: %d, %v", n, err)
				}
				std.Close()
				return
			}
			if when != "before" {
				woken := polled(t, r)
				if when == "after" {
					<-woken
				}
			}
			future.Drop(r)
			closes(t, name, "what was dropped "+when)
		}()
		runtime.KeepAlive(f)
	}
}
