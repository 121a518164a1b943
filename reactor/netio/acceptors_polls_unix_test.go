//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && !portable

package netio_test

import (
	"testing"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/waker"
)

// Who accepts all that come is polled once for each wake-up, and woken once for each that comes alone.
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
	if err := <-ended; err != nil || polls != 1+clients {
		t.Errorf("%v; polled %d times for %d connections", err, polls, clients)
	}
}
