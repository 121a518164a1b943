//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio_test

import (
	"errors"
	"io"
	"syscall"
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// Who accepts all that come is polled once for each wake-up, and woken once at most for each: one may come while the poll is under way that
// has taken the one before.
func TestAcceptIsNotPolledInVain(t *testing.T) {
	l := listen(t, "tcp", "127.0.0.1:0")
	const clients = 5
	came := make(chan *netio.Conn, clients)
	polls, left := 0, clients
	k, _ := start(t, future.Func(func(cx *waker.Context) future.Poll[future.Unit] {
		for polls++; left > 0; left-- {
			p := l.PollAccept(cx)
			if p.IsPending() {
				return future.Pending[future.Unit]()
			}
			c, err := p.Result()
			if err != nil {
				return future.Failed[future.Unit](err)
			}
			came <- c
		}
		return future.Ready(future.Unit{})
	}))
	ended := make(chan error, 1)
	go func() {
		defer close(ended)
		defer close(came)
		_, err := k.end()
		ended <- err
	}()
	for range clients {
		dial(t, l)
		if c, more := <-came; more {
			c.Close()
		}
	}
	if err := <-ended; err != nil || polls > 1+clients {
		t.Errorf("%v; polled %d times for %d connections", err, polls, clients)
	}
}

// Who waits to read from a listener that ends before it has accepted the connection is told.
func TestListenerEndsBeforeItAccepts(t *testing.T) {
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": socketPath(t)} {
		l := listen(t, network, address)
		c := must(t, netio.Dial(network, l.Addr().String()))
		defer c.Close()
		read := parked[int](t, future.Box(c.Read(make([]byte, 1))))
		l.Close()
		if n, err := read.end(); n != 0 || !errors.Is(err, syscall.ECONNRESET) && err != io.EOF {
			t.Errorf("%s: %d, %v", network, n, err)
		}
	}
}
