package future_test

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/waker"
)

// A call has given its place up when its caller is woken: who then makes the next one is not
// refused, though the goroutine that ran the first one has not done with it.
func TestAPoolHasRoomForWhoIsWoken(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1, Queue: 1}
	defer pool.Close()
	begun, release := make(chan struct{}), make(chan struct{})
	next := make(chan error, 1)
	woken := waker.FromWaker(waker.FromFunc(func() {
		f := future.BlockingOn(pool, seven)
		e := newExecutor()
		if p := f.Poll(&e.cx); p.IsReady() {
			next <- p.Err()
		} else if p := f.Poll(&e.cx); p.IsReady() { // a refusal may come as a wake-up
			next <- p.Err()
		} else {
			next <- nil
		}
	}))
	future.BlockingOn(pool, func() (int, error) {
		close(begun)
		<-release
		return 1, nil
	}).Poll(&woken)
	<-begun
	e := newExecutor()
	future.BlockingOn(pool, seven).Poll(&e.cx)
	close(release)
	if err := <-next; err != nil {
		t.Errorf("a call from the waker of one that has ended: %v", err)
	}
}

// A refused call takes no goroutine: as many run as before, and when all have ended, none.
func TestARefusedCallTakesNoPlace(t *testing.T) {
	pool := &future.BlockingPool{Limit: 1, Queue: 1}
	defer pool.Close()
	begun, release := make(chan struct{}), make(chan struct{})
	calls := []future.Future[int]{
		future.BlockingOn(pool, func() (int, error) {
			close(begun)
			<-release
			return 7, nil
		}),
		future.BlockingOn(pool, seven),
	}
	e := newExecutor()
	calls[0].Poll(&e.cx)
	<-begun
	calls[1].Poll(&e.cx)
	for range 10 {
		if _, err := future.BlockOn(future.BlockingOn(pool, seven)); !errors.Is(err, future.ErrPoolFull) {
			t.Fatalf("one too many: %v", err)
		}
	}
	close(release)
	for _, f := range calls {
		if v, err := future.BlockOn(f); v != 7 || err != nil {
			t.Errorf("a call that was there first: %d, %v", v, err)
		}
	}
	for start := time.Now(); pool.Stats().Running != 0; time.Sleep(time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("all calls have ended: %+v", pool.Stats())
		}
	}
	if n := pool.Stats().Refused; n != 10 {
		t.Errorf("%d calls are said to have been refused, 10 were", n)
	}
}

// As many callers as a pool has places, each with one call at a time, are never refused.
func TestAPoolOfItsCallersIsNeverFull(t *testing.T) {
	pool := &future.BlockingPool{Limit: 2, Queue: 1}
	defer pool.Close()
	var callers sync.WaitGroup
	for range 3 {
		callers.Go(func() {
			for i := range 2000 {
				v, err := future.BlockOn(future.BlockingOn(pool, func() (int, error) { return i, nil }))
				if v != i || err != nil {
					t.Errorf("call %d: %d, %v", i, v, err)
					return
				}
			}
		})
	}
	callers.Wait()
}

// The largest Queue there is refuses nobody.
func TestAPoolWithTheLargestQueue(t *testing.T) {
	pool := &future.BlockingPool{Queue: math.MaxInt}
	defer pool.Close()
	if v, err := future.BlockOn(future.BlockingOn(pool, seven)); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
}
