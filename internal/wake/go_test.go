package wake_test

import (
	"runtime"
	"testing"

	"github.com/magpie-go/magpie/internal/wake"
)

// What Go runs goes on after a Goexit, on another goroutine, until it returns.
func TestGoOutlivesGoexit(t *testing.T) {
	left := 3
	over := make(chan struct{})
	wake.Go(func() {
		if left--; left > 0 {
			runtime.Goexit()
		}
		close(over)
	})
	<-over
	if left != 0 {
		t.Errorf("%d calls were not made", left)
	}
}
