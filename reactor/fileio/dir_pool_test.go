package fileio_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/fileio"
	"github.com/magpie-go/magpie/waker"
)

// fillPool has functions run on the pool for files until release is called, as many as its Limit, and others wait.
func fillPool(t *testing.T, waiting int) (release func()) {
	t.Helper()
	gate := make(chan struct{})
	limit := fileio.Pool.Stats().Limit
	cx := waker.FromWaker(waker.Noop())
	var calls []future.BlockingOp[int]
	for range limit + waiting {
		c := future.BlockingOn(fileio.Pool, func() (int, error) { <-gate; return 0, nil })
		if p := c.Poll(&cx); p.IsReady() {
			t.Fatal("the pool is full: ", p.Err())
		}
		calls = append(calls, c)
	}
	return func() {
		close(gate)
		for _, c := range calls {
			must(t, c)
		}
	}
}

// A folder is closed also if the call that is to read on in it never begins: it is given up in the line of the
// pool, or refused there.
func TestDroppedEntriesWhoseCallNeverBegins(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which would close it too
	dir := t.TempDir()
	for i := range 200 { // more than one batch
		fill(t, filepath.Join(dir, fmt.Sprint(i)), "")
	}
	for how, waiting := range map[string]int{"dropped in line": 0, "refused": fileio.Pool.Queue} {
		t.Run(how, func(t *testing.T) {
			s := fileio.Entries(dir)
			must[fs.DirEntry](t, future.Box(future.Next(s)))
			if opened(t, dir) != 1 {
				t.Fatal("a folder with more in it is not open")
			}
			defer fillPool(t, waiting)()
			if how == "refused" {
				var err error
				for err == nil {
					_, err = future.BlockOn(future.Box(future.Next(s)))
				}
				if !errors.Is(err, future.ErrPoolFull) {
					t.Error("beside a full pool: ", err)
				}
				if p := pollOnce[fs.DirEntry](future.Box(future.Next(s))); p.Err() != future.ErrEnd {
					t.Error("after its error: ", p.Err())
				}
			} else {
				for pollOnce[fs.DirEntry](future.Box(future.Next(s))).IsReady() {
				}
				future.Drop(s)
			}
			closes(t, dir, "the folder")
		})
	}
}
