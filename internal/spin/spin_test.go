package spin

import (
	"sync"
	"testing"
)

func TestLockExcludes(t *testing.T) {
	var l Lock
	var n int // plain: the race detector checks the exclusion too
	var wg sync.WaitGroup
	for i := range 8 {
		lock := l.Lock
		if i%2 == 1 {
			lock = l.LockLate
		}
		wg.Go(func() {
			for range 2000 {
				lock()
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
