// Package testkit has what the tests of several servers need.
package testkit

import (
	"context"
	"net"
	"sync"
	"testing"

	"github.com/magpie-go/magpie/sched"
)

// Serve runs a server on a runtime of its own: its Run, or what is called like that. It ends with the test, or when stop is
// called, which returns what Run has.
func Serve(t testing.TB, workers int, run func(ctx context.Context, rt *sched.Runtime, network, address string, ready func(net.Addr)) error) (addr string, stop func() error) {
	t.Helper()
	rt, err := sched.New(sched.Config{Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) { ready <- a.String() })
		if err != nil {
			close(ready)
		}
		ended <- err
	}()
	stop = sync.OnceValue(func() error {
		cancel()
		err := <-ended
		rt.Close()
		return err
	})
	addr, ok := <-ready
	if !ok {
		t.Fatal(stop())
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return addr, stop
}
