package thread

import (
	"iter"
	"runtime"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/internal/gid"
	"github.com/magpie-go/magpie/internal/sys"
)

// spot is a worker that knows one goroutine.
type spot struct{ g uintptr }

func (s *spot) At(g uintptr) bool { return g == s.g }

// Workers come and go beside each other; each finds itself, in its coroutines too, and nobody else
// is taken for one.
func TestWorkersFindThemselves(t *testing.T) {
	if !Known() {
		t.Skip("nothing is known of threads and goroutines here")
	}
	if Current() != nil {
		t.Error("a goroutine is a worker before there was one")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for range 50 {
				s := &spot{gid.Current()}
				before := Epoch()
				leave := Enter(s)
				if Epoch() == before {
					t.Error("a worker has come in the epoch of before")
				}
				if Current() != Worker(s) {
					t.Error("a worker does not find itself")
				}
				next, stop := iter.Pull(func(func(int) bool) {
					if sys.Thread() != 0 && Current() != Worker(s) {
						t.Error("a worker's coroutine does not find it")
					}
				})
				next()
				stop()
				found := make(chan Worker)
				go func() { found <- Current() }()
				if w := <-found; w != nil {
					t.Error("a goroutine is taken for a worker")
				}
				leave()
				if Current() != nil {
					t.Error("a worker that has left is found")
				}
			}
		})
	}
	all.Wait()
	if list.Load() != nil {
		t.Error("the list is not empty in the end")
	}
}

// A worker that leaves leaves alone.
func TestOthersStayWhenAWorkerLeaves(t *testing.T) {
	if !Known() {
		t.Skip("nothing is known of threads and goroutines here")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	stays := &spot{gid.Current()}
	leave := Enter(stays)
	defer leave()
	var other sync.WaitGroup
	other.Go(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		Enter(&spot{gid.Current()})()
	})
	other.Wait()
	if Current() != Worker(stays) {
		t.Error("a worker that stays is not found any more")
	}
}
