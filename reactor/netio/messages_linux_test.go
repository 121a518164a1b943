//go:build !portable

package netio_test

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/wire/proxyproto"
)

// A message is written, and read, whole or not at all: what takes it in pieces is refused on sockets of messages.
func TestMessagesAreNotCut(t *testing.T) {
	for _, network := range []string{"unixpacket", "unixgram"} {
		a, b, err := netio.SocketPair(network)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		defer b.Close()
		buffers := func(n int) (all [][]byte) {
			for range n {
				all = append(all, []byte("x"), nil)
			}
			return all
		}
		refused := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, syscall.EMSGSIZE) && !errors.Is(err, syscall.EOPNOTSUPP) || !strings.Contains(err.Error(), "want") {
				t.Errorf("%s: %s: %v", network, what, err)
			}
		}
		n, err := await[int](t, future.Box(a.WriteBuffers(buffers(65))))
		if refused("WriteBuffers", err); n != 0 {
			t.Errorf("%s: %d bytes of it were written", network, n)
		}
		must[int](t, future.Box(a.WriteBuffers(buffers(64))))
		_, err = await[int](t, future.Box(b.ReadBuffers(buffers(65))))
		refused("ReadBuffers", err)
		_, err = await[int64](t, future.Box(netio.Splice(a, b)))
		refused("Splice", err)
		_, err = await[proxyproto.Header](t, future.Box(b.ProxyHeader()))
		refused("ProxyHeader", err)
		if n := must[int](t, future.Box(b.ReadBuffers(buffers(64)))); n != 64 {
			t.Errorf("%s: the message has come with %d bytes", network, n)
		}
	}
}
