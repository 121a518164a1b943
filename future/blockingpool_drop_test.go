package future_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/future"
)

// busyPool returns a pool whose functions, as many as its limit, do not return before the end of
// the test.
func busyPool(t *testing.T, pool *future.BlockingPool) {
	release := make(chan struct{})
	begun := make(chan struct{})
	e := newExecutor()
	for range pool.Limit {
		future.BlockingOn(pool, func() (int, error) {
			begun <- struct{}{}
			<-release
			return 0, nil
		}).Poll(&e.cx)
		<-begun
	}
	t.Cleanup(pool.Close)
	t.Cleanup(func() { close(release) })
}

// A call that is dropped while it waits gives its place to the next one.
func TestDroppedCallGivesItsPlaceUp(t *testing.T) {
	pool := &future.BlockingPool{Limit: 2, Queue: 3}
	busyPool(t, pool)
	e := newExecutor()
	var waiting []future.Future[int]
	for range 1000 {
		for len(waiting) < pool.Queue {
			f := future.BlockingOn(pool, seven)
			f.Poll(&e.cx)
			if f.Poll(&e.cx).IsReady() {
				t.Fatalf("a call is refused where %d wait: %+v", len(waiting), pool.Stats())
			}
			waiting = append(waiting, f)
		}
		if got := pool.Stats().Waiting; got != len(waiting) {
			t.Fatalf("%d are said to wait, %d do", got, len(waiting))
		}
		future.Drop(waiting[0])
		waiting = waiting[1:]
	}
	f := future.BlockingOn(pool, seven)
	f.Poll(&e.cx)
	g := future.BlockingOn(pool, seven)
	g.Poll(&e.cx)
	if err := g.Poll(&e.cx).Err(); !errors.Is(err, future.ErrPoolFull) {
		t.Errorf("one too many: %v", err)
	}
}

// What waits in vain and is given up, as a file that is opened with a timeout on a pool that is
// stopped, is not kept.
func TestDroppedCallsAreNotKept(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1}
	busyPool(t, pool)
	e := newExecutor()
	kept := future.BlockingOn(pool, seven)
	kept.Poll(&e.cx)
	const calls, each = 2000, 1 << 16
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range calls {
		f := future.BlockingOn(pool, func() ([each]byte, error) { return [each]byte{}, nil }) // holds room for one
		f.Poll(&e.cx)
		future.Drop(f)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > calls*each/4 {
		t.Errorf("%d calls of %d bytes that were given up keep %d bytes", calls, each, grown)
	}
	if s := pool.Stats(); s.Waiting != 1 {
		t.Errorf("%+v, want 1 waiting", s)
	}
	runtime.KeepAlive(kept)
}
