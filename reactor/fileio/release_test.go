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

// What PollWrite has taken is in a regular file that is closed by a drop, though the call that was to write it stands in the line of the pool.
func TestDroppedCloseWritesWhatWasTaken(t *testing.T) {
	for how, end := range map[string]func(f *fileio.File) any{
		"Close":   func(f *fileio.File) any { return f.Close() },
		"Release": func(f *fileio.File) any { return f.Release() },
	} {
		name := temp(t)
		f := must(t, fileio.Create(name))
		release := fillPool(t, 0)
		if p := pollOnce[int](writes{f, []byte("text")}); p.IsPending() || p.Err() != nil {
			t.Fatalf("%s: nothing was taken: %v", how, p)
		}
		future.Drop(end(f))
		closes(t, name, how)
		contains(t, name, "text")
		release()
	}
}
