package spin

import (
	"sync"
	"testing"
)

func TestLockExcludes(t *testing.T) {
	var l Lock
	var n int // plain: the race detector checks the exclusion too
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				l.Lock()
				n++
				l.Unlock()
			}
		})
	}
	wg.Wait()
	if n != 16000 {
		t.Fatalf("%d increments under the lock, want 16000", n)
	}
	l.Lock()
	if l.TryLock() {
		t.Fatal("TryLock took a lock that is held")
	}
	l.Unlock()
	if !l.TryLock() {
		t.Fatal("TryLock did not take a free lock")
	}
}
