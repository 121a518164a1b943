//go:build !portable

package web

import (
	"testing"
	"unsafe"

	"github.com/magpie-go/magpie/serve/internal/testkit"
)

// An idle connection takes 600 bytes at most, and no goroutine, whatever it has answered before.
func TestIdleConnectionIsSmall(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has memory of its own")
	}
	each := testkit.IdleBytes(t, start(t, Config{Handler: hello}).addr, []byte(get))
	t.Logf("%d bytes a connection, %d of them the machine's", each, unsafe.Sizeof(conn{}))
	if each > 600 {
		t.Errorf("an idle connection takes %d bytes", each)
	}
}
