//go:build !portable && !race

// Left out under the race detector, which has memory of its own, and of the portable build, whose sockets are goroutines.

package ws_test

import (
	"testing"

	"github.com/magpie-go/magpie/serve/internal/testkit"
	"github.com/magpie-go/magpie/serve/ws"
	wire "github.com/magpie-go/magpie/wire/ws"
)

// An idle connection takes some 800 bytes, and no goroutine, after an echo.
func TestIdleConnectionIsSmall(t *testing.T) {
	at, _ := start(t, ws.Config{Message: echo}, 1)
	each := testkit.IdleBytes(t, at, []byte(request+"\r\n"), wire.AppendMasked(nil, wire.Text, "hello", [4]byte{1, 2, 3, 4}))
	t.Logf("%d bytes a connection", each)
	if each > 1000 {
		t.Errorf("an idle connection takes %d bytes", each)
	}
}
