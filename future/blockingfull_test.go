package future_test

import (
	"sync"
	"testing"

	"github.com/magpie-go/magpie/future"
)

// As many callers as a pool has places, each with one call at a time, are never refused: a call
// has given its place up when its caller is told of its end.
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
